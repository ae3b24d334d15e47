/**
 * The directory, as the desk sees it: who is known to the corporate directory, and with which roles.
 *
 * It is the first gate. What makes the difference between one directory and another stays behind this contract; only
 * where the password is typed does not: on our own page, or on that of a provider, which sends the browser back
 * (decision 0015).
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/**
 * technician works in cases, lead designates and decides; administrator manages accounts and workstations, field-engineer
 * licenses carts, auditor reads the ledger. The last three see no case.
 */
export const ROLES = ['technician', 'lead', 'administrator', 'field-engineer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export interface Person {
  /**
   * The directory's own name of the person, to which the gateway account is bound. A domain may give it to somebody else
   * later, who would still need the account's password and second factor: disable the account of whoever leaves.
   */
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

/** The provider's answer was not what this sign-in waits for, or the person was not signed in there. */
export class DirectoryAnswerRefused extends DomainError {
  readonly code = 'DIRECTORY_ANSWER_REFUSED';
  constructor(options?: { readonly cause?: unknown }) {
    super(
      'The sign-in there was not finished, or this answer is not its own. Begin anew.',
      options,
    );
  }
}

/** The provider signed somebody in, and lacks what is needed to let them in here: a matter of its settings. */
export class DirectoryAnswerUnusable extends DomainError {
  readonly code = 'DIRECTORY_ANSWER_UNUSABLE';
}

interface AnyDirectory {
  /** True when the people are made up: shown in the banner of every page and recorded. */
  readonly demo: boolean;
  /** Gives somebody who may come in now, without a password, or null. @throws DirectoryUnavailable */
  lookUp(login: string): Promise<Person | null>;
}

/** The password is typed on our page. */
export interface PasswordDirectory extends AnyDirectory {
  /** @throws DirectoryRefusal, DirectoryAccountUnfit, DirectoryUnavailable */
  authenticate(login: string, password: string): Promise<Person>;
}

/** The password is typed on a provider's page. */
export interface RedirectDirectory extends AnyDirectory {
  /** The provider as people call it, on the button. */
  readonly providerName: string;
  /** @param returnTo the page of ours to which the provider sends the browser back @throws DirectoryUnavailable */
  begin(returnTo: string): Promise<BegunRedirect>;
}

/** One sign-in on its way through the provider's page; whoever holds it makes sure that the same browser comes back. */
export interface BegunRedirect {
  /** Where the browser goes. */
  readonly address: string;
  /**
   * Ends it, once.
   * @param answer the query with which the browser came back, as it stands in the address
   * @throws DirectoryAnswerRefused, DirectoryAnswerUnusable, DirectoryAccountUnfit, DirectoryUnavailable
   */
  finish(answer: string): Promise<Person>;
}

export type Directory = PasswordDirectory | RedirectDirectory;
