/**
 * Signs a statement with whatever holds the key: in memory, or in a token that never gives it away. Node only.
 *
 * JOSE knows no SHA-3: by the key of a chain that is signed with SHA-3 it is SHA-256, in a form that cannot be taken for a
 * certificate's.
 */
import type { KeyObject } from 'node:crypto';
import { base64url } from 'jose';
import { p256NumbersOf } from '../x509/ecdsa-signature.ts';
import type { Signer } from '../x509/signer.ts';
import type { StatementAlgorithm } from './statement.ts';

/** Names the algorithm of a root's statements: it follows from the key, never from what a statement says of itself. */
export function statementAlgorithm(key: KeyObject): Extract<StatementAlgorithm, 'ES256' | 'PS256'> {
  return key.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
}

/** Signs claims as a compact JWS. @throws what the signer throws */
export async function signStatementWith(
  signer: Signer,
  typ: string,
  claims: object,
): Promise<string> {
  const alg = statementAlgorithm(signer.publicKey);
  const encode = (part: object): string => base64url.encode(JSON.stringify(part));
  const signed = `${encode({ alg, typ })}.${encode(claims)}`;
  return `${signed}.${base64url.encode(await signatureOf(signer, alg, Buffer.from(signed)))}`;
}

/** JOSE's ECDSA signature is the two numbers, 32 bytes each. @see RFC 7518 section 3.4 */
async function signatureOf(
  signer: Signer,
  alg: 'ES256' | 'PS256',
  input: Uint8Array,
): Promise<Uint8Array> {
  if (alg === 'PS256') return await signer.sign('rsa-pss-sha256', input);
  return p256NumbersOf(await signer.sign('ecdsa-sha256', input));
}
