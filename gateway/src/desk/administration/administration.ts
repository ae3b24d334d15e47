/**
 * What administrators, field engineers and auditors see and do: accounts, workstations, licences, carts, who is signed in.
 * Nothing in it leads to a case's content. Who may ask is the console's route table.
 */
export { AccountActs } from './account-acts.ts';
export { ActRecord } from './act-record.ts';
export { LastAdministrator, TargetUnknown, TwoPeopleNeeded } from './administration-error.ts';
export { keepReason } from './reasons.ts';
export type { Actor, Reasoned } from './reasons.ts';
export { ADMINISTRATION_MIGRATIONS, CASE_REASON_ERASURE_MIGRATIONS } from './tables.ts';
export { EquipmentActs } from './equipment-acts.ts';
export { LiveActs } from './live-acts.ts';
export { Audit } from './audit.ts';
export { CartList } from './cart-list.ts';
export { AdministrationLists } from './administration-lists.ts';
export type { AdministrationListParts } from './administration-lists.ts';
