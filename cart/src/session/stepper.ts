/**
 * Runs the domain's session machine by its one rule of order.
 *
 * A widening step is written to the journal, durably, before its state is taken; if it cannot be written, nothing
 * has happened. A narrowing step is taken first, and its effects with it; the journal follows when it can. While a
 * widening step is being written the world goes on: End may be touched, a limit may pass. So the step is
 * computed anew afterwards, and only taken if it still says the same and nobody has said no in between: a touch on
 * "continue" does not lift a Pause that was touched after it.
 */
import type { Instant } from '@chaperone/domain/clock/instant.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { SessionBounds } from '@chaperone/domain/session/bounds.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import { step } from '@chaperone/domain/session/session.ts';
import type { SessionEvent, SessionStep } from '@chaperone/domain/session/session.ts';
import { IDLE } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';

/** How often a widening step is written again because what it says has changed meanwhile. */
const WRITINGS_MAX = 3;

/**
 * What says no to everything that was asked before it and has not been done yet. So does the end of a session, and so
 * does a new notice: an answer that was given before it was shown does not accept it.
 */
const NOES: ReadonlySet<SessionEvent['type']> = new Set([
  'pause',
  'end',
  'link-lost',
  'raise-interlock',
  'refuse-approval',
]);

export class SessionContended extends DomainError {
  readonly code = 'SESSION_CONTENDED';
}

/** What the rule of order needs of a journal. */
export interface FactWriter {
  /** Durable when it settles. @throws JournalUnwritable */
  append(facts: readonly JournalFact[]): Promise<unknown>;
  /** Never fails and never waits. */
  appendLater(facts: readonly JournalFact[]): void;
}

export interface StepperOptions {
  readonly journal: FactWriter;
  readonly now: () => Instant;
  readonly limits: SessionLimits;
  readonly noticeVersion: string;
  /** The facility's policy and the licence as they are now: read anew for each step, also for one that was being written. */
  readonly bounds: () => SessionBounds;
  /** The machine: the domain's own, unless the simulator plants a fault to see whether it is found. */
  readonly step?: typeof step;
  /** Called in the same turn in which a state is taken, before anything else can happen. */
  readonly onTaken: (state: SessionState, previous: SessionState) => void;
}

export class SessionStepper {
  readonly #options: StepperOptions;
  #state: SessionState = IDLE;
  #turn: Promise<unknown> = Promise.resolve();
  #noes = 0;

  constructor(options: StepperOptions) {
    this.#options = options;
  }

  get state(): SessionState {
    return this.#state;
  }

  /**
   * Takes a step that gives nobody anything: at once, whatever the disk says.
   * @throws what the domain's `step` throws; nothing has changed then
   */
  narrow(event: SessionEvent): void {
    const next = this.#compute(event);
    if (next.widening) throw new Error(`"${event.type}" widens and must be recorded first`);
    if (NOES.has(event.type)) this.#noes += 1;
    this.#take(next.state);
    if (next.facts.length > 0) this.#options.journal.appendLater(next.facts);
  }

  /**
   * Takes a step that gives somebody something, one after another.
   * @param prepare what else must be ready before the state is taken
   * @throws JournalUnwritable, SessionContended, and what the domain's `step` throws; nothing has changed then
   */
  widen(
    event: SessionEvent,
    prepare: (next: SessionState) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<void> {
    // Counted when it is asked, not when its turn comes.
    const noes = this.#noes;
    const turn = this.#turn.then(() => this.#recordThenTake(event, noes, prepare));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #recordThenTake(
    event: SessionEvent,
    noes: number,
    prepare: (next: SessionState) => Promise<unknown>,
  ): Promise<void> {
    const { journal } = this.#options;
    let recorded: string | null = null;
    for (let writings = 0; writings <= WRITINGS_MAX; writings += 1) {
      const next = this.#compute(event);
      const says = JSON.stringify(next.facts);
      if (next.widening && this.#noes !== noes) break;
      if (!next.widening || says === recorded) {
        this.#take(next.state);
        if (!next.widening && next.facts.length > 0) journal.appendLater(next.facts);
        return;
      }
      if (writings === WRITINGS_MAX) break;
      await Promise.all([journal.append(next.facts), prepare(next.state)]);
      recorded = says;
    }
    throw new SessionContended('The session changed while this was being recorded. Try again.');
  }

  #compute(event: SessionEvent): SessionStep {
    const { now, limits, noticeVersion, bounds, step: take = step } = this.#options;
    return take(this.#state, event, now(), limits, noticeVersion, bounds());
  }

  #take(state: SessionState): void {
    const previous = this.#state;
    if (state === previous) return;
    this.#state = state;
    if (state.phase === 'ended' || state.phase === 'notice') this.#noes += 1;
    this.#options.onTaken(state, previous);
  }
}
