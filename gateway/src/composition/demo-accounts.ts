/**
 * How the made-up people of a demo sign in at the gateway. Only used when the configuration says `demo: true`; the
 * directory's own demo passwords are in `directory/demo/demo-people.ts`.
 */
import { BUILT_IN_DEMO_PEOPLE } from '../directory/demo/demo.ts';

const ACCOUNTS = {
  'tara.lindqvist': { accountName: 'tara', password: 'harbour-amber-72' },
  'lena.hoffmann': { accountName: 'lena', password: 'meadow-cobalt-63' },
  'ada.nilsen': { accountName: 'ada', password: 'quarry-violet-48' },
  'amir.haddad': { accountName: 'amir', password: 'juniper-canyon-95' },
  'ines.moreau': { accountName: 'ines', password: 'glacier-poppy-31' },
  'finn.okafor': { accountName: 'finn', password: 'lantern-walnut-74' },
} as const;

export interface DemoSignIn {
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly directory: { readonly login: string; readonly password: string };
  readonly gateway: { readonly userId: string; readonly password: string };
}

/** Everything that a demo person types at the two gates. */
export const DEMO_SIGN_INS: readonly DemoSignIn[] = BUILT_IN_DEMO_PEOPLE.people.flatMap(
  (person) => {
    const account = ACCOUNTS[person.login as keyof typeof ACCOUNTS];
    const { displayName, roles, login, password } = person;
    const gateway = { userId: account.accountName, password: account.password };
    return [{ displayName, roles, directory: { login, password }, gateway }];
  },
);
