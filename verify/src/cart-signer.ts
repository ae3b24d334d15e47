/** Knows a cart by its certificates and reads what it signed. */
import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { CartEvidence } from '@chaperone/protocol/evidence/schema.ts';
import { StatementInvalid, readStatement } from '@chaperone/protocol/signed/statement.ts';
import type { z } from 'zod';
import { Findings } from './check.ts';
import type { Check } from './check.ts';

export class CartSigner {
  readonly serial: string;
  readonly #keys: readonly KeyObject[];

  constructor(serial: string, keys: readonly KeyObject[]) {
    this.serial = serial;
    this.#keys = keys;
  }

  /** Reads a statement that one of the cart's keys signed. @throws StatementInvalid */
  async read<S extends z.ZodType>(jws: string, typ: string, schema: S): Promise<z.infer<S>> {
    let fault: unknown = new StatementInvalid('There is no certificate.');
    for (const key of this.#keys.toReversed()) {
      try {
        return await readStatement(
          jws,
          typ,
          schema,
          key,
          key.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256',
        );
      } catch (caught) {
        if (!(caught instanceof StatementInvalid)) throw caught;
        fault = caught;
      }
    }
    throw fault;
  }
}

/** Reads a cart's certificates and checks that they name it and come from the root. */
export function readCartSigner(
  cart: Pick<CartEvidence, 'serial' | 'certificates'>,
  root: string | null,
): { readonly signer: CartSigner; readonly check: Check } {
  const { serial } = cart;
  const found = new Findings(`The certificates of cart ${serial} name it and come from one root`);
  const authority =
    root === null ? null : readCertificate(root, "The cart root's certificate", found);
  if (root === null) found.note('No root was given: only the name was checked.');
  const keys: KeyObject[] = [];
  for (const [at, pem] of cart.certificates.entries()) {
    const certificate = readCertificate(pem, `Certificate ${at + 1}`, found);
    if (certificate === null) continue;
    const named = certificate.subject.split('\n').includes(`serialNumber=${serial}`);
    if (!named) found.problem(`Certificate ${at + 1} does not name serial number ${serial}.`);
    const issued = authority === null || isIssuedBy(certificate, authority);
    if (!issued) found.problem(`Certificate ${at + 1} was not issued by the cart root.`);
    if (named && issued) keys.push(certificate.publicKey);
  }
  return { signer: new CartSigner(serial, keys), check: found.done() };
}

function readCertificate(pem: string, what: string, found: Findings): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    found.problem(`${what} is not readable.`);
    return null;
  }
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}
