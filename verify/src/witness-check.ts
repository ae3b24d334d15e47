/** Checks who vouches for the ledger: cosigned checkpoints that this one continues. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { WitnessedCheckpoint } from '@chaperone/protocol/evidence/schema.ts';
import { decodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { openCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import type { Checkpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { verifyConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import { openCosignature } from '@chaperone/protocol/tree/cosignature.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { Findings } from './check.ts';
import type { Check } from './check.ts';

/**
 * Checks each cosignature, and that everybody whom the verifier trusts has given one. Nothing is checked where there is nobody.
 *
 * @param pinned verifier keys of witnesses
 */
export async function checkWitnesses(
  witnessed: readonly WitnessedCheckpoint[] | undefined,
  pinned: readonly string[],
  key: VerifierKey,
  checkpoint: Checkpoint,
): Promise<readonly Check[]> {
  const here = witnessed ?? [];
  if (here.length === 0 && pinned.length === 0) return [];
  const found = new Findings('Witnesses vouch for the ledger');
  const vouching = new Set<string>();
  for (const each of here) {
    try {
      const text = await checkOne(each, key, checkpoint);
      vouching.add(each.witness);
      found.note(
        pinned.includes(each.witness) ? text : `${text} It is none of those that you gave.`,
      );
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      found.problem(`A witness's word does not hold: ${fault.message}`);
    }
  }
  for (const witness of pinned)
    if (!vouching.has(witness))
      found.problem(`The witness ${witness.split('+')[0] ?? ''} does not vouch for this ledger.`);
  return [found.done()];
}

async function checkOne(
  { witness, checkpoint: note, proof }: WitnessedCheckpoint,
  key: VerifierKey,
  checkpoint: Checkpoint,
): Promise<string> {
  const seen = await openCheckpoint(note, key);
  const { witness: name, seenUtcS } = await openCosignature(note, parseVerifierKey(witness));
  const hashes = proof.flatMap((hash) => decodeBase64(hash) ?? []);
  verifyConsistency(seen, checkpoint, hashes);
  const time = new Date(seenUtcS * 1000);
  const when = Number.isNaN(time.getTime()) ? 'at no time that there is' : time.toISOString();
  return `${name} saw ${seen.size} entries, ${when}; this ledger continues them.`;
}
