/**
 * Signs and checks the statements of `claims.ts`. Works in Node and in a browser (WebCrypto through jose).
 *
 * The algorithm follows from the key: P-256 → ES256, RSA → PS256, Ed25519 → EdDSA. Nothing is read from the
 * `alg` header but to compare it (RFC 8725 §3.1).
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import type { JWK } from 'jose';
import type { z } from 'zod';

export type StatementAlgorithm = 'ES256' | 'PS256' | 'EdDSA';
/** A `KeyObject` of Node or a `CryptoKey`. */
export type StatementKey = Parameters<CompactSign['sign']>[0];

/** One undifferentiated answer for whatever is wrong with a signed statement. */
export class StatementInvalid extends DomainError {
  readonly code = 'STATEMENT_INVALID';
}

/**
 * Signs claims as a compact JWS.
 * @param x5c DER certificates, base64, leaf first, when the key is certified
 * @param jwk the public key itself (RFC 7515 §4.1.3), where a reader has only its fingerprint
 */
export async function signStatement(
  typ: string,
  claims: object,
  key: StatementKey,
  algorithm: StatementAlgorithm,
  x5c?: readonly string[],
  jwk?: JWK,
): Promise<string> {
  const header = {
    ...{ alg: algorithm, typ },
    ...(x5c ? { x5c: [...x5c] } : {}),
    ...(jwk ? { jwk } : {}),
  };
  return await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader(header)
    .sign(key);
}

/** Checks signature, `typ`, algorithm and shape. @throws StatementInvalid */
export async function readStatement<S extends z.ZodType>(
  jws: string,
  typ: string,
  schema: S,
  key: StatementKey,
  algorithm: StatementAlgorithm,
): Promise<z.infer<S>> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: [algorithm] });
    if (protectedHeader.typ !== typ)
      throw new StatementInvalid('The statement is of another kind.');
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
  } catch (cause) {
    throw new StatementInvalid('The signed statement is not valid.', { cause });
  }
}

/** Reads the certificate chain that a statement brings. It is not checked here. @throws StatementInvalid */
export function chainOf(jws: string): readonly string[] {
  try {
    const { x5c } = decodeProtectedHeader(jws);
    if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > 3) throw new Error('x5c');
    if (!x5c.every((each) => typeof each === 'string' && each.length < 8192))
      throw new Error('x5c');
    return x5c;
  } catch (cause) {
    throw new StatementInvalid('The signed statement brings no certificate.', { cause });
  }
}
