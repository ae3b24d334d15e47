/**
 * Keeps the indicator and the session together: nobody is let in before it has been seen on the display, it says what the
 * session is, and the session pauses or ends with it.
 *
 * The rules are `domain/src/indicator`'s; here they get a clock, a display and a session. What the indicator says of the
 * session is read from the session's own state at each change, never remembered.
 */
import type { Instant } from '@chaperone/domain/clock/instant.ts';
import {
  indicate,
  INDICATOR_HIDDEN,
  mayBegin,
  sessionEventOf,
} from '@chaperone/domain/indicator/indicator.ts';
import type { IndicatorEvent, IndicatorState } from '@chaperone/domain/indicator/indicator.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { EndReason, SessionState } from '@chaperone/domain/session/state.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { Raised, SessionIndicator } from '../session/session.ts';
import { IndicatorUnavailable } from './indicator-contract.ts';
import type { Indicator, IndicatorRegion, IndicatorReport } from './indicator-contract.ts';

/** How often time does its work while it is to be seen. */
const TICK_MS = 100;

/** What the keeper does to the session, and hears of it. */
export interface IndicatedSession {
  readonly state: SessionState;
  pause(): void;
  raiseInterlock(source: 'operator'): void;
  end(reason: EndReason): void;
  operatorTouched(): void;
  onChange(listener: (state: SessionState, previous: SessionState) => void): () => void;
  recordAfter(facts: readonly JournalFact[]): void;
}

export interface IndicatorKeeperOptions {
  readonly indicator: Indicator;
  readonly now: () => Instant;
  /** In which language the panel speaks to the operator. */
  readonly language: () => Language;
}

type SessionInside = Extract<SessionState, { readonly phase: 'granted' | 'open' }>;

export class IndicatorKeeper implements SessionIndicator {
  readonly #options: IndicatorKeeperOptions;
  #session: IndicatedSession | null = null;
  #state: IndicatorState = INDICATOR_HIDDEN;
  #grantedMs = 0;
  /** Who else sees the session. */
  #watcher: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #waiting: (() => void)[] = [];

  constructor(options: IndicatorKeeperOptions) {
    this.#options = options;
    options.indicator.onReport((report) => this.#heard(report));
  }

  get state(): IndicatorState {
    return this.#state;
  }

  get kind(): Indicator['kind'] {
    return this.#options.indicator.kind;
  }

  get reason(): string | null {
    return this.#options.indicator.reason;
  }

  /** Where no injected input may go. */
  regions(): readonly IndicatorRegion[] {
    return this.#options.indicator.regions();
  }

  /** Ties it to a session, before anybody else hears of its changes. */
  follow(session: IndicatedSession): void {
    this.#session = session;
    session.onChange((state, previous) => this.#changed(state, previous));
  }

  /**
   * Shows who is about to be let in, and settles when that has been seen on the display.
   * @throws IndicatorUnavailable
   */
  async raise({ technicianName, activities, isRecorded }: Raised): Promise<void> {
    this.#step({ type: 'raise' });
    this.#options.indicator.show({
      ...{ technicianName, activities, isRecorded, paused: false, interlocked: false },
      sinceMonotonicMs: null,
      language: this.#options.language(),
    });
    while (this.#state.is === 'rising' || this.#state.is === 'covered') {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.requireShown();
  }

  /** Names who else sees the session, from now on; null: nobody does. */
  setWatcher(name: string | null): void {
    if (name === this.#watcher) return;
    this.#watcher = name;
    const state = this.#session?.state;
    if (state !== undefined && isInSession(state)) this.#show(state);
  }

  /** Takes it away again if nobody has been let in after all. */
  lowerUnlessInSession(): void {
    if (this.#session === null || !isInSession(this.#session.state)) this.#lower();
  }

  /** Refuses what lets somebody in, or go on, while it cannot be seen. @throws IndicatorUnavailable */
  requireShown(): void {
    if (mayBegin(this.#state)) return;
    throw new IndicatorUnavailable(
      'The display of this cart does not show that somebody is in: nobody is let in.',
    );
  }

  close(): void {
    this.#lower();
  }

  #lower(): void {
    this.#step({ type: 'lower' });
    this.#options.indicator.hide();
  }

  #changed(state: SessionState, previous: SessionState): void {
    if (!isInSession(state)) {
      if (isInSession(previous)) this.#lower();
      return;
    }
    if (!isInSession(previous)) {
      this.#grantedMs = this.#options.now().monotonicMs;
      const { kind: display, reason } = this.#options.indicator;
      this.#record({ kind: 'indicator-shown', sessionId: state.sessionId, display, reason });
      // It may have been lost in the meantime: then this is over before anything could begin.
      if (!mayBegin(this.#state)) this.#step({ type: 'lost', loss: 'not-raised' });
      if (this.#session?.state !== state) return;
    }
    this.#show(state);
  }

  #show(state: SessionInside): void {
    const { name } = state.grant.technician;
    this.#options.indicator.show({
      technicianName: this.#watcher === null ? name : bothNames(name, this.#watcher),
      activities: state.grant.activities,
      paused: state.paused,
      interlocked: state.interlock !== undefined,
      isRecorded: state.grant.recordsScreen === true,
      sinceMonotonicMs: this.#grantedMs,
      language: this.#options.language(),
    });
  }

  #heard(report: IndicatorReport): void {
    if (report.type === 'used') return this.#session?.operatorTouched();
    if (report.type !== 'touched') {
      this.#step(report);
      return;
    }
    const session = this.#session;
    if (session === null || !isInSession(session.state)) return;
    switch (report.target) {
      case 'interlock':
        return session.raiseInterlock('operator');
      case 'pause':
        return session.pause();
      case 'end':
        return session.end('operator-ended');
    }
  }

  #step(event: IndicatorEvent): void {
    const previous = this.#state;
    const { state, demand } = indicate(previous, event, this.#options.now());
    this.#state = state;
    this.#keepTime();
    const session = this.#session;
    if (session !== null && isInSession(session.state)) {
      const { sessionId } = session.state;
      if (state.is === 'lost' && previous.is !== 'lost') {
        this.#record({ kind: 'indicator-lost', sessionId, loss: state.loss });
      }
      const asked = sessionEventOf(demand, session.state);
      if (asked?.type === 'pause') {
        this.#record({ kind: 'indicator-covered', sessionId });
        session.pause();
      } else if (asked?.type === 'end') {
        session.end(asked.reason);
      }
    }
    if (state.is !== previous.is) for (const wake of this.#waiting.splice(0)) wake();
  }

  #record(fact: JournalFact): void {
    this.#session?.recordAfter([fact]);
  }

  #keepTime(): void {
    const runs = this.#state.is !== 'hidden' && this.#state.is !== 'lost';
    if (runs === (this.#timer !== null)) return;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = runs ? setInterval(() => this.#step({ type: 'tick' }), TICK_MS) : null;
    // It has something to say only while there is a session, which keeps the program alive itself.
    this.#timer?.unref();
  }
}

/** Of two names each is cut, so that a long one leaves room for the other. */
const NAME_OF_TWO_MAX = 24;

function bothNames(...names: readonly string[]): string {
  return names
    .map((name) => Array.from(name))
    .map((letters) =>
      letters.length <= NAME_OF_TWO_MAX
        ? letters.join('')
        : `${letters.slice(0, NAME_OF_TWO_MAX - 1).join('')}…`,
    )
    .join(' + ');
}
