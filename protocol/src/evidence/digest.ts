/** The digest by which one signed statement is named in another: a receipt or certificate in the ledger. */
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64url } from '../tree/base64.ts';

/** Computes SHA-256 over a compact JWS as it stands, base64url. */
export function statementDigest(jws: string): string {
  return encodeBase64url(sha256(new TextEncoder().encode(jws)));
}
