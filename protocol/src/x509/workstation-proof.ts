/**
 * A workstation's proof that it holds the key that it asks a certificate for. Runs in browsers and in Node.
 *
 * It is a compact JWS (ES256), so that a browser needs no ASN.1: the protected header carries the public key as
 * `jwk` and the type `chaperone-workstation+jws`; the payload is `{ licence, thumbprint, iat }`: SHA-256 of the
 * licence code (hexadecimal), the JWK's own thumbprint (RFC 7638) and seconds since 1970. The private key may be
 * non-extractable. The proof is worth nothing without the licence code itself, which travels beside it.
 *
 * Where the workstation is licensed already and shows a certificate of its own, the payload names the workstation instead:
 * `{ workstation, thumbprint, iat }`. It is worth nothing without that certificate's key.
 */
import { CompactSign, EmbeddedJWK, calculateJwkThumbprint, compactVerify, exportJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { z } from 'zod';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { isId } from '@chaperone/domain/id/id.ts';
import type { WorkstationId } from '@chaperone/domain/id/id.ts';
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { LicenceCodeHash } from '@chaperone/domain/licence/licence.ts';
import { hashLicenceCode } from './licence-code-hash.ts';

/** The public half of a workstation's key. */
export interface WorkstationJWK {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

export interface WorkstationProof {
  readonly codeHash: LicenceCodeHash;
  readonly publicKey: WorkstationJWK;
}

export interface SigningKeyProof {
  readonly workstation: WorkstationId;
  readonly publicKey: WorkstationJWK;
}

export class MalformedWorkstationProof extends DomainError {
  readonly code = 'MALFORMED_WORKSTATION_PROOF';
}

/** Header, key, payload and signature have under 600 characters. */
export const WORKSTATION_PROOF_CHARACTERS_MAX = 2048;
/** A browser's clock may be this far off; the licence code, not the time, is what stops a replay. */
export const WORKSTATION_PROOF_CLOCK_MS = 10 * 60 * 1000;

const TYPE = 'chaperone-workstation+jws';
const header = z.strictObject({
  alg: z.literal('ES256'),
  typ: z.literal(TYPE),
  jwk: z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string().max(64),
    y: z.string().max(64),
  }),
});
const proved = { thumbprint: z.string().max(64), iat: z.int().nonnegative() };
const payload = z.strictObject({ licence: z.string().regex(/^[0-9a-f]{64}$/), ...proved });
const namedPayload = z.strictObject({
  workstation: z.string().refine((text) => isId('workstation', text)),
  ...proved,
});

/** From WebCrypto (`ECDSA`, `P-256`); the private one need not be extractable. */
export interface WorkstationKeys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** Makes the proof of a workstation that redeems its licence code. */
export async function makeWorkstationProof(
  keys: WorkstationKeys,
  code: LicenceCode,
  nowMs: number,
): Promise<string> {
  return await prove(keys, { licence: hashLicenceCode(code) }, nowMs);
}

/** Makes the proof of a licensed workstation's new signing key. */
export async function makeSigningKeyProof(
  keys: WorkstationKeys,
  workstation: WorkstationId,
  nowMs: number,
): Promise<string> {
  return await prove(keys, { workstation }, nowMs);
}

async function prove(
  keys: WorkstationKeys,
  about: { readonly licence: LicenceCodeHash } | { readonly workstation: WorkstationId },
  nowMs: number,
): Promise<string> {
  const { kty, crv, x, y } = await exportJWK(keys.publicKey);
  const jwk = { kty, crv, x, y } as JWK;
  const claims = {
    ...about,
    thumbprint: await calculateJwkThumbprint(jwk),
    iat: Math.floor(nowMs / 1000),
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: TYPE, jwk })
    .sign(keys.privateKey);
}

/**
 * Reads a proof and checks its signature by the key inside it.
 * @param proof not trusted
 * @param nowMs the reader's UTC clock
 * @throws MalformedWorkstationProof
 */
export async function readWorkstationProof(
  proof: string,
  nowMs: number,
): Promise<WorkstationProof> {
  const { claims, publicKey } = await read(proof, payload, nowMs);
  return { codeHash: claims.licence as LicenceCodeHash, publicKey };
}

/**
 * Reads a licensed workstation's proof and checks its signature by the key inside it.
 * @param proof not trusted
 * @param nowMs the reader's UTC clock
 * @throws MalformedWorkstationProof
 */
export async function readSigningKeyProof(proof: string, nowMs: number): Promise<SigningKeyProof> {
  const { claims, publicKey } = await read(proof, namedPayload, nowMs);
  return { workstation: claims.workstation as WorkstationId, publicKey };
}

async function read<Claims extends { readonly thumbprint: string; readonly iat: number }>(
  proof: string,
  form: z.ZodType<Claims>,
  nowMs: number,
): Promise<{ readonly claims: Claims; readonly publicKey: WorkstationJWK }> {
  if (proof.length > WORKSTATION_PROOF_CHARACTERS_MAX) {
    throw new MalformedWorkstationProof("The workstation's proof is too long.");
  }
  try {
    const verified = await compactVerify(proof, EmbeddedJWK, { algorithms: ['ES256'] });
    const { jwk } = header.parse(verified.protectedHeader);
    const claims = form.parse(JSON.parse(new TextDecoder().decode(verified.payload)));
    if (claims.thumbprint !== (await calculateJwkThumbprint(jwk))) {
      throw new MalformedWorkstationProof("The workstation's proof speaks of another key.");
    }
    if (Math.abs(nowMs - claims.iat * 1000) > WORKSTATION_PROOF_CLOCK_MS) {
      throw new MalformedWorkstationProof(
        "The workstation's proof is too old, or this computer's clock is wrong: set it, then try again.",
      );
    }
    return { claims, publicKey: jwk };
  } catch (cause) {
    if (cause instanceof MalformedWorkstationProof) throw cause;
    throw new MalformedWorkstationProof("This is not a workstation's proof.", { cause });
  }
}
