/** Reads who somebody is, and with which roles, out of the claims of a checked ID token. */
import { DirectoryAccountUnfit, DirectoryAnswerUnusable } from '../contract.ts';
import type { Person, Role } from '../contract.ts';

export interface ClaimTable {
  /** The claim with the person's lasting name, which is never given to somebody else. */
  readonly loginClaim: string;
  /** The claim with groups or roles: a text or a list of them. */
  readonly rolesClaim: string;
  /** Which of its values gives which role. */
  readonly roles: readonly { readonly group: string; readonly role: Role }[];
}

const LOGIN_CHARACTERS_MAX = 256;
const NAME_CHARACTERS_MAX = 200;
/** Entra ID names at most 200 groups in a token, and none when there are more. */
const VALUES_MAX = 1_000;

/**
 * Names are in lower case, as those of every directory here.
 * @throws DirectoryAnswerUnusable when the name is missing, DirectoryAccountUnfit when no value gives a role
 */
export function claimedPerson(
  claims: Readonly<Record<string, unknown>>,
  { loginClaim, rolesClaim, roles: table }: ClaimTable,
): Person {
  const login = lineOf(own(claims, loginClaim), LOGIN_CHARACTERS_MAX);
  if (login === null) {
    throw new DirectoryAnswerUnusable(
      `The provider's ID token has no usable claim "${loginClaim}" (directory.loginClaim).`,
    );
  }
  const values = new Set([own(claims, rolesClaim)].flat().slice(0, VALUES_MAX));
  const roles = table.flatMap(({ group, role }) => (values.has(group) ? [role] : []));
  if (roles.length === 0) throw new DirectoryAccountUnfit('no-role');
  return {
    login: login.toLowerCase(),
    displayName: lineOf(own(claims, 'name'), NAME_CHARACTERS_MAX) ?? login,
    roles: [...new Set(roles)],
  };
}

function own(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function lineOf(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' || text.length > max || /\p{Cc}/u.test(text) || !text.isWellFormed()
    ? null
    : text;
}
