/**
 * The directory, as the desk sees it: who is known to the corporate directory, and with which roles.
 *
 * It is the first gate. What makes the difference between one directory and another stays behind this contract.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/**
 * technician works in cases, lead designates and decides; administrator manages accounts and workstations, field-engineer
 * licenses carts, auditor reads the ledger. The last three see no case.
 */
export const ROLES = ['technician', 'lead', 'administrator', 'field-engineer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export interface Person {
  /** The directory's own name of the person; never given to somebody else. */
  readonly login: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
}

/** Unknown, wrong or empty password, locked: one answer, so that it does not tell who exists. */
export class DirectoryRefusal extends DomainError {
  readonly code = 'DIRECTORY_REFUSED';
  constructor(options?: { readonly cause?: unknown }) {
    super('The directory does not know this login with this password.', options);
  }
}

/** What keeps somebody with the right password out; each has its words in the error. */
const UNFIT = {
  'password-must-change':
    'Your password has to be changed first. Change it at a Windows workstation, then sign in here.',
  'password-expired':
    'Your password has expired. Change it at a Windows workstation, then sign in here.',
  disabled: 'Your account is disabled. Your organisation’s service desk can tell why.',
  'account-expired': 'Your account has ended. Your organisation’s service desk can prolong it.',
  'not-at-this-hour': 'Your account may not sign in at this hour.',
  'not-at-this-machine': 'Your account may not sign in at this machine.',
  'no-role': 'You are known, but no group of yours has a role here. Ask your administrator.',
} as const;
export type UnfitReason = keyof typeof UNFIT;

/** The password was right, and still nobody comes in: only then may the person learn why. */
export class DirectoryAccountUnfit extends DomainError {
  readonly code = 'DIRECTORY_ACCOUNT_UNFIT';
  readonly reason: UnfitReason;
  constructor(reason: UnfitReason, options?: { readonly cause?: unknown }) {
    super(UNFIT[reason], options);
    this.reason = reason;
  }
}

/** No directory server can be reached; nobody new comes in. */
export class DirectoryUnavailable extends DomainError {
  readonly code = 'DIRECTORY_UNAVAILABLE';
}

export interface Directory {
  /** True when the people are made up: shown in the banner of every page and recorded. */
  readonly demo: boolean;
  /** @throws DirectoryRefusal, DirectoryAccountUnfit, DirectoryUnavailable */
  authenticate(login: string, password: string): Promise<Person>;
  /** Gives somebody who may come in now, without a password, or null. @throws DirectoryUnavailable */
  lookUp(login: string): Promise<Person | null>;
}
