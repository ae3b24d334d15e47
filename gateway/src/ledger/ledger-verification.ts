/**
 * Reads the ledger again and holds it against its signed checkpoint.
 *
 * At each start: the head, the last entries, and the checkpoint that is kept beside the database (so that a
 * database put back to an older state is noticed). `verifyEntries` from 0 reads everything.
 */
import { growFrontier, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import type { TreeNode } from '@chaperone/protocol/tree/frontier.ts';
import { lineHash, sameHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { openCheckpoint, readCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import type { Checkpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { LedgerBroken } from './contract.ts';
import type { LedgerStore } from './ledger-store.ts';

/** Entries read at a time. */
const PAGE_ENTRIES = 1000;

/** Checks a stored checkpoint's signature. @throws LedgerBroken */
export async function openStoredCheckpoint(note: string, key: VerifierKey): Promise<Checkpoint> {
  const { origin } = read(note);
  if (origin !== key.name) {
    throw new LedgerBroken(`This is the ledger of "${origin}", not of "${key.name}".`);
  }
  try {
    return await openCheckpoint(note, key);
  } catch (cause) {
    throw new LedgerBroken("The ledger's checkpoint is not signed by the ledger's key.", { cause });
  }
}

/**
 * Recomputes the tree from the lines `from` on and compares each stored hash and the signed root.
 *
 * @param from an index whose earlier entries are taken from the stored hashes
 * @throws LedgerBroken saying where
 */
export async function verifyEntries(
  store: LedgerStore,
  checkpoint: Checkpoint,
  from: number,
): Promise<void> {
  let frontier = await store.frontier(from);
  while (frontier.size < checkpoint.size) {
    const lines = await store.page(frontier.size, PAGE_ENTRIES);
    const made: TreeNode[] = [];
    for (const { index, line } of lines) {
      if (index !== frontier.size)
        throw new LedgerBroken(`Entry ${frontier.size} of the ledger is missing.`);
      const grown = growFrontier(frontier, lineHash(line));
      frontier = grown.frontier;
      made.push(...grown.made);
    }
    if (lines.length === 0)
      throw new LedgerBroken(`Entry ${frontier.size} of the ledger is missing.`);
    await compareNodes(store, made);
  }
  if (frontier.size !== checkpoint.size) {
    throw new LedgerBroken('The ledger has more entries than its checkpoint says.');
  }
  if (!sameHash(rootOf(frontier), checkpoint.root)) {
    throw new LedgerBroken("The ledger's entries do not give the root of its signed checkpoint.");
  }
}

/** Checks that an older signed checkpoint is a prefix of the ledger. @throws LedgerBroken */
export async function verifyOlder(
  store: LedgerStore,
  older: Checkpoint,
  size: number,
): Promise<void> {
  if (older.size > size) {
    throw new LedgerBroken(
      `The database has ${size} entries but ${older.size} were signed: it was put back to an older state.`,
    );
  }
  if (!sameHash(rootOf(await store.frontier(older.size)), older.root)) {
    throw new LedgerBroken('The ledger is not a continuation of the checkpoint kept beside it.');
  }
}

async function compareNodes(store: LedgerStore, made: readonly TreeNode[]): Promise<void> {
  for (const [level, nodes] of Map.groupBy(made, (node) => node.level)) {
    const first = nodes[0]?.index ?? 0;
    const stored = await store.nodes(level, first, nodes.length);
    for (const [at, node] of nodes.entries()) {
      const hash = stored[at];
      if (hash !== undefined && sameHash(hash, node.hash)) continue;
      const where =
        level === 0 ? `Entry ${node.index}` : `A hash above entry ${node.index * 2 ** level}`;
      throw new LedgerBroken(`${where} of the ledger was altered.`);
    }
  }
}

function read(note: string): Checkpoint {
  try {
    return readCheckpoint(note);
  } catch (cause) {
    throw new LedgerBroken("The ledger's checkpoint is not readable.", { cause });
  }
}
