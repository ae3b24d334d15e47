/** Words of who is signed in, and of the sessions that run. */
const NUMBERS = [
  'No',
  'One',
  'Two',
  'Three',
  'Four',
  'Five',
  'Six',
  'Seven',
  'Eight',
  'Nine',
  'Ten',
  'Eleven',
  'Twelve',
];

/** Such as "Three sign-ins at this workstation end now." @param place such as "at this workstation" */
export function signInsEnd(count: number, place: string): string {
  if (count === 0) return `Nobody is signed in ${place} at the moment.`;
  const many = NUMBERS[count] ?? String(count);
  return count === 1 ? `One sign-in ${place} ends now.` : `${many} sign-ins ${place} end now.`;
}

export const SIGN_IN_WORDS = {
  title: 'Sign-ins',
  lead: 'Who is signed in now, and from where.',
  searchHint: 'Name or workstation',
  empty: 'Nobody is signed in.',
  columns: {
    name: 'Name',
    workstation: 'Workstation',
    begun: 'Signed in',
    used: 'Last used',
  },
  thisOne: 'this one',
  all: (place: string) => `All sign-ins ${place} end now.`,
  atWorkstation: 'at this workstation',
  ofAccount: 'of this account',
  end: 'End sign-in …',
  endTitle: (name: string) => `End this sign-in of ${name}?`,
  endLead: 'They are signed out at once. They can sign in again unless their account is disabled.',
  endAct: 'End sign-in',
  ended: (name: string) => `The sign-in of ${name} is ended.`,
} as const;

export const LIVE_SESSION_WORDS = {
  title: 'Live sessions',
  lead: 'Carts that are connected, and who is on them. Which case it is, not what is in it.',
  searchHint: 'Cart, case or technician',
  empty: 'No cart is connected.',
  columns: {
    cart: 'Cart',
    case: 'Case',
    technician: 'Technician',
    state: 'State',
    since: 'Since',
  },
  nobody: 'nobody',
  noCase: 'no open case',
  end: 'End session …',
  endTitle: (cart: string) => `End the session with ${cart}?`,
  endLead:
    'The screen closes, transfers stop, and the cart hangs up. For another session its operator must press the button again.',
  endAct: 'End session',
  ended: (cart: string) => `The session with ${cart} is ended.`,
} as const;
