/**
 * The demo directory: people from a list, in place of Active Directory. An explicit mode, never a fallback.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { DirectoryRefusal } from '../contract.ts';
import type { PasswordDirectory, Person } from '../contract.ts';
import { BUILT_IN_DEMO_PEOPLE, demoPeople } from './demo-people.ts';
import type { DemoPeople } from './demo-people.ts';

export { BUILT_IN_DEMO_PEOPLE } from './demo-people.ts';
export type { DemoPeople } from './demo-people.ts';

export class DemoPeopleUnusable extends DomainError {
  readonly code = 'DEMO_PEOPLE_UNUSABLE';
}

/** Reads a file of demo people. @throws DemoPeopleUnusable */
export function readDemoPeople(file: string): DemoPeople {
  let read;
  try {
    read = demoPeople.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new DemoPeopleUnusable(`The file of demo people cannot be read: ${file}`, { cause });
  }
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.') ?? '';
  throw new DemoPeopleUnusable(
    `The file of demo people is not in the expected form at "${where}": ${file}`,
  );
}

/** Opens the demo directory. */
export function openDemoDirectory(people: DemoPeople = BUILT_IN_DEMO_PEOPLE): PasswordDirectory {
  const known = new Map(people.people.map((each) => [each.login, each]));
  return {
    demo: true,
    authenticate: async (login, password) => {
      const found = known.get(login.trim().toLowerCase());
      const expected = found?.password ?? 'nobody has this password';
      const right = timingSafeEqual(digest(password), digest(expected));
      if (found === undefined || !right || password === '') throw new DirectoryRefusal();
      return personOf(found);
    },
    lookUp: async (login) => {
      const found = known.get(login.trim().toLowerCase());
      return found === undefined ? null : personOf(found);
    },
  };
}

function personOf({ login, displayName, roles }: DemoPeople['people'][number]): Person {
  return { login, displayName, roles };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
