/**
 * Checks that the ledger tells a story that can have happened: nothing is opened that was not granted, nothing
 * retrieved that was not begun, nothing done for a case once it was being resolved.
 */
import { CASE_WORK } from '@chaperone/domain/ledger-entry/case-work.ts';
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import { textOf, textsOf } from './line.ts';
import type { Fact, ReadLine } from './line.ts';

/**
 * Follows the entries and names each that lacks what had to come before it.
 *
 * @param caseId the case that the entries are about; null when they are the whole ledger
 */
export function checkLedgerRules(entries: readonly ReadLine[], caseId: string | null): Check {
  const story = new Story(caseId);
  for (const entry of entries) story.follow(entry);
  story.end();
  return story.found.done();
}

class Story {
  readonly found = new Findings(
    'Each act that widens access has its reason before it in the ledger',
  );
  readonly #caseId: string | null;
  /** Who may be granted a session, by case: who opened it, and who was designated. */
  readonly #opened = new Map<unknown, Set<unknown>>();
  readonly #resolving = new Set<unknown>();
  readonly #caseOfSession = new Map<unknown, unknown>();
  /** Activities asked for, by session and technician. */
  readonly #requests = new Map<string, ReadonlySet<string>>();
  readonly #grants = new Map<unknown, Fact>();
  readonly #transfers = new Map<unknown, Fact>();
  /** Recordings that were begun and not closed. */
  readonly #recordings = new Map<unknown, Fact>();
  readonly #watches = new Set<unknown>();
  /** `<grant> <activity>` */
  readonly #activities = new Set<string>();
  readonly #ended = new Map<unknown, number>();
  readonly #resolved = new Set<unknown>();

  constructor(caseId: string | null) {
    this.#caseId = caseId;
  }

  /** Names what no later entry has made good. */
  end(): void {
    this.#endRecordings();
    for (const [grantId, fact] of this.#grants) {
      if (!this.#resolved.has(fact['caseId']) || this.#ended.has(grantId)) continue;
      this.found.problem(
        `The case is resolved, but the end of the session with grant ${textOf(grantId)} is missing.`,
      );
    }
  }

  /** Names recordings of resolved cases of whose end nothing is said: somebody saw a screen, and what was seen is nowhere. */
  #endRecordings(): void {
    for (const [transferId, fact] of this.#recordings) {
      if (!this.#resolved.has(fact['caseId'])) continue;
      this.found.problem(
        `The case is resolved, but what became of the recording ${textOf(transferId)} of its screen is missing.`,
      );
    }
  }

  follow({ index, fact }: ReadLine): void {
    const caseId = fact['caseId'] ?? this.#caseOfSession.get(fact['sessionId']);
    // One connection can serve two cases in turn; the other's opening is not in the part of this one.
    const isOwn = this.#caseId === null || caseId === this.#caseId;
    if (fact.kind === 'case-opened') this.#opened.set(caseId, new Set([fact['by']]));
    else if (isOwn && typeof fact['caseId'] === 'string' && !this.#opened.has(caseId)) {
      this.#lacks(index, fact, 'its case was never opened');
    }
    if (CASE_WORK.has(fact.kind) && caseId !== undefined && this.#resolving.has(caseId)) {
      this.#lacks(index, fact, 'it comes after the decision to resolve the case');
    }
    this.#judge(index, fact);
  }

  #judge(index: number, fact: Fact): void {
    const { caseId, sessionId, technicianId, grantId, transferId } = fact;
    switch (fact.kind) {
      case 'session-requested': {
        const name = `${textOf(sessionId)} ${textOf(technicianId)}`;
        const before = this.#requests.get(name) ?? [];
        this.#requests.set(name, new Set([...before, ...textsOf(fact['activities'])]));
        this.#caseOfSession.set(sessionId, caseId);
        return;
      }
      case 'grant-received': {
        const asked = this.#requests.get(`${textOf(sessionId)} ${textOf(technicianId)}`);
        if (asked === undefined) this.#lacks(index, fact, 'this technician asked for no session');
        else if (!textsOf(fact['activities']).every((each) => asked.has(each))) {
          this.#lacks(index, fact, 'it grants more than was asked for');
        }
        if (this.#opened.get(caseId)?.has(technicianId) === false) {
          this.#lacks(index, fact, 'this technician was not designated');
        }
        this.#grants.set(grantId, fact);
        return;
      }
      case 'activity-opened': {
        const grant = this.#grants.get(grantId);
        if (grant?.['sessionId'] !== sessionId)
          this.#lacks(index, fact, 'there was no grant for it');
        else if (!textsOf(grant?.['activities']).includes(textOf(fact['activity']))) {
          this.#lacks(index, fact, `"${textOf(fact['activity'])}" was not granted`);
        }
        if (this.#ended.has(grantId)) {
          this.#lacks(index, fact, `the session had ended in entry ${this.#ended.get(grantId)}`);
        }
        this.#activities.add(`${textOf(grantId)} ${textOf(fact['activity'])}`);
        return;
      }
      case 'recording-begun':
      case 'recording-off':
        this.#needsGrant(index, fact, 'view');
        if (fact.kind === 'recording-begun') this.#recordings.set(transferId, fact);
        return;
      case 'recording-closed':
        if (this.#recordings.get(transferId)?.['caseId'] !== caseId)
          this.#lacks(index, fact, 'this recording was never begun');
        this.#recordings.delete(transferId);
        return;
      case 'fetch-begun':
        this.#needsGrant(index, fact, 'fetch-files');
        this.#transfers.set(transferId, fact);
        return;
      case 'send-begun':
        this.#needsGrant(index, fact, 'send-files');
        this.#transfers.set(transferId, fact);
        return;
      case 'transfer-resumed': {
        const begun = this.#transfers.get(transferId)?.kind;
        const isSend = begun === 'send-begun';
        if (!this.#isBegun(fact, isSend ? 'send-begun' : 'fetch-begun'))
          this.#lacks(index, fact, 'it was never begun');
        this.#needsGrant(index, fact, isSend ? 'send-files' : 'fetch-files');
        return;
      }
      case 'record-sealed':
        if (!this.#isBegun(fact, 'fetch-begun'))
          this.#lacks(index, fact, 'its retrieval was never begun');
        return;
      case 'send-done':
        if (!this.#isBegun(fact, 'send-begun'))
          this.#lacks(index, fact, 'its sending was never begun');
        return;
      case 'technician-designated':
        this.#opened.get(caseId)?.add(technicianId);
        return;
      case 'session-paused':
      case 'session-interlocked':
      case 'session-interlock-lifted':
      case 'session-interrupted':
      case 'session-resumed':
        if (!this.#grants.has(grantId)) this.#lacks(index, fact, 'there was no grant for it');
        return;
      case 'watch-granted':
        if (!this.#grants.has(grantId)) this.#lacks(index, fact, 'there was no grant for it');
        else if (this.#grants.get(grantId)?.['technicianId'] === technicianId)
          this.#lacks(index, fact, 'who watches holds the session');
        this.#watches.add(fact['watchGrantId']);
        return;
      case 'watch-ended':
        if (!this.#watches.has(fact['watchGrantId']))
          this.#lacks(index, fact, 'nobody was let in to watch');
        this.#watches.delete(fact['watchGrantId']);
        return;
      case 'session-ended':
        if (grantId === null) return;
        if (!this.#grants.has(grantId)) this.#lacks(index, fact, 'there was no grant for it');
        this.#ended.set(grantId, index);
        return;
      case 'case-resolving':
        this.#resolving.add(caseId);
        return;
      case 'destruction-step':
      case 'case-resolved':
        if (!this.#resolving.has(caseId))
          this.#lacks(index, fact, 'nobody had decided to resolve the case');
        if (fact.kind === 'case-resolved') this.#resolved.add(caseId);
        return;
      default:
    }
  }

  #needsGrant(index: number, fact: Fact, activity: string): void {
    const own = [...this.#grants.values()].filter(
      (grant) => grant['caseId'] === fact['caseId'] && grant['technicianId'] === fact['by'],
    );
    if (!own.some((grant) => textsOf(grant['activities']).includes(activity)))
      this.#lacks(index, fact, `"${activity}" was not granted to who did it`);
    else if (!own.some((grant) => this.#activities.has(`${textOf(grant['grantId'])} ${activity}`)))
      this.#lacks(index, fact, `"${activity}" was not opened before it`);
  }

  /** A transfer's end must agree with its beginning about everything that both say. */
  #isBegun(fact: Fact, kind: string): boolean {
    const begun = this.#transfers.get(fact['transferId']);
    const fields = ['caseId', 'by', 'nameCommitment'];
    return begun?.kind === kind && fields.every((field) => begun[field] === fact[field]);
  }

  #lacks(index: number, fact: Fact, why: string): void {
    this.found.problem(`Entry ${index} (${fact.kind}): ${why}.`);
  }
}
