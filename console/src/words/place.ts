/** Words of where one can go: the areas on top, the pages of the administration, and why a page is not somebody's. */
export const PLACE_WORDS = {
  areas: {
    cases: 'Cases',
    administration: 'Administration',
    commissioning: 'Commissioning',
    'two-person-acts': 'Two-person acts',
    ledger: 'Ledger',
  },
  pages: {
    accounts: 'Accounts',
    workstations: 'Workstations',
    licences: 'Licences',
    carts: 'Carts',
    'sign-ins': 'Sign-ins',
    sessions: 'Live sessions',
    'two-person-acts': 'Two-person acts',
    roles: 'Roles',
    ledger: 'Ledger',
  },
  account: 'My account',
  notYours: 'This page is not yours',
  notYoursLead: (page: string, roles: string) => `“${page}” is for the role of ${roles}.`,
  yourRoles: (roles: string) => `You are signed in as ${roles}.`,
  noRole: 'You are signed in without any role.',
  toYours: 'Go to your own first page',
  or: ' or ',
  and: ' and ',
} as const;

/** What stands above every page when something is not as it should be. */
export const STATE_WORDS = {
  directoryAway: (since: string) =>
    `Nobody new can sign in: the directory does not answer since ${since}. Sessions that run go on.`,
  directoryAwayNow:
    'Nobody new can sign in: the directory does not answer. Sessions that run go on.',
  posture: 'This gateway’s own machine is behind:',
  siem: (waiting: number, since: string) =>
    `${waiting} ledger ${waiting === 1 ? 'entry waits' : 'entries wait'} for the SIEM since ${since}. Nothing is lost: they are sent when it confirms again.`,
  siemTroubles: {
    'collector-unreachable': 'Its collector does not answer.',
    'collector-untrusted': 'Its collector’s certificate, or ours, is not accepted.',
    'collector-unconfirmed':
      'Its collector does not end connections in order, so that it confirms nothing.',
    'ledger-unreadable': 'The ledger cannot be read.',
  },
} as const;
