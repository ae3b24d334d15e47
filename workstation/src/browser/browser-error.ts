/** What can go wrong with the browser's own store. Each message is for the person in front of the workstation. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class CertutilMissing extends DomainError {
  readonly code = 'CERTUTIL_MISSING';
  constructor(options?: { readonly cause?: unknown }) {
    super(
      "The program certutil is missing, which makes keys in the browser's own store. On Debian: apt install " +
        'libnss3-tools. Then do the same again; nothing is lost.',
      options,
    );
  }
}

export class OpenSSLMissing extends DomainError {
  readonly code = 'OPENSSL_MISSING';
  constructor(options?: { readonly cause?: unknown }) {
    super(
      'The program openssl is missing, which writes the PKCS#12 file. On Debian: apt install openssl. Then do the same ' +
        'again; nothing is lost.',
      options,
    );
  }
}

export class StoreLocked extends DomainError {
  readonly code = 'STORE_LOCKED';
  constructor(store: string) {
    super(
      `The browser's store ${store} is locked with a password. Give it in a file: --store-password-file FILE.`,
    );
  }
}

export class StoreNotWritable extends DomainError {
  readonly code = 'STORE_NOT_WRITABLE';
  constructor(store: string, options?: { readonly cause?: unknown }) {
    super(
      `The browser's store ${store} cannot be written. Run this as the person who uses the browser, and look at the ` +
        "directory's owner and mode.",
      options,
    );
  }
}

export class StoreDamaged extends DomainError {
  readonly code = 'STORE_DAMAGED';
  constructor(store: string) {
    super(
      `The browser's store ${store} cannot be opened: it is damaged, or cannot be read by this account. Does the browser ` +
        'itself still start with it?',
    );
  }
}

export class StoreFailed extends DomainError {
  readonly code = 'STORE_FAILED';
  /** @param said the last line of certutil, printable */
  constructor(store: string, said: string) {
    super(`The browser's store ${store} did not take it. certutil says: ${said}`);
  }
}

export class BrowserNotFound extends DomainError {
  readonly code = 'BROWSER_NOT_FOUND';
}

export class BrowserRecordDamaged extends DomainError {
  readonly code = 'BROWSER_RECORD_DAMAGED';
  constructor(options?: { readonly cause?: unknown }) {
    super(
      'The file browser.json in the data directory cannot be read. Begin anew: chaperone workstation remove, then enrol ' +
        'with a new licence code.',
      options,
    );
  }
}
