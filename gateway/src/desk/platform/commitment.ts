/** Salted commitments: what the ledger holds in place of a text that may be PHI (docs/protocol.md, section 9). */
import { createHash } from 'node:crypto';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { Commitment } from '@chaperone/domain/ledger-entry/ledger-entry.ts';

const SALT_BYTES = 32;

export interface Committed {
  readonly commitment: Commitment;
  /** Base64url; kept sealed with the case, so that the commitment means nothing once the case is destroyed. */
  readonly salt: string;
}

/** Commits to a text with a new salt: SHA-256 over 32 salt bytes and the UTF-8 text, base64url. */
export function commitTo(text: string, randomBytes: RandomBytes): Committed {
  const salt = Buffer.from(randomBytes(SALT_BYTES));
  return { commitment: commitmentOf(salt, text), salt: salt.toString('base64url') };
}

/** Commits to a text with a given salt. */
export function commitmentOf(salt: Uint8Array, text: string): Commitment {
  return createHash('sha256').update(salt).update(text, 'utf8').digest('base64url');
}
