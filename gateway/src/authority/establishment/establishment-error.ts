/** What can be wrong with the authority's directory. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class AuthorityNotEstablished extends DomainError {
  readonly code = 'AUTHORITY_NOT_ESTABLISHED';
  constructor() {
    super('There is no certificate authority yet. Make it once, with: chaperone gateway establish');
  }
}

export class AuthorityAlreadyEstablished extends DomainError {
  readonly code = 'AUTHORITY_ALREADY_ESTABLISHED';
  constructor() {
    super('There is a certificate authority already. It is never overwritten.');
  }
}

export class AuthorityDamaged extends DomainError {
  readonly code = 'AUTHORITY_DAMAGED';
  constructor(what: string, options?: { readonly cause?: unknown }) {
    super(
      `The certificate authority's directory is not whole. ${what} Restore it from its copy.`,
      options,
    );
  }
}

export class AuthorityKeyExposed extends DomainError {
  readonly code = 'AUTHORITY_KEY_EXPOSED';
  constructor(file: string) {
    super(`Others on this machine may read the private key ${file}. Set its mode to 0600.`);
  }
}

/** The configuration says that the root keys are in one place, and they are in the other. */
export class AuthorityKeysElsewhere extends DomainError {
  readonly code = 'AUTHORITY_KEYS_ELSEWHERE';
  constructor(where: 'files' | 'pkcs11') {
    const place = where === 'files' ? 'in files' : 'in a PKCS #11 token';
    super(
      `The authority's root keys were made ${place}. Say so in the configuration: authority.keys.kind "${where}".`,
    );
  }
}

/** A demo's roots and accounts are known to everybody who has the program. */
export class AuthorityOfAnotherKind extends DomainError {
  readonly code = 'AUTHORITY_OF_ANOTHER_KIND';
  constructor(isDemo: boolean) {
    super(
      isDemo
        ? 'This data directory was established with "demo": true and can never be production. Establish a new one.'
        : 'This data directory was established for production and cannot be opened with "demo": true. Use another one.',
    );
  }
}
