/** Holds ledger and cart journal against each other: two witnesses of the same sessions. */
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import type { CheckedJournal } from './journal-check.ts';
import { textsOf } from './line.ts';
import type { Fact, ReadLine } from './line.ts';

/** Compares what both say about grants and files, and what the ledger says about the journal. */
export function checkAgreement(
  serial: string,
  journal: CheckedJournal,
  ledger: readonly ReadLine[],
): Check {
  const found = new Findings(`Ledger and journal of cart ${serial} tell the same`);
  const byKind = Map.groupBy(journal.entries, ({ fact }) => fact.kind);
  const issued = new Map(
    (byKind.get('grant-issued') ?? []).map(({ fact }) => [fact['grantId'], fact]),
  );
  const sessions = new Set(journal.entries.map(({ fact }) => fact['sessionId']));
  const cases = new Set(ledger.map(({ fact }) => fact['caseId']));
  for (const entry of ledger) compareEntry(entry, serial, journal, issued, sessions, found);
  const received = new Set(
    ledger.filter(({ fact }) => fact.kind === 'grant-received').map(({ fact }) => fact['grantId']),
  );
  const requested = new Set(
    ledger
      .filter(({ fact }) => fact.kind === 'fetch-begun' || fact.kind === 'send-begun')
      .map(({ fact }) => fact['transferId']),
  );
  for (const kind of ['file-fetch-begun', 'file-placed']) {
    for (const { index, fact } of byKind.get(kind) ?? []) {
      // Files of other cases are not this bundle's affair.
      if (!cases.has(issued.get(fact['grantId'])?.['caseId'])) continue;
      if (!received.has(fact['grantId']))
        found.problem(`The ledger does not have the grant under which line ${index} moved a file.`);
      if (!requested.has(fact['transferId']))
        found.problem(`The ledger does not say that the file of line ${index} was asked for.`);
    }
  }
  return found.done();
}

function compareEntry(
  { index, fact }: ReadLine,
  serial: string,
  journal: CheckedJournal,
  issued: ReadonlyMap<unknown, Fact>,
  sessions: ReadonlySet<unknown>,
  found: Findings,
): void {
  switch (fact.kind) {
    case 'grant-received': {
      if (!sessions.has(fact['sessionId'])) return;
      const grant = issued.get(fact['grantId']);
      if (grant === undefined)
        return found.problem(`The cart does not know the grant of entry ${index}.`);
      const same =
        ['sessionId', 'caseId', 'technicianId'].every((field) => grant[field] === fact[field]) &&
        textsOf(fact['activities']).every((each) => textsOf(grant['activities']).includes(each));
      if (!same) found.problem(`The cart gave another grant than entry ${index} says.`);
      return;
    }
    case 'journal-reconciled': {
      if (fact['cart'] !== serial) return;
      const root = journal.rootAt(Number(fact['size']));
      if (root !== undefined && root !== fact['root']) {
        found.problem(`Entry ${index} saw another journal of ${String(fact['size'])} lines.`);
      }
      return;
    }
    case 'journal-diverged':
      if (fact['cart'] === serial) {
        found.problem(
          `Entry ${index}: the cart once showed another past (${String(fact['code'])}).`,
        );
      }
      return;
    default:
  }
}
