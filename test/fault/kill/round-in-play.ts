/** What the parts of a round share: the case, what was acknowledged of it, the blow, and how they wait. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { isOwnFault, HANGS_AFTER_MS, Struck } from './within.ts';
import { Refused } from '../../harness/technician.ts';
import type { Case, Session } from '../../harness/technician.ts';
import { Acknowledged } from './acknowledged.ts';
import type { Blow } from './blow.ts';
import type { KillDay } from './kill-day.ts';
import type { KnownFile } from './kill-files.ts';
import type { RoundPlan } from './round-plan.ts';

const LOOK_EVERY_MS = 15;
/** Everything that waits for a transfer looks at the same view of the case, as a console does. */
const CASE_LOOK_EVERY_MS = 60;

export class RoundInPlay {
  readonly day: KillDay;
  readonly plan: RoundPlan;
  readonly acknowledged = new Acknowledged();
  case: Case | null = null;
  blow: Blow | null = null;
  /** How often the work was taken up: names that are sent are never used twice. */
  attempt = 0;
  readonly underWay = new Set<string>();
  /** Names of uploads that are not whole. */
  readonly names = new Map<KnownFile, string>();
  /** The session in which the blow fell. */
  struckSession: string | null = null;
  #look: { readonly sinceMs: number; readonly found: Promise<Case> } | null = null;

  constructor(day: KillDay, plan: RoundPlan) {
    this.day = day;
    this.plan = plan;
  }

  /** @throws AssertionError before the case is there */
  get opened(): Case {
    assert.ok(this.case, 'the case is open');
    return this.case;
  }

  async note(text: string): Promise<void> {
    if (this.acknowledged.notes.has(text)) return;
    await this.day.technician.call('POST', `/api/cases/${this.opened.id}/notes`, { text });
    this.acknowledged.notes.add(text);
  }

  /** Keeps the name of what goes on, so that a hang says what hangs. */
  async doing(what: string, act: Promise<void>): Promise<void> {
    this.underWay.add(what);
    try {
      await act;
    } finally {
      this.underWay.delete(what);
    }
  }

  /** The case as it was seen a moment ago: for waiting, not for judging. */
  async caseOfLate(): Promise<Case> {
    const nowMs = performance.now();
    if (this.#look === null || nowMs - this.#look.sinceMs > CASE_LOOK_EVERY_MS) {
      const found = this.#lookAtCase();
      // Whoever waits hears of a failure; one that nobody waits for any more is none.
      found.catch(() => undefined);
      this.#look = { sinceMs: nowMs, found };
    }
    return await this.#look.found;
  }

  async #lookAtCase(): Promise<Case> {
    await this.keepUp();
    return await this.day.technician.case(this.opened.id);
  }

  /**
   * A connection may be given up for dead without any blow where the machine is busy: then transfers wait for the session, and the
   * session waits for its technician, who goes on with it as they would at the console.
   */
  async keepUp(): Promise<void> {
    const { technician } = this.day;
    const { state, challenge, activities }: Session = await technician.session(this.opened.id);
    if (state !== 'interrupted' || challenge === null) return;
    try {
      await technician.resume(this.opened, activities);
    } catch (fault) {
      // Another file's wait was quicker, or the cart is gone again.
      if (!(fault instanceof Refused) || isOwnFault(fault)) throw fault;
    }
  }

  /** Looks again until there is an answer; gives up at once when the blow has fallen. */
  async until<T>(look: () => Promise<T | null>): Promise<T> {
    const untilMs = performance.now() + HANGS_AFTER_MS;
    for (;;) {
      if (this.blow?.hasFallen === true) throw new Struck();
      const answer = await look();
      if (answer !== null) return answer;
      if (performance.now() > untilMs) throw new Error('nothing came of it');
      await delay(LOOK_EVERY_MS);
    }
  }
}
