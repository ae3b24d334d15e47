/** Checks the ledger's part of a bundle: who signed it, and that its entries are exactly those that were signed. */
import type { LedgerEvidence } from '@chaperone/protocol/evidence/schema.ts';
import { decodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { openCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import type { Checkpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { EMPTY_FRONTIER, appendLeaf, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { verifyInclusion } from '@chaperone/protocol/tree/inclusion-proof.ts';
import { ProofInvalid } from '@chaperone/protocol/tree/malformed-tree.ts';
import { lineHash, sameHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { NoteInvalid } from '@chaperone/protocol/tree/signed-note.ts';
import { VerifierKeyMalformed, parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import { checkWitnesses } from './witness-check.ts';
import { readLine } from './line.ts';
import type { ReadLine } from './line.ts';

export interface LedgerTrust {
  /** The verifier key that the facility wrote down; undefined trusts the one in the bundle. */
  readonly pinnedKey?: string | undefined;
  /** Checkpoints of this ledger that were kept from earlier. */
  readonly seen?: readonly string[] | undefined;
  /** Verifier keys of witnesses that the facility trusts; each has to vouch for the ledger. */
  readonly witnessKeys?: readonly string[] | undefined;
}

export interface CheckedLedger {
  readonly checks: readonly Check[];
  /** Null when not even the key can be read. */
  readonly key: VerifierKey | null;
  /** Entries that are what was signed, in order. */
  readonly entries: readonly ReadLine[];
  /** Whether every entry from the first to the last is here. */
  readonly isWhole: boolean;
}

/** Checks key, checkpoint and entries. */
export async function checkLedger(
  ledger: LedgerEvidence,
  trust: LedgerTrust,
): Promise<CheckedLedger> {
  const signed = new Findings('The checkpoint of the ledger is signed');
  const key = readKey(ledger, trust, signed);
  const checkpoint = key === null ? null : await readSigned(ledger.checkpoint, key, signed);
  if (checkpoint === null || key === null) {
    return { checks: [signed.done()], key, entries: [], isWhole: false };
  }
  signed.note(`${checkpoint.size} entries, signed by ${key.name}.`);
  const isWhole = ledger.entries.every(({ proof }) => proof === null);
  const found = new Findings(
    isWhole
      ? 'All entries are what was signed, none left out'
      : 'Each entry here is what was signed',
  );
  const entries = isWhole
    ? readWhole(ledger, checkpoint, found)
    : readPart(ledger, checkpoint, found);
  const checks = [signed.done(), found.done()];
  checks.push(
    ...(await checkWitnesses(ledger.witnessed, trust.witnessKeys ?? [], key, checkpoint)),
  );
  if (trust.seen?.length)
    checks.push(await checkSeen(ledger, trust.seen, key, checkpoint, isWhole));
  return { checks, key, entries, isWhole };
}

function readKey(ledger: LedgerEvidence, trust: LedgerTrust, found: Findings): VerifierKey | null {
  try {
    const key = parseVerifierKey(trust.pinnedKey ?? ledger.verifierKey);
    if (trust.pinnedKey === undefined) {
      found.note(
        'Trusting the key inside the bundle: give --key to check against the one you wrote down.',
      );
    } else if (trust.pinnedKey !== ledger.verifierKey) {
      found.problem(`The bundle names another key (${ledger.verifierKey}) than the one given.`);
    }
    return key;
  } catch (fault) {
    if (!(fault instanceof VerifierKeyMalformed)) throw fault;
    found.problem(fault.message);
    return null;
  }
}

async function readSigned(
  note: string,
  key: VerifierKey,
  found: Findings,
): Promise<Checkpoint | null> {
  try {
    return await openCheckpoint(note, key);
  } catch (fault) {
    if (!(fault instanceof NoteInvalid)) throw fault;
    found.problem(fault.message);
    return null;
  }
}

/** Every entry: the root itself must come out. */
function readWhole(
  ledger: LedgerEvidence,
  checkpoint: Checkpoint,
  found: Findings,
): readonly ReadLine[] {
  const entries = readInOrder(ledger, found, (expected, index) => {
    if (index > expected) found.problem(`${rangeText(expected, index - 1)} left out.`);
    else found.problem(`Entry ${index} is out of order, after entry ${expected - 1}.`);
  });
  const { size } = checkpoint;
  const next = (ledger.entries.at(-1)?.index ?? -1) + 1;
  if (next < size) found.problem(`${rangeText(next, size - 1)} left out at the end.`);
  if (next > size) found.problem(`The bundle has entries after the ${size} that were signed.`);
  if (!found.holds) return entries;
  const frontier = ledger.entries.reduce(
    (edge, { line }) => appendLeaf(edge, lineHash(line)),
    EMPTY_FRONTIER,
  );
  if (!sameHash(rootOf(frontier), checkpoint.root)) {
    found.problem(
      'The entries do not give the signed root: at least one was altered or exchanged.',
    );
    return [];
  }
  return entries;
}

/** Some entries, each with its own proof. */
function readPart(
  ledger: LedgerEvidence,
  checkpoint: Checkpoint,
  found: Findings,
): readonly ReadLine[] {
  found.note(
    `${ledger.entries.length} of ${checkpoint.size} entries. That none about this case was left out, ` +
      'only the whole ledger can show; the rules below notice most of it.',
  );
  const entries = readInOrder(ledger, found, (expected, index) => {
    if (index < expected) found.problem(`Entry ${index} is out of order or here twice.`);
  });
  const sound = new Set<number>();
  for (const { index, line, proof } of ledger.entries) {
    const hashes = proof?.map(decodeBase64) ?? [];
    try {
      const path = hashes.flatMap((hash) => hash ?? []);
      verifyInclusion(index, checkpoint.size, lineHash(line), path, checkpoint.root);
      sound.add(index);
    } catch (fault) {
      if (!(fault instanceof ProofInvalid)) throw fault;
      found.problem(`Entry ${index} was altered, or its proof is not its own.`);
    }
  }
  return entries.filter(({ index }) => sound.has(index));
}

function readInOrder(
  ledger: LedgerEvidence,
  found: Findings,
  unexpected: (expected: number, index: number) => void,
): readonly ReadLine[] {
  const entries: ReadLine[] = [];
  let expected = 0;
  for (const { index, line } of ledger.entries) {
    if (index !== expected) unexpected(expected, index);
    const read = readLine(line);
    if (read === undefined) found.problem(`Entry ${index} is not readable.`);
    else if (read.index !== index)
      found.problem(`What stands as entry ${index} is entry ${read.index}.`);
    else entries.push(read);
    expected = index + 1;
  }
  return entries;
}

async function checkSeen(
  ledger: LedgerEvidence,
  seen: readonly string[],
  key: VerifierKey,
  checkpoint: Checkpoint,
  isWhole: boolean,
): Promise<Check> {
  const found = new Findings('The ledger goes on from the checkpoints kept from earlier');
  for (const note of seen) {
    const older = await readSigned(note, key, found);
    if (older === null) continue;
    if (older.size > checkpoint.size) {
      found.problem(
        `${older.size} entries were signed earlier, and only ${checkpoint.size} now: the end was cut off.`,
      );
    } else if (!isWhole) {
      if (older.size === checkpoint.size && !sameHash(older.root, checkpoint.root)) {
        found.problem(`Two different ledgers of ${older.size} entries were signed.`);
      } else found.note(`The one of ${older.size} entries needs the whole ledger to be compared.`);
    } else {
      const lines = ledger.entries.slice(0, older.size);
      const frontier = lines.reduce(
        (edge, { line }) => appendLeaf(edge, lineHash(line)),
        EMPTY_FRONTIER,
      );
      if (!sameHash(rootOf(frontier), older.root)) {
        found.problem(
          `One of the first ${older.size} entries is not what it was: the past was rewritten.`,
        );
      }
    }
  }
  return found.done();
}

function rangeText(first: number, last: number): string {
  return first === last ? `Entry ${first} is` : `Entries ${first} to ${last} are`;
}
