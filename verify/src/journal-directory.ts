/** Checks the journal on a cart's own disk: a copy of its directory, or of `journal.ndjson` alone. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readCartSigner } from './cart-signer.ts';
import type { Verification } from './evidence.ts';
import { judge } from './evidence.ts';
import { checkJournal } from './journal-check.ts';
import { checkJournalRules } from './journal-rules.ts';

export interface JournalTrust {
  readonly serial: string;
  /** The cart's certificate, PEM, and a head that it signed; null when there are none. */
  readonly certificate: string | null;
  readonly head: string | null;
}

/** Checks the lines, the rules, and the signed head when there is one. */
export async function verifyJournalDirectory(
  directory: string,
  trust: JournalTrust,
): Promise<Verification> {
  const text = await readFile(path.join(directory, 'journal.ndjson'), 'utf8');
  // What follows the last newline was never acknowledged.
  const lines = text.split('\n').slice(0, -1);
  const { serial, certificate, head } = trust;
  const known =
    certificate === null ? null : readCartSigner({ serial, certificates: [certificate] }, null);
  const journal = await checkJournal(
    'The journal is in order',
    { before: { size: 0, hashes: [] }, lines, head },
    known?.signer ?? null,
  );
  const checks = known === null ? [] : [known.check];
  return judge([...checks, ...journal.checks, checkJournalRules(serial, journal.entries)]);
}
