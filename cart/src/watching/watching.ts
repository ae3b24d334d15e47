/**
 * The second technician who watches the session that runs: who asks, who was let in, and until when.
 *
 * It drives the machine of `domain/src/watching` by the session's rule of order: a yes is in the journal, and its statement signed,
 * before it is taken; everything that ends the watching is taken first. It follows the session and is narrower than it at every
 * moment: paused, interlocked, interrupted or without `view`, nobody watches. It is not the road of the picture: that is the
 * tunnel's. Decision 0054.
 */
import type { Grant, SessionRequest } from '@chaperone/domain/consent/consent.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { SecondApprovalNeeded } from '@chaperone/domain/facility-policy/second-approval.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CartSerial, RandomBytes } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { ActivityAsk } from '@chaperone/domain/session/admit.ts';
import { GrantNotInForce } from '@chaperone/domain/session/admit.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import { NOBODY_WATCHES, nextWatchDeadlineMs, watch } from '@chaperone/domain/watching/watching.ts';
import type {
  WatchEvent,
  WatchFact,
  WatchGrant,
  WatchState,
  WatchStep,
} from '@chaperone/domain/watching/watching.ts';
import type { WatchView } from '@chaperone/protocol/cart-api/schema.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { addWatching, SessionContended } from '../session/session.ts';
import type { Session, SessionTally } from '../session/session.ts';
import { claimsOfWatchGrant } from './watch-statement.ts';

export type WatchedSession = Pick<
  Session,
  | 'state'
  | 'now'
  | 'admit'
  | 'bound'
  | 'requireLicensed'
  | 'recordFirst'
  | 'recordAfter'
  | 'note'
  | 'observed'
  | 'onChange'
>;

export interface WatchingOptions {
  readonly session: WatchedSession;
  readonly serial: CartSerial;
  /** Signs a statement with the cart's key. */
  readonly sign: (typ: string, claims: object) => Promise<string>;
  readonly randomBytes: RandomBytes;
  /** The sign on the cart's display: it names everybody who sees it. */
  readonly indicator: {
    /** @param name null: only who holds the session */
    setWatcher(name: string | null): void;
    /** @throws IndicatorUnavailable */
    requireShown(): void;
  };
}

export class Watching {
  readonly #options: WatchingOptions;
  readonly #release: () => void;
  readonly #listeners = new Set<() => void>();
  #state: WatchState = NOBODY_WATCHES;
  #statement: { readonly id: string; readonly jws: string } | null = null;
  /** Whose state it is: a grant begins with nobody watching. */
  #heldId: string | null = null;
  /** Counts what ends or refuses: a yes that was being recorded meanwhile is not taken. */
  #noes = 0;
  #timer: NodeJS.Timeout | null = null;

  /** Follows the session from now on. */
  constructor(options: WatchingOptions) {
    this.#options = options;
    this.#release = options.session.onChange((state) => this.#follow(state));
  }

  get state(): WatchState {
    return this.#state;
  }

  /** Whether the operator is being asked: remote input stops meanwhile. */
  get isAsking(): boolean {
    return this.#state.asked !== null;
  }

  /** What the desk is told; null until somebody has asked under this grant. */
  get view(): WatchView | null {
    const { asks, asked, watcher } = this.#state;
    if (asks === 0) return null;
    const statement = this.#statement;
    const isStated = watcher !== null && statement?.id === watcher.id;
    return { asks, isAsked: asked !== null, grant: isStated ? statement.jws : null };
  }

  /** Tells of each change in the same turn. @returns what ends the telling */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The grant that is in force in the session, and may be watched. @throws GrantNotInForce, SessionPaused, SessionInterlocked, ActivityNotGranted, and what the facility's policy says */
  held(): Grant {
    return this.#options.session.admit(this.#asking()).grant;
  }

  /**
   * Asks the operator, for a second technician whose request has been verified.
   * @returns the number of the question
   * @throws what {@link held} throws; FeatureNotLicensed, TechnicianNotAllowed, SecondApprovalNeeded, WatchInvalid, WatchTaken,
   *   WatchAskedTooSoon
   */
  ask(request: SessionRequest): number {
    const held = this.held();
    this.#admit(request);
    this.#narrow({ type: 'ask', request, held });
    return this.#state.asks;
  }

  /**
   * Takes the operator's yes.
   * @throws WatchNotAsked, WatchInvalid, IndicatorUnavailable, JournalUnwritable, SessionContended, and what {@link ask} throws
   */
  async allow(number: number): Promise<void> {
    const { session, indicator, serial, sign, randomBytes } = this.#options;
    const grantId = newId('grant', randomBytes);
    const event = { type: 'allow', number, grantId, held: this.held() } as const;
    const noes = this.#noes;
    const { state: next, facts } = this.#compute(event);
    const { watcher } = next;
    if (watcher === null || this.#state.asked === null) throw new Error('a yes has a watcher');
    this.#admit(this.#state.asked.request);
    const says = this.#written(facts.filter(({ kind }) => kind === 'allowed'));
    // The display names them before they see anything.
    indicator.setWatcher(watcher.technician.name);
    let isPromised = false;
    try {
      indicator.requireShown();
      const claims = claimsOfWatchGrant(serial, watcher, session.now().monotonicMs);
      const jws = await sign(TYP.watchGrant, claims);
      this.#requireNoNo(noes);
      this.held();
      isPromised = true;
      await session.recordFirst(this.#asking(), says);
      this.#requireNoNo(noes);
      const taken = this.#compute(event);
      this.#statement = { id: watcher.id, jws };
      this.#take(
        taken.state,
        taken.facts.filter(({ kind }) => kind !== 'allowed'),
      );
    } catch (fault) {
      // What the journal has just promised did not happen.
      if (isPromised && !isUnwritten(fault)) session.recordAfter(says.flatMap(undone));
      throw fault;
    } finally {
      indicator.setWatcher(this.#state.watcher?.technician.name ?? null);
    }
  }

  /** @throws SessionContended when somebody has said no meanwhile */
  #requireNoNo(noes: number): void {
    if (this.#noes !== noes)
      throw new SessionContended('It was refused while this was recorded. Nobody watches.');
  }

  /** Takes the operator's no. */
  refuse(): void {
    this.#narrow({ type: 'refuse' });
  }

  /** Ends the watching, or takes the question back, at once; the session goes on. */
  stop(by: 'operator' | 'watcher'): void {
    this.#narrow({ type: 'stop', by });
  }

  /** Whether a grant to watch is in force now. */
  admits(grantId: string): boolean {
    const { state, now } = this.#options.session;
    const { watcher } = this.#state;
    return (
      watcher !== null &&
      watcher.id === grantId &&
      isInSession(state) &&
      state.grant.id === watcher.watches &&
      now.call(this.#options.session).monotonicMs < watcher.endsMonotonicMs
    );
  }

  /** Admits a look by a grant to watch. @throws GrantNotInForce, and what {@link held} throws */
  admit(grantId: string): WatchGrant {
    this.held();
    const { watcher } = this.#state;
    if (watcher === null || !this.admits(grantId))
      throw new GrantNotInForce('Nobody may watch this session by this grant.');
    return watcher;
  }

  /** Lets time do its work. Its own timer calls it; tests may too. */
  tick(): void {
    this.#narrow({ type: 'tick' });
  }

  close(): void {
    this.#release();
    this.#narrow({ type: 'narrowed' });
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The session changed, in the same turn. */
  #follow(state: SessionState): void {
    if (isInSession(state) && this.#heldId !== state.grant.id) {
      this.#narrow({ type: 'narrowed' });
      this.#heldId = state.grant.id;
      this.#state = NOBODY_WATCHES;
    }
    const isNarrow =
      !isInSession(state) ||
      state.paused ||
      state.interlock !== undefined ||
      state.link.is !== 'up' ||
      !state.grant.activities.includes('view');
    if (isNarrow) this.#narrow({ type: 'narrowed' });
    else this.#followPolicy();
  }

  /** A facility's policy that has just come may let this technician look no more. */
  #followPolicy(): void {
    const { asked, watcher } = this.#state;
    const looking = asked?.request ?? watcher;
    if (looking === null) return;
    try {
      this.#requireAllowed(looking);
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      this.#narrow({ type: 'narrowed' });
    }
  }

  /** @throws FeatureNotLicensed, and what the facility's policy says */
  #admit(request: SessionRequest): void {
    this.#options.session.requireLicensed(request.activities);
    this.#requireAllowed(request);
  }

  /** @throws what the facility's policy says; a second person cannot be asked about somebody who watches */
  #requireAllowed(looking: Pick<SessionRequest, 'technician' | 'workstation'>): void {
    const { bound } = this.#options.session;
    bound.admitWatcher(looking);
    if (bound.wantsSecondPerson(['view']))
      throw new SecondApprovalNeeded(
        'The facility wants a second person to approve who sees the screen: nobody can be let in to watch.',
      );
  }

  /** @throws what the domain's `watch` throws; nothing has changed then */
  #narrow(event: WatchEvent): void {
    const { state, facts, widening } = this.#compute(event);
    if (widening) throw new Error(`"${event.type}" widens and must be recorded first`);
    if (event.type !== 'ask' && event.type !== 'tick') this.#noes += 1;
    this.#take(state, facts);
  }

  #compute(event: WatchEvent): WatchStep {
    return watch(this.#state, event, this.#options.session.now());
  }

  #take(state: WatchState, facts: readonly WatchFact[]): void {
    const previous = this.#state;
    if (state === previous) return;
    this.#state = state;
    const { session, indicator } = this.#options;
    // First of all: whatever shows it is cut.
    for (const listener of [...this.#listeners]) listener();
    if (state.watcher !== previous.watcher)
      indicator.setWatcher(state.watcher?.technician.name ?? null);
    const { utcMs } = session.now();
    for (const fact of facts)
      if (fact.kind === 'ended') session.note((tally) => told(tally, fact.grant, utcMs));
    session.recordAfter(this.#written(facts));
    session.observed();
    this.#schedule();
  }

  #written(facts: readonly WatchFact[]): readonly WatchWritten[] {
    const sessionId = facts.length === 0 ? null : this.#sessionOf(facts);
    if (sessionId === null || this.#heldId === null) return [];
    const grantId = this.#heldId as Grant['id'];
    return facts.map((fact): WatchWritten => {
      const { technician, workstation } = 'request' in fact ? fact.request : fact.grant;
      const who = {
        ...{ sessionId, grantId },
        ...{ technicianId: technician.id, workstationId: workstation.id },
      };
      switch (fact.kind) {
        case 'asked':
          return { kind: 'watch-asked', ...who };
        case 'allowed':
          return { kind: 'watch-granted', ...who, watchGrantId: fact.grant.id };
        case 'refused':
          return { kind: 'watch-refused', ...who, why: fact.why };
        case 'ended':
          return { kind: 'watch-ended', ...who, watchGrantId: fact.grant.id, why: fact.why };
      }
    });
  }

  #sessionOf([fact]: readonly WatchFact[]): Grant['sessionId'] | null {
    if (fact === undefined) return null;
    return 'request' in fact ? fact.request.sessionId : fact.grant.sessionId;
  }

  #asking(): ActivityAsk {
    return { grantId: this.#heldId ?? '', activity: 'view' };
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const deadlineMs = nextWatchDeadlineMs(this.#state);
    if (deadlineMs === null) return;
    const waitMs = Math.max(1, deadlineMs - this.#options.session.now().monotonicMs);
    this.#timer = setTimeout(() => this.#tickLater(), Math.min(waitMs, TICK_MS_MAX));
    this.#timer.unref();
  }

  /** A timer may be early, and a machine may have slept. */
  #tickLater(): void {
    this.tick();
    this.#schedule();
  }
}

/** A second: a machine that slept ends it soon. */
const TICK_MS_MAX = 1000;

type WatchWritten = Extract<
  JournalFact,
  { readonly kind: 'watch-asked' | 'watch-granted' | 'watch-refused' | 'watch-ended' }
>;

function told(
  tally: SessionTally,
  { technician, workstation, issuedUtcMs }: WatchGrant,
  untilUtcMs: number,
): SessionTally {
  const { id: sub, name } = technician;
  return addWatching(tally, {
    ...{ sub, name, workstation: workstation.id },
    ...{ utcMs: issuedUtcMs, untilUtcMs },
  });
}

/** Whether nothing of it reached the journal. */
function isUnwritten(fault: unknown): boolean {
  return fault instanceof DomainError && fault.code === 'JOURNAL_UNWRITABLE';
}

function undone(fact: WatchWritten): readonly WatchWritten[] {
  return fact.kind === 'watch-granted' ? [{ ...fact, kind: 'watch-ended', why: 'session' }] : [];
}
