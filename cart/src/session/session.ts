/**
 * The running session of this cart: the one place that knows what is allowed now.
 *
 * It drives the machine of `domain/src/session`, keeps what belongs to a session beside its state (the signed grant,
 * the tally, the receipt), and tells everybody of each change in the same turn, so that streams are cut before
 * anything else can happen. It is not the tunnel and not the panel; both ask here.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Instant } from '@chaperone/domain/clock/instant.ts';
import type { OfferedCase, SessionRequest } from '@chaperone/domain/consent/consent.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CartSerial, RandomBytes, RequestId, SessionId } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { admit } from '@chaperone/domain/session/admit.ts';
import type { ActivityAsk } from '@chaperone/domain/session/admit.ts';
import { nextDeadlineMs } from '@chaperone/domain/session/deadline.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import { OutOfTurn } from '@chaperone/domain/session/session.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { EndReason, SessionState } from '@chaperone/domain/session/state.ts';
import { instantOf } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Evidence } from './evidence.ts';
import { Listeners } from './listeners.ts';
import type { SessionListener } from './listeners.ts';
import { RefusalRecord } from './refusal-record.ts';
import type { SessionJournal } from './session-journal.ts';
import { SessionStepper } from './stepper.ts';
import { newTally } from './tally.ts';
import type { SessionTally } from './tally.ts';
import { unfinishedSession } from './unfinished-session.ts';

export { IndicatorWatch, LOOKS_IN_DEMO_MAX, LOOKS_MAX } from './indicator-watch.ts';
export { PanelPresence } from './presence.ts';
export { SessionContended } from './stepper.ts';
export type { SessionJournal } from './session-journal.ts';
export type { SessionListener } from './listeners.ts';
export type { SessionTally } from './tally.ts';

export interface SessionOptions {
  readonly serial: CartSerial;
  readonly journal: SessionJournal;
  /** Signs a statement with the cart's key. */
  readonly sign: (typ: string, claims: object) => Promise<string>;
  readonly clock: Clock;
  readonly limits: SessionLimits;
  readonly licence: SessionLicence;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
}

/** What a session asks of the cart's licence, before something new begins and never afterwards. Decision 0016. */
export interface SessionLicence {
  /** @throws LicenceNotInForce */
  requireInForce(): void;
  /** @throws FeatureNotLicensed */
  requireFeatures(activities: readonly Activity[]): void;
}

/** A session's clock looks at least this often, so that a machine that slept notices soon. */
const TICK_MS_MAX = 1000;
/** How often moved bytes are taken as a sign of activity. */
const ACTIVITY_TAKEN_EVERY_MS = 1000;

export class Session {
  readonly #options: SessionOptions;
  readonly #stepper: SessionStepper;
  readonly #refusals: RefusalRecord;
  readonly #listeners: Listeners;
  readonly #evidence: Evidence;
  #timer: NodeJS.Timeout | null = null;
  #tally: SessionTally;
  #begun = new Set<Activity>();
  #comparisonCode = '';
  #dialFailure: string | null = null;
  #screens = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#stepper = new SessionStepper({
      journal: options.journal,
      now: () => this.now(),
      limits: options.limits,
      noticeVersion: NOTICE_VERSION,
      onTaken: (state, previous) => this.#taken(state, previous),
    });
    this.#refusals = new RefusalRecord(
      (facts) => options.journal.appendLater(facts),
      () => options.clock.monotonicMs(),
    );
    this.#listeners = new Listeners(options.log);
    this.#evidence = new Evidence({ ...options, utcMs: () => options.clock.utcMs() });
    this.#tally = newTally(options.clock.utcMs());
  }

  /** Ends in the journal what a stop of the agent cut off: a session never outlives its process. */
  async recover(): Promise<void> {
    const { journal } = this.#options;
    const left = await unfinishedSession(journal);
    if (left === null) return;
    journal.appendLater([{ kind: 'session-ended', ...left, reason: 'agent-stopped' }]);
    await journal.settled();
  }

  get state(): SessionState {
    return this.#stepper.state;
  }
  get sessionId(): SessionId | null {
    return 'sessionId' in this.state ? this.state.sessionId : null;
  }
  get limits(): SessionLimits {
    return this.#options.limits;
  }
  get tally(): SessionTally {
    return this.#tally;
  }
  /** The signed grant of this session, if there is one. */
  get grantJWS(): string | null {
    return this.#evidence.grantOf(this.state)?.jws ?? null;
  }
  get comparisonCode(): string {
    return this.#comparisonCode;
  }
  /** Why the last attempt to dial failed; null while none has since the last success. */
  get dialFailure(): string | null {
    return this.#dialFailure;
  }
  get isScreenOpen(): boolean {
    return this.#screens > 0;
  }
  get isJournalWritable(): boolean {
    return this.#options.journal.writable();
  }
  /** Settles with the signed receipt of the session that ended last; null if none could be made. */
  get receipt(): Promise<string | null> {
    return this.#evidence.receipt;
  }

  now(): Instant {
    return instantOf(this.#options.clock);
  }

  /** Subscribes to changes; listeners are called in the order in which they came. */
  onChange(listener: SessionListener): () => void {
    return this.#listeners.add(listener);
  }

  // The operator's acts.

  /** @throws OutOfTurn, LicenceNotInForce */
  press(): void {
    if (this.state.phase === 'idle') this.#options.licence.requireInForce();
    this.#stepper.narrow({ type: 'press' });
  }

  /** @throws OutOfTurn, also when the touch came too late; LicenceNotInForce, NoticeOutdated, JournalUnwritable */
  async acceptNotice(noticeVersion: string): Promise<void> {
    // From here on there is a session: whatever its licence does, it runs to its own end.
    if (this.state.phase === 'notice') this.#options.licence.requireInForce();
    const sessionId = newId('session', this.#options.randomBytes);
    await this.#stepper.widen({ type: 'accept-notice', noticeVersion, sessionId });
    if (this.sessionId !== sessionId) {
      throw new OutOfTurn('The time to answer has passed. Press the button again.');
    }
  }

  /** @throws OutOfTurn */
  declineNotice(): void {
    this.#stepper.narrow({ type: 'decline-notice' });
  }

  /** @throws OutOfTurn, RequestUnknown, ConsentInvalid, FeatureNotLicensed, JournalUnwritable, SessionContended */
  async consent(requestId: RequestId, activities: readonly Activity[]): Promise<void> {
    this.#options.licence.requireFeatures(activities);
    const { limits, randomBytes } = this.#options;
    const grantId = newId('grant', randomBytes);
    await this.#stepper.widen(
      { type: 'give-consent', requestId, activities, grantId },
      async (next) => {
        const { state } = this;
        if (!isInSession(next) || state.phase !== 'waiting') return;
        const asked = state.requests.find(({ id }) => id === requestId);
        // Before the state is taken: whoever is told of the new state finds the statement beside it.
        await this.#evidence.prepareGrant(next.grant, state.noticeVersion, limits.grantMs);
        this.#comparisonCode = asked?.comparisonCode ?? '';
      },
    );
  }

  withdraw(activity: Activity): void {
    this.#stepper.narrow({ type: 'withdraw-activity', activity });
  }

  pause(): void {
    this.#stepper.narrow({ type: 'pause' });
  }

  /** @throws OutOfTurn, JournalUnwritable */
  async liftPause(): Promise<void> {
    await this.#stepper.widen({ type: 'lift-pause' });
  }

  /** Ends whatever there is to end; always possible. */
  end(reason: EndReason): void {
    this.#stepper.narrow({ type: 'end', reason });
  }

  /** @throws OutOfTurn */
  dismiss(): void {
    this.#stepper.narrow({ type: 'dismiss' });
  }

  // What the tunnel reports.

  linkUp(): void {
    this.#dialFailure = null;
    this.#stepper.narrow({ type: 'link-up' });
  }

  linkLost(): void {
    this.#stepper.narrow({ type: 'link-lost' });
  }

  /** @param failure a stable code, never a peer's text */
  dialFailed(failure: string): void {
    this.#dialFailure = failure;
    this.#stepper.narrow({ type: 'dial-failed', failure });
    this.#listeners.tell(this.state, this.state);
  }

  /** Replaces what was offered. The requests have been verified. */
  offer(offered: OfferedCase | null, requests: readonly SessionRequest[]): void {
    this.#stepper.narrow({ type: 'offer', offered, requests });
  }

  /** @throws ResumeRefused, JournalUnwritable, SessionContended */
  async resume(request: SessionRequest): Promise<void> {
    await this.#stepper.widen({ type: 'resume-proven', request });
  }

  // What may be done.

  /** Admits one activity now. @throws GrantNotInForce, ActivityNotGranted, SessionPaused */
  admit(ask: ActivityAsk): Extract<SessionState, { readonly phase: 'granted' | 'open' }> {
    return admit(this.state, ask, this.now());
  }

  /** Tells whether an activity would be admitted now. */
  admits(ask: ActivityAsk): boolean {
    try {
      this.admit(ask);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Begins an activity: recorded the first time, admitted each time.
   * @param isAnew whether this beginning is recorded even if the activity has begun before
   * @throws GrantNotInForce, ActivityNotGranted, SessionPaused, JournalUnwritable, SessionContended
   */
  async begin(ask: ActivityAsk, isAnew = false): Promise<void> {
    this.admit(ask);
    if (isAnew || !this.#begun.has(ask.activity)) {
      await this.#stepper.widen({ type: 'begin-activity', ask });
      this.#begun.add(ask.activity);
    }
    this.admit(ask);
  }

  /** Records facts durably before what they tell of; admitted before and after. @throws as {@link begin} */
  async recordFirst(ask: ActivityAsk, facts: readonly JournalFact[]): Promise<void> {
    this.admit(ask);
    await this.#options.journal.append(facts);
    this.admit(ask);
  }

  /** Records facts of what has already happened, when that is possible. */
  recordAfter(facts: readonly JournalFact[]): void {
    this.#options.journal.appendLater(facts);
  }

  /** Notes a refusal. @param operation a name of the cart or panel API, never a peer's text */
  refused(operation: string, code: string): void {
    this.#refusals.operation(this.sessionId, operation, code);
    // Also while nothing else is going on, what is counted has to be written some time.
    if (this.#timer === null) this.#schedule();
  }

  /** Notes that an offered request is not shown; the same one again is not noted again. */
  requestRefused(jws: string, code: string): void {
    this.#refusals.request(this.sessionId, jws, code);
  }

  /** Refuses what this cart's licence does not include. @throws FeatureNotLicensed */
  requireLicensed(activities: readonly Activity[]): void {
    this.#options.licence.requireFeatures(activities);
  }

  // What is counted.

  inputRefused(): void {
    if (this.sessionId !== null) this.#refusals.input(this.sessionId);
    this.#tally = { ...this.#tally, inputRefused: this.#tally.inputRefused + 1 };
    this.observed();
  }

  /** Adds files and bytes that have moved. */
  moved(change: Partial<Omit<SessionTally, 'startedUtcMs' | 'inputRefused'>>): void {
    const tally = this.#tally;
    this.#tally = {
      ...tally,
      filesFetched: tally.filesFetched + (change.filesFetched ?? 0),
      bytesFetched: tally.bytesFetched + (change.bytesFetched ?? 0),
      filesPlaced: tally.filesPlaced + (change.filesPlaced ?? 0),
      bytesPlaced: tally.bytesPlaced + (change.bytesPlaced ?? 0),
    };
    this.stillActive();
  }

  /** Bytes moved for the technician: the session is not idle. */
  stillActive(): void {
    const { state } = this;
    if (!isInSession(state)) return;
    const sinceMs = this.#options.clock.monotonicMs() - state.lastActivityMonotonicMs;
    if (sinceMs >= ACTIVITY_TAKEN_EVERY_MS) this.#stepper.narrow({ type: 'still-active' });
    this.observed();
  }

  /** Notes that a screen has opened (1) or closed (-1). */
  screenOpened(change: 1 | -1): void {
    this.#screens += change;
    this.#listeners.tell(this.state, this.state);
  }

  /** Tells listeners that something beside the state has changed. */
  observed(): void {
    this.#listeners.tellSoon(() => this.state);
  }

  /** Lets time do its work. The session's own timer calls it; tests may too. */
  tick(): void {
    this.#refusals.flush(false);
    this.#stepper.narrow({ type: 'tick' });
    this.#schedule();
  }

  /** Ends the session because the agent stops, and waits for its receipt and journal. */
  async close(): Promise<void> {
    this.end('agent-stopped');
    this.#refusals.flush(true);
    await this.receipt;
    await this.#options.journal.settled();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#listeners.close();
  }

  #taken(state: SessionState, previous: SessionState): void {
    if (state.phase === 'dialling' && previous.phase === 'notice') this.#beginSession();
    if (state.phase === 'ended') {
      // Before the end itself is written; what the cut streams leave behind follows it.
      this.#refusals.flush(true);
      this.#evidence.conclude(state, () => {
        this.#refusals.flush(true);
        return this.#tally;
      });
    }
    this.#listeners.tell(state, previous);
    this.#schedule();
  }

  #beginSession(): void {
    this.#refusals.beginSession();
    this.#evidence.beginSession();
    this.#tally = newTally(this.#options.clock.utcMs());
    this.#begun = new Set();
    this.#comparisonCode = '';
    this.#dialFailure = null;
  }

  #schedule(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const deadlineMs = nextDeadlineMs(this.state, this.#options.limits);
    if (deadlineMs === null && !this.#refusals.isCounting) return;
    const waitMs = (deadlineMs ?? Infinity) - this.#options.clock.monotonicMs();
    this.#timer = setTimeout(() => this.tick(), Math.max(1, Math.min(waitMs, TICK_MS_MAX)));
    // What is only counted keeps no program from ending: closing writes it.
    if (deadlineMs === null) this.#timer.unref();
  }
}
