/** Salted commitments: what the ledger holds in place of a text that may be PHI (docs/protocol.md, section 9). */
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { Commitment } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { SALT_BYTES, commit } from '@chaperone/protocol/evidence/commitment.ts';

export interface Committed {
  readonly commitment: Commitment;
  /** Base64url; kept sealed with the case, so that the commitment means nothing once the case is destroyed. */
  readonly salt: string;
}

/** Commits to a text with a new salt. */
export function commitTo(text: string, randomBytes: RandomBytes): Committed {
  const salt = randomBytes(SALT_BYTES);
  return { commitment: commit(text, salt), salt: Buffer.from(salt).toString('base64url') };
}
