/**
 * Active Directory over LDAPS: finds a person, has the domain judge the password, and maps groups to roles.
 *
 * The gateway's own bind account only reads. A refusal is one answer for whatever was wrong, until the password is
 * known to be right; then it says what the person can do about it. It keeps no password and caches nobody.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from 'ldapts';
import {
  AndFilter,
  EqualityFilter,
  ExtensibleFilter,
  InvalidCredentialsError,
  ResultCodeError,
} from 'ldapts';
import { DirectoryAccountUnfit, DirectoryRefusal } from '../contract.ts';
import type { PasswordDirectory, Person, Role } from '../contract.ts';
import { Controllers } from './controllers.ts';
import type { ControllersOptions } from './controllers.ts';
import type { FoundPerson } from './found-person.ts';
import { ATTRIBUTES, readFoundPerson } from './found-person.ts';
import { refusalOfBind } from './bind-refusal.ts';

export { BindAccountRefused } from './controllers.ts';
export type { DomainController } from './controllers.ts';

export interface ActiveDirectoryOptions extends ControllersOptions {
  /** Where people are looked for, a distinguished name: `DC=corp,DC=example`. */
  readonly searchBase: string;
  /** Which group gives which role; membership counts through groups within groups. */
  readonly roles: readonly { readonly group: string; readonly role: Role }[];
}

/** `LDAP_MATCHING_RULE_IN_CHAIN` (MS-ADTS §3.1.1.3.4.4.2): groups within groups, resolved by the domain. */
const IN_CHAIN = '1.2.840.113556.1.4.1941';
/** Active Directory's own limits: 1024 characters for a UPN, 127 for a password typed at Windows. */
const LOGIN_CHARACTERS_MAX = 1_024;
const PASSWORD_CHARACTERS_MAX = 256;
/** More than one match is nobody. */
const MATCHES_MAX = 2;

/** Opens the directory; nothing is connected before somebody is asked for. */
export function openActiveDirectory(options: ActiveDirectoryOptions): PasswordDirectory {
  const controllers = new Controllers(options);
  return {
    demo: false,
    async authenticate(login, password) {
      if (!isPassword(password) || !isLogin(login)) throw new DirectoryRefusal();
      return await controllers.use(async (reader, connect) => {
        const found = await find(reader, options.searchBase, login);
        // Nobody's password is tried as well, so that it takes as long.
        const name = found?.distinguishedName ?? `CN=${randomUUID()},${options.searchBase}`;
        await passBind(connect(), name, password);
        if (found === null) throw new DirectoryRefusal();
        return await personOf(reader, found, options.roles);
      });
    },
    async lookUp(login) {
      if (!isLogin(login)) return null;
      return await controllers.use(async (reader) => {
        const found = await find(reader, options.searchBase, login);
        if (found === null || found.disabled || found.expired) return null;
        return await personOf(reader, found, options.roles).catch((fault: unknown) => {
          if (fault instanceof DirectoryAccountUnfit) return null;
          throw fault;
        });
      });
    },
  };
}

/** Whether this can be the name of somebody: the rest never reaches the domain. */
function isLogin(login: string): boolean {
  return login !== '' && login.length <= LOGIN_CHARACTERS_MAX && !/\p{Cc}/u.test(login);
}

/**
 * An LDAP bind with an empty password is an anonymous one, and succeeds (RFC 4513 §5.1.2). Some domains read a password up
 * to its first NUL, so that something else than the password would be right.
 */
function isPassword(password: string): boolean {
  return password !== '' && password.length <= PASSWORD_CHARACTERS_MAX && !password.includes('\0');
}

async function find(reader: Client, base: string, login: string): Promise<FoundPerson | null> {
  const value = login.trim();
  const attribute = value.includes('@') ? 'userPrincipalName' : 'sAMAccountName';
  const { searchEntries } = await reader.search(base, {
    scope: 'sub',
    // Filters as objects, never as text: there is nothing to escape and nothing to inject into.
    filter: new AndFilter({
      filters: [
        new EqualityFilter({ attribute: 'objectCategory', value: 'person' }),
        new EqualityFilter({ attribute: 'objectClass', value: 'user' }),
        new EqualityFilter({ attribute, value }),
      ],
    }),
    attributes: [...ATTRIBUTES],
    sizeLimit: MATCHES_MAX,
  });
  const [entry, second] = searchEntries;
  if (entry === undefined || second !== undefined) return null;
  // A domain compares loosely: Windows finds `member` for `mémber` and for full-width letters, too. Here such a name is
  // another one, so that its guesses are not counted beside the right one's.
  const written = entry[attribute];
  if (typeof written !== 'string' || folded(written) !== folded(value)) return null;
  return readFoundPerson(entry);
}

function folded(name: string): string {
  return name.toLowerCase();
}

async function passBind(connection: Client, name: string, password: string): Promise<void> {
  try {
    await connection.bind(name, password);
  } catch (fault) {
    if (fault instanceof InvalidCredentialsError) throw refusalOfBind(fault);
    throw fault;
  } finally {
    await connection.unbind().catch(() => undefined);
  }
}

async function personOf(
  reader: Client,
  found: FoundPerson,
  table: ActiveDirectoryOptions['roles'],
): Promise<Person> {
  const roles = new Set<Role>();
  for (const { group, role } of table) {
    if (!roles.has(role) && (await isMember(reader, found, group))) roles.add(role);
  }
  if (roles.size === 0) throw new DirectoryAccountUnfit('no-role');
  return { login: found.accountName, displayName: found.displayName, roles: [...roles] };
}

async function isMember(reader: Client, found: FoundPerson, group: string): Promise<boolean> {
  try {
    const { searchEntries } = await reader.search(found.distinguishedName, {
      scope: 'base',
      filter: new ExtensibleFilter({ matchType: 'memberOf', rule: IN_CHAIN, value: group }),
      attributes: ['1.1'],
    });
    return searchEntries.length > 0;
  } catch (fault) {
    // Removed between the two questions: a member of nothing.
    if (fault instanceof ResultCodeError && fault.code === 32) return false;
    throw fault;
  }
}
