/** Words that all lists share, their panels, and the acts that start there. */
export const LIST_WORDS = {
  search: 'Search',
  of: (from: number, to: number, total: number) => `${from}–${to} of ${total}`,
  pages: 'Pages',
  previous: 'Previous page',
  next: 'Next page',
  noneFound: (search: string) => (search === '' ? 'Nothing fits.' : `Nothing fits “${search}”.`),
  clear: 'Clear search',
  closePanel: 'Close details',
  details: 'Details',
  acts: 'Acts',
  reason: 'Reason',
  reasonHint: 'Kept at the service centre with your name. No patient data.',
  never: 'never',
  none: 'none',
  gone: 'It is not on this page of the list any more.',
  notAgain: 'It is shown this once. Nobody can read it again, neither here nor at the gateway.',
  copySecret: 'copy it',
  putAway: 'Done',
} as const;

/** Words of asking somebody who is signed in to confirm who they are. */
export const CONFIRM_WORDS = {
  title: 'Confirm that it is you',
  lead: 'This act needs a confirmation that is at most five minutes old. It then goes on by itself.',
  password: 'Gateway password',
  code: 'Code',
  codeHint: 'Six digits from your authenticator app. One that you used already does not count.',
  act: 'Confirm',
  passkeyAct: 'Confirm with passkey',
  busy: 'Checking …',
} as const;
