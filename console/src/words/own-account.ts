/** Words of one's own account. */
export const OWN_ACCOUNT_WORDS = {
  title: 'My account',
  signIns: 'Where you are signed in',
  columns: { workstation: 'Workstation', begun: 'Signed in', used: 'Last used' },
  thisOne: 'This one',
  everywhere: 'Sign out everywhere …',
  everywhereTitle: 'Sign out everywhere?',
  everywhereLead: (others: number) =>
    others === 0
      ? 'You are signed out here.'
      : `You are signed out here and at ${others === 1 ? 'one other place' : `${others} other places`}.`,
  everywhereAct: 'Sign out everywhere',

  password: 'Password',
  passwordLead: 'Of this gateway. It does not have to be changed from time to time.',
  changePassword: 'Change password …',
  changePasswordTitle: 'Change your password',
  changePasswordAct: 'Change password',
  passwordChanged: 'Your password is changed. Other sign-ins of yours are ended.',
  newPassword: 'New password',
  newPasswordHint:
    'At least 12 characters. Four words that do not belong together are easy to keep; what is widely known is refused.',
  again: 'The same once more',
  notSame: 'The two are not the same.',

  factor: 'Second factor',
  kinds: { code: 'Authenticator app', passkey: 'Passkey or security key' },
  noFactor: 'None is set up.',
  since: (when: string) => `since ${when}`,
  change: 'Change second factor …',
  setUp: 'Set up a second factor …',
  changeTitle: 'Set up a second factor',
  changeLead: 'What you set up now replaces what you have. Your recovery codes stay.',
  factorChanged: 'Your second factor is set up.',

  recovery: 'Recovery codes',
  left: (count: number) => (count === 1 ? 'One is left.' : `${count} are left.`),
  newCodes: 'New recovery codes …',
  newCodesTitle: 'Make new recovery codes?',
  newCodesLead: 'The codes that you have now are worth nothing any more.',
  newCodesAct: 'Make new codes',
  codesMade: 'You have new recovery codes.',

  firstTitle: 'Choose a password',
  firstLead: 'The one that you were given was for this once. Nobody else will know the new one.',
  firstAct: 'Set password',
} as const;
