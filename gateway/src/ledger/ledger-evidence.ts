/** Gathers entries of the ledger for a verifier: all of them, or some with a proof each. */
import type { LedgerEvidence } from '@chaperone/protocol/evidence/schema.ts';
import { encodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { proveInclusion } from '@chaperone/protocol/tree/inclusion-proof.ts';
import { LedgerBroken } from './contract.ts';
import type { LedgerLine } from './contract.ts';
import type { LedgerStore } from './ledger-store.ts';

/** Entries read at a time. */
const PAGE_ENTRIES = 1000;

/** Reads the first `size` entries. @throws LedgerBroken when one is missing */
export async function wholeLedger(
  store: LedgerStore,
  size: number,
): Promise<LedgerEvidence['entries']> {
  const entries: LedgerEvidence['entries'] = [];
  while (entries.length < size) {
    const page = await store.page(entries.length, Math.min(PAGE_ENTRIES, size - entries.length));
    if (page.length === 0)
      throw new LedgerBroken(`Entry ${entries.length} of the ledger is missing.`);
    for (const { index, line } of page) entries.push({ index, line, proof: null });
  }
  return entries;
}

/** Proves each of these entries in the tree of the first `size`; later ones are left out. */
export async function partOfLedger(
  store: LedgerStore,
  lines: readonly LedgerLine[],
  size: number,
): Promise<LedgerEvidence['entries']> {
  const read = store.nodeReader();
  const entries: LedgerEvidence['entries'] = [];
  for (const { index, line } of lines) {
    if (index >= size) continue;
    const hashes = await proveInclusion(index, size, read);
    entries.push({ index, line, proof: hashes.map(encodeBase64) });
  }
  return entries;
}
