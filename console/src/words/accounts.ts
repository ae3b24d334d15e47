/** Words of the gateway's accounts and of the roles. */
import type { Account, RoleName } from '../api/administration.ts';

export const ROLE_WORDS = {
  technician: 'Technician',
  lead: 'Lead',
  administrator: 'Administrator',
  'field-engineer': 'Field engineer',
  auditor: 'Auditor',
} as const satisfies Record<RoleName, string>;

export const ACCOUNT_WORDS = {
  title: 'Accounts',
  lead: 'Who may pass the second gate. The directory must know them, too.',
  searchHint: 'Name, user ID or directory login',
  empty: 'There is no account yet.',
  columns: {
    name: 'Name',
    userId: 'User ID',
    login: 'Directory login',
    roles: 'Roles',
    state: 'State',
    factor: 'Second factor',
    lastSignIn: 'Last sign-in',
    created: 'Added',
  },
  states: { active: 'Active', disabled: 'Disabled' } satisfies Record<Account['state'], string>,
  factors: { code: 'App', passkey: 'Passkey' },
  noFactor: 'Not set up',
  anyRole: 'As the directory says',
  copyUserId: 'copy the user ID',

  add: 'Add account …',
  addTitle: 'Add an account',
  userId: 'User ID',
  userIdHint: 'Typed at the second gate. It cannot be changed later.',
  login: 'Directory login',
  loginHint: 'The person’s account in the company directory, such as name@example.com.',
  name: 'Name',
  nameHint: 'As colleagues and operators read it.',
  roles: 'Roles',
  rolesHint: 'In force is what is ticked here and what the directory’s groups say as well.',
  administratorHint: 'Given by two people only: propose it from the account.',
  addAct: 'Add account',
  firstPassword: 'First password',
  firstPasswordLead: (name: string) =>
    `Give it to ${name} yourself. It has to be changed at the first sign-in.`,
  added: (name: string) => `${name} has an account.`,

  changeRoles: 'Change roles …',
  changeRolesTitle: (name: string) => `Change the roles of ${name}`,
  changeRolesLead: 'A role that is taken away ends what it allowed at once.',
  changeRolesAct: 'Change roles',
  rolesChanged: (name: string) => `The roles of ${name} are changed.`,
  disable: 'Disable …',
  disableTitle: (name: string) => `Disable the account of ${name}?`,
  disableAct: 'Disable account',
  disabled: (name: string) => `The account of ${name} is disabled.`,
  enable: 'Enable …',
  enableTitle: (name: string) => `Enable the account of ${name} again?`,
  enableLead: 'They can sign in again with the password and second factor that they had.',
  enableAct: 'Enable account',
  enabled: (name: string) => `The account of ${name} is enabled.`,
  recover: 'Recover …',
  recoverTitle: (name: string) => `Propose to recover the account of ${name}`,
  recoverLead:
    'Once another administrator approves, the password and the second factor that are set now are worth nothing any more. The approver is shown a first password, once.',
  makeAdministrator: 'Make administrator …',
  makeAdministratorTitle: (name: string) => `Propose ${name} as an administrator`,
  makeAdministratorLead:
    'Once another administrator approves, they may do everything that you may.',
  signIns: 'Sign-ins of this account',
  own: 'This is your own account: another administrator changes it.',
} as const;

export const ROLE_TABLE_WORDS = {
  title: 'Roles',
  lead: 'A group of the directory gives a role. An account can narrow it, never widen it. The table is part of the gateway’s configuration.',
  directory: 'Directory',
  /** By the kind that the configuration names. */
  directories: {
    'active-directory': 'Active Directory',
    'openid-connect': 'OpenID Connect',
    demo: 'made-up people of the demonstration',
  } as Record<string, string>,
  group: 'Group of the directory',
  role: 'Role',
  may: 'What it may do',
  noGroup: 'No group gives this role.',
  copyGroup: 'copy the group',
  means: {
    technician: 'Works on the cases for which a lead designates them; sees no others.',
    lead: 'Sees all cases, designates technicians; proposes legal holds with a second lead.',
    administrator: 'Accounts, workstations, licences, roles and live sessions. Sees no case.',
    'field-engineer': 'Licences and commissions carts.',
    auditor: 'Reads the ledger, and nothing else.',
  } satisfies Record<RoleName, string>,
} as const;
