/**
 * Knows a cart by its certificates and reads what it signed.
 *
 * What reads X.509 is handed in: a browser needs another reader than Node (WebCrypto knows no SHA-3), and the checks
 * themselves need neither.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CartEvidence } from '@chaperone/protocol/evidence/schema.ts';
import { StatementInvalid, readStatement } from '@chaperone/protocol/signed/statement.ts';
import type { StatementAlgorithm, StatementKey } from '@chaperone/protocol/signed/statement.ts';
import { decodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import type { z } from 'zod';
import { Findings } from './check.ts';
import type { Check } from './check.ts';

/** A key, and what its certificate says. */
export interface CertifiedKey {
  readonly serial: string;
  readonly key: StatementKey;
  readonly algorithm: StatementAlgorithm;
  readonly keyThumbprint: string;
  /** Lower-case hexadecimal. */
  readonly certificateSerial: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Reads certificates of our profile; every fault is a DomainError with a sentence. Time is not judged. */
export interface CertificateReader {
  /** Reads an authority that signed itself, the first of several, and gives SHA-256 of it in hexadecimal. */
  root(pem: string): { readonly fingerprint: string };
  /**
   * The roots to believe, as PEM: a service centre may have changed its root, and each is certified by the one before it.
   * @param from PEM of what is believed already; null believes every root that is here
   */
  roots(
    pem: string,
    from: string | null,
  ): {
    readonly pem: string;
    /** SHA-256 of roots to which nothing leads. */
    readonly strangers: readonly string[];
  };
  /** Reads a cart's certificate, and checks that one of the roots issued it unless there is none. */
  cart(pem: string, rootsPEM: string | null): CertifiedKey;
}

export class CartSigner {
  readonly serial: string;
  readonly keys: readonly CertifiedKey[];

  constructor(serial: string, keys: readonly CertifiedKey[]) {
    this.serial = serial;
    this.keys = keys;
  }

  /** Reads a statement that one of the cart's keys signed. @throws StatementInvalid */
  async read<S extends z.ZodType>(
    jws: string,
    typ: string,
    schema: S,
  ): Promise<{ readonly claims: z.infer<S>; readonly by: CertifiedKey }> {
    if (!isStrict(jws)) throw new StatementInvalid('The statement is not as a signer writes it.');
    let fault: unknown = new StatementInvalid('There is no certificate.');
    for (const by of this.keys.toReversed()) {
      try {
        return { claims: await readStatement(jws, typ, schema, by.key, by.algorithm), by };
      } catch (caught) {
        if (!(caught instanceof StatementInvalid)) throw caught;
        fault = caught;
      }
    }
    throw fault;
  }
}

/** Tells whether a compact JWS is in its one form, so that no character of it can be changed unnoticed. */
export function isStrict(jws: string): boolean {
  const parts = jws.split('.');
  return parts.length === 3 && parts.every((part) => decodeBase64url(part) !== undefined);
}

/** Which cart root to believe: the facility's own, or else the one that came with the evidence. */
export function checkRoot(
  inside: string | null,
  pinned: string | undefined,
  reader: CertificateReader,
): { readonly root: string | null; readonly check: Check } {
  const found = new Findings('The root of the carts’ certificates is the right one');
  const root = pinned ?? inside;
  if (root === null) {
    found.problem(
      'There is no cart root in the bundle, and none was given: no cart can be believed.',
    );
    return { root, check: found.done() };
  }
  const read = attempt('The cart root', () => reader.root(root), found);
  if (pinned === undefined) {
    found.note(
      `Trusting the root inside the bundle (SHA-256 ${read?.fingerprint ?? '?'}): give --cart-root to check ` +
        'against the one you keep.',
    );
  }
  const roots = attempt(
    inside === null ? 'The cart root' : 'The cart root in the bundle',
    () => reader.roots(inside ?? root, pinned ?? null),
    found,
  );
  if (roots !== null && roots.strangers.length > 0)
    found.problem('The bundle brings another cart root than the one given.');
  return { root: found.holds ? (roots?.pem ?? null) : null, check: found.done() };
}

/**
 * Reads a cart's certificates and checks that they name it and come from the root.
 *
 * @param root null when there is none: then only the name is checked
 */
export function readCartSigner(
  cart: Pick<CartEvidence, 'serial' | 'certificates'>,
  root: string | null,
  reader: CertificateReader,
): { readonly signer: CartSigner; readonly check: Check } {
  const { serial } = cart;
  const found = new Findings(`The certificates of cart ${serial} name it and come from one root`);
  if (root === null) found.note('No root to believe: only the name was checked.');
  const keys: CertifiedKey[] = [];
  for (const [at, pem] of cart.certificates.entries()) {
    const key = attempt(`Certificate ${at + 1}`, () => reader.cart(pem, root), found);
    if (key === null) continue;
    if (key.serial === serial) keys.push(key);
    else found.problem(`Certificate ${at + 1} does not name serial number ${serial}.`);
  }
  return { signer: new CartSigner(serial, keys), check: found.done() };
}

function attempt<T>(what: string, read: () => T, found: Findings): T | null {
  try {
    return read();
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    found.problem(`${what} is not believed: ${fault.message}`);
    return null;
  }
}
