/** Target of what an OpenID provider says of a person, once signature and times are checked. */
import {
  DirectoryAccountUnfit,
  DirectoryAnswerUnusable,
} from '@chaperone/gateway/directory/contract.ts';
import { claimedPerson } from '@chaperone/gateway/directory/openid-connect/claimed-person.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const TABLE = {
  loginClaim: 'upn',
  rolesClaim: 'groups',
  roles: [
    { group: 'staff', role: 'technician' },
    { group: 'leads', role: 'lead' },
  ],
} as const;
const CHARACTERS_MAX = 256;

/** The library lets nothing but an object through. */
function claimsOf(input: Buffer): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(input.toString('utf8'));
    if (typeof read === 'object' && read !== null) return read as Record<string, unknown>;
  } catch (cause) {
    throw new DirectoryAnswerUnusable('no claims', { cause });
  }
  throw new DirectoryAnswerUnusable('no claims');
}

const claims: Target = {
  name: 'provider-claims',
  entry: 'gateway/src/directory/openid-connect/claimed-person.ts › claimedPerson',
  refusals: [DirectoryAnswerUnusable, DirectoryAccountUnfit],
  limits: 'names of 256 characters on one line, roles of the table only, each once',
  form: 'json',
  words: ['upn', 'groups', 'name', 'staff', 'leads', '__proto__', '\\u0000'],
  seeds: () => [
    Buffer.from(JSON.stringify({ upn: 'A@b.example', name: 'A', groups: ['staff', 'leads'] })),
    Buffer.from(JSON.stringify({ upn: 'a', groups: 'staff' })),
  ],
  feed: (input) => {
    const { login, displayName, roles } = claimedPerson(claimsOf(input), TABLE);
    for (const name of [login, displayName])
      holds(name !== '' && name.length <= CHARACTERS_MAX && !/\p{Cc}/u.test(name), 'one line');
    holds(login === login.toLowerCase(), 'in lower case');
    holds(roles.length > 0 && new Set(roles).size === roles.length, 'each role once');
    return login;
  },
};

export const CLAIMS_TARGETS: readonly Target[] = [claims];
