/**
 * Checks that the ledger tells a story that can have happened: nothing is opened that was not granted, nothing
 * retrieved that was not begun, nothing done for a case once it was being resolved.
 */
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import { textsOf } from './line.ts';
import type { Fact, ReadLine } from './line.ts';

/** What gives somebody more than before, and so must not come after the decision to resolve the case. */
const WIDENING: ReadonlySet<string> = new Set([
  'technician-designated',
  'note-added',
  'session-requested',
  'grant-received',
  'activity-opened',
  'fetch-begun',
  'send-begun',
  'record-exported',
  'record-viewed',
]);

/** Follows the entries and names each that lacks what had to come before it. */
export function checkLedgerRules(entries: readonly ReadLine[]): Check {
  const story = new Story();
  for (const entry of entries) story.follow(entry);
  return story.found.done();
}

class Story {
  readonly found = new Findings(
    'Each act that widens access has its reason before it in the ledger',
  );
  readonly #opened = new Set<unknown>();
  readonly #resolving = new Set<unknown>();
  readonly #caseOfSession = new Map<unknown, unknown>();
  /** Activities asked for, by session and technician. */
  readonly #requests = new Map<string, ReadonlySet<string>>();
  readonly #grants = new Map<unknown, Fact>();
  readonly #transfers = new Map<unknown, string>();

  follow({ index, fact }: ReadLine): void {
    const caseId = fact['caseId'] ?? this.#caseOfSession.get(fact['sessionId']);
    if (fact.kind === 'case-opened') this.#opened.add(caseId);
    else if (typeof fact['caseId'] === 'string' && !this.#opened.has(caseId)) {
      this.#lacks(index, fact, 'its case was never opened');
    }
    if (WIDENING.has(fact.kind) && caseId !== undefined && this.#resolving.has(caseId)) {
      this.#lacks(index, fact, 'it comes after the decision to resolve the case');
    }
    this.#judge(index, fact);
  }

  #judge(index: number, fact: Fact): void {
    const { caseId, sessionId, technicianId, grantId, transferId } = fact;
    switch (fact.kind) {
      case 'session-requested': {
        const name = `${String(sessionId)} ${String(technicianId)}`;
        const before = this.#requests.get(name) ?? [];
        this.#requests.set(name, new Set([...before, ...textsOf(fact['activities'])]));
        this.#caseOfSession.set(sessionId, caseId);
        return;
      }
      case 'grant-received': {
        const asked = this.#requests.get(`${String(sessionId)} ${String(technicianId)}`);
        if (asked === undefined) this.#lacks(index, fact, 'this technician asked for no session');
        else if (!textsOf(fact['activities']).every((each) => asked.has(each))) {
          this.#lacks(index, fact, 'it grants more than was asked for');
        }
        this.#grants.set(grantId, fact);
        return;
      }
      case 'activity-opened': {
        const grant = this.#grants.get(grantId);
        if (grant?.['sessionId'] !== sessionId)
          this.#lacks(index, fact, 'there was no grant for it');
        else if (!textsOf(grant?.['activities']).includes(String(fact['activity']))) {
          this.#lacks(index, fact, `"${String(fact['activity'])}" was not granted`);
        }
        return;
      }
      case 'fetch-begun':
        this.#needsGrant(index, fact, 'fetch-files');
        this.#transfers.set(transferId, fact.kind);
        return;
      case 'send-begun':
        this.#needsGrant(index, fact, 'send-files');
        this.#transfers.set(transferId, fact.kind);
        return;
      case 'record-sealed':
        if (this.#transfers.get(transferId) !== 'fetch-begun')
          this.#lacks(index, fact, 'its retrieval was never begun');
        return;
      case 'send-done':
        if (this.#transfers.get(transferId) !== 'send-begun')
          this.#lacks(index, fact, 'its sending was never begun');
        return;
      case 'case-resolving':
        this.#resolving.add(caseId);
        return;
      case 'destruction-step':
      case 'case-resolved':
        if (!this.#resolving.has(caseId))
          this.#lacks(index, fact, 'nobody had decided to resolve the case');
        return;
      default:
    }
  }

  #needsGrant(index: number, fact: Fact, activity: string): void {
    const granted = [...this.#grants.values()].some(
      (grant) =>
        grant['caseId'] === fact['caseId'] &&
        grant['technicianId'] === fact['by'] &&
        textsOf(grant['activities']).includes(activity),
    );
    if (!granted) this.#lacks(index, fact, `"${activity}" was not granted to who did it`);
  }

  #lacks(index: number, fact: Fact, why: string): void {
    this.found.problem(`Entry ${index} (${fact.kind}): ${why}.`);
  }
}
