/** Codes of audit events: DICOM PS3.16, context groups 400 (audit event ID) and 402 (role). */

export interface CodedValue {
  readonly code: string;
  readonly system: string;
  readonly text: string;
}

const dcm = (code: string, text: string): CodedValue => ({ code, system: 'DCM', text });

export const EVENTS = {
  application: dcm('110100', 'Application Activity'),
  auditLog: dcm('110101', 'Audit Log Used'),
  exported: dcm('110106', 'Export'),
  imported: dcm('110107', 'Import'),
  network: dcm('110108', 'Network Entry'),
  patientRecord: dcm('110110', 'Patient Record'),
  procedure: dcm('110111', 'Procedure Record'),
  alert: dcm('110113', 'Security Alert'),
  authentication: dcm('110114', 'User Authentication'),
} as const;
export type EventName = keyof typeof EVENTS;

/** Types that refine an event, where DICOM has one (context group 401). */
export const TYPES = {
  start: dcm('110120', 'Application Start'),
  login: dcm('110122', 'Login'),
  logout: dcm('110123', 'Logout'),
  attach: dcm('110124', 'Attach'),
  detach: dcm('110125', 'Detach'),
  node: dcm('110126', 'Node Authentication'),
  configuration: dcm('110129', 'Security Configuration'),
  restricted: dcm('110132', 'Use of Restricted Function'),
  attributes: dcm('110135', 'Object Security Attributes Changed'),
  roles: dcm('110136', 'Security Roles Changed'),
  person: dcm('110137', 'User Security Attributes Changed'),
} as const;
export type TypeName = keyof typeof TYPES;

export const ROLES = {
  application: dcm('110150', 'Application'),
  destination: dcm('110152', 'Destination Role ID'),
  source: dcm('110153', 'Source Role ID'),
} as const;

/** Our own codes: kinds of ledger entries, and what an id is of. */
export const own = (code: string, text: string): CodedValue => ({
  code,
  system: 'Chaperone',
  text,
});
