/** The door of the service cases: what other features of the desk may see of them. */
export {
  CartHasOpenCase,
  CartUnknown,
  CaseUnknown,
  CertificateNotIssued,
  ConfirmationWrong,
  TechnicianUnknown,
} from './case-error.ts';
export { CaseFacilities } from './case-facilities.ts';
export type { DecidedBy, StoredCase } from './case-store.ts';
export { DestructionCertifier } from './certify.ts';
export type { CertificateTerms } from './certify.ts';
export { ServiceCases } from './service-cases.ts';
export type { CaseDetailText, CaseNote, NewCaseTerms, SessionsOfCases } from './service-cases.ts';
export type { CaseReasons } from './case-reasons.ts';
export { CASE_AGE_MIGRATIONS, CASE_MIGRATIONS, CASE_REASON_MIGRATIONS } from './tables.ts';
export type { CaseTables } from './tables.ts';
export { CaseAges } from './case-ages.ts';
export type { ShownAge } from './case-ages.ts';
