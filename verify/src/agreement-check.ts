/** Holds ledger and cart journal against each other: two witnesses of the same sessions. */
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import type { CheckedJournal } from './journal-check.ts';
import { numberOf, textOf, textsOf } from './line.ts';
import type { Fact, ReadLine } from './line.ts';

/** How a transfer can have ended. */
const OUTCOMES: ReadonlySet<string> = new Set([
  'record-sealed',
  'send-done',
  'transfer-failed',
  'transfer-cancelled',
  'transfer-paused',
]);

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
  const ended = new Set((byKind.get('session-ended') ?? []).map(({ fact }) => fact['sessionId']));
  const sessions = new Map(
    journal.entries.map(({ fact }) => [fact['sessionId'], ended.has(fact['sessionId'])]),
  );
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
  const opened = new Set(
    ledger
      .filter(({ fact }) => fact.kind === 'activity-opened')
      .map(({ fact }) => `${textOf(fact['grantId'])} ${textOf(fact['activity'])}`),
  );
  const resolved = new Set(
    ledger.filter(({ fact }) => fact.kind === 'case-resolved').map(({ fact }) => fact['caseId']),
  );
  const settled = new Set(
    ledger.filter(({ fact }) => OUTCOMES.has(fact.kind)).map(({ fact }) => fact['transferId']),
  );
  checkOneFileEach(journal, found);
  for (const { index, fact } of journal.entries) {
    const caseId = issued.get(fact['grantId'])?.['caseId'];
    // What was done for other cases is not this bundle's affair.
    if (!cases.has(caseId)) continue;
    const { kind } = fact;
    if (kind === 'activity-begun') {
      // The desk opens the screen; that it may be worked on, the cart alone notes, by the same grant.
      const activity = fact['activity'] === 'control' ? 'view' : textOf(fact['activity']);
      if (!opened.has(`${textOf(fact['grantId'])} ${activity}`))
        found.problem(
          `The ledger does not say that "${activity}" was opened, as line ${index} does.`,
        );
    }
    const isPlaced = kind === 'file-placed' || kind === 'file-recognised';
    if (kind === 'file-fetch-begun' || isPlaced) {
      if (!received.has(fact['grantId']))
        found.problem(`The ledger does not have the grant under which line ${index} moved a file.`);
      if (!requested.has(fact['transferId']))
        found.problem(`The ledger does not say that the file of line ${index} was asked for.`);
    }
    const isWhole = kind === 'file-fetched' || isPlaced;
    if (isWhole && resolved.has(caseId) && !settled.has(fact['transferId']))
      found.problem(
        `The ledger does not say what became of the file that line ${index} moved whole.`,
      );
  }
  return found.done();
}

/** A transfer is of one file: under an id of two, one of them would be on no list. */
function checkOneFileEach(journal: CheckedJournal, found: Findings): void {
  const names = new Map<string, string>();
  for (const { index, fact } of journal.entries) {
    const [transfer, name] = [fact['transferId'], fact['nameCommitment']];
    if (typeof transfer !== 'string' || typeof name !== 'string') continue;
    const known = names.get(transfer) ?? name;
    if (known !== name) found.problem(`Line ${index} moved another file under an id that had one.`);
    names.set(transfer, known);
  }
}

function compareEntry(
  { index, fact }: ReadLine,
  serial: string,
  journal: CheckedJournal,
  issued: ReadonlyMap<unknown, Fact>,
  /** Sessions of the journal, and whether it tells of them to their end. */
  sessions: ReadonlyMap<unknown, boolean>,
  found: Findings,
): void {
  switch (fact.kind) {
    case 'grant-received': {
      if (!sessions.has(fact['sessionId'])) return;
      const grant = issued.get(fact['grantId']);
      if (grant === undefined) {
        // The desk copies a journal now and then: of a session that goes on, the newest lines are not here.
        if (sessions.get(fact['sessionId']) === true)
          return found.problem(`The cart does not know the grant of entry ${index}.`);
        return found.note(
          `The journal here does not reach as far as the grant of entry ${index}; ` +
            'export again after the session to compare it.',
        );
      }
      const same =
        ['sessionId', 'caseId', 'technicianId'].every((field) => grant[field] === fact[field]) &&
        textsOf(fact['activities']).every((each) => textsOf(grant['activities']).includes(each));
      if (!same) found.problem(`The cart gave another grant than entry ${index} says.`);
      return;
    }
    case 'journal-reconciled': {
      if (fact['cart'] !== serial) return;
      const root = journal.rootAt(numberOf(fact['size']));
      if (root !== undefined && root !== fact['root']) {
        found.problem(`Entry ${index} saw another journal of ${textOf(fact['size'])} lines.`);
      }
      return;
    }
    case 'journal-diverged':
      if (fact['cart'] === serial) {
        found.problem(
          `Entry ${index}: the cart once showed another past (${textOf(fact['code'])}).`,
        );
      }
      return;
    default:
  }
}
