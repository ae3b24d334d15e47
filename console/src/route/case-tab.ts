/** The tabs of a case, as they stand in its address. */
export const CASE_TABS = [
  'session',
  'files',
  'records',
  'notes',
  'timeline',
  'certificate',
] as const;
export type CaseTab = (typeof CASE_TABS)[number];
