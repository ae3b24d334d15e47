/**
 * The directory, as the desk sees it: who is known to the corporate directory, and with which roles.
 *
 * It is the first gate. What makes the difference between one directory and another stays behind this contract.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export const ROLES = ['technician', 'lead'] as const;
export type Role = (typeof ROLES)[number];

export interface Person {
  /** The directory's own name of the person; never given to somebody else. */
  readonly login: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
}

/** Unknown, wrong password, empty password or no role here: one answer, so that it does not tell who exists. */
export class DirectoryRefusal extends DomainError {
  readonly code = 'DIRECTORY_REFUSED';
  constructor(options?: { readonly cause?: unknown }) {
    super('The directory does not know this login with this password.', options);
  }
}

/** No directory server can be reached; nobody new comes in. */
export class DirectoryUnavailable extends DomainError {
  readonly code = 'DIRECTORY_UNAVAILABLE';
}

export interface Directory {
  /** True when the people are made up: shown in the banner of every page and recorded. */
  readonly demo: boolean;
  /** @throws DirectoryRefusal, DirectoryUnavailable */
  authenticate(login: string, password: string): Promise<Person>;
  /** Gives a person without a password, or null. @throws DirectoryUnavailable */
  lookUp(login: string): Promise<Person | null>;
}
