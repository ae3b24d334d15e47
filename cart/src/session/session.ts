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
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, RequestId, SessionId } from '@chaperone/domain/id/id.ts';
import type { InterlockSource } from '@chaperone/domain/interlock/interlock.ts';
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
import { ConsentAct } from './consent-act.ts';
import { deidentifyFor, wouldDeidentify } from './deidentified-leave.ts';
import { Evidence } from './evidence.ts';
import type { SignedReceipt } from './evidence.ts';
import { Listeners } from './listeners.ts';
import type { SessionListener } from './listeners.ts';
import type { MovedFile } from './moved-files.ts';
import { OperatorTouch } from './operator-touch.ts';
import { RefusalRecord } from './refusal-record.ts';
import type { SessionOptions } from './session-asks.ts';
import { PolicyBound } from './policy-bound.ts';
import { SessionStepper } from './stepper.ts';
import { addMoved, newTally, noteInterlock } from './tally.ts';
import type { MovedTally, SessionTally } from './tally.ts';
import { unfinishedSession } from './unfinished-session.ts';

export { IndicatorWatch, LOOKS_IN_DEMO_MAX, LOOKS_MAX } from './indicator-watch.ts';
export { PanelPresence } from './presence.ts';
export { SessionContended } from './stepper.ts';
export type { SignedReceipt } from './evidence.ts';
export type { MovedFile } from './moved-files.ts';
export type { Raised, SessionIndicator, SessionLicence, SessionOptions } from './session-asks.ts';
export type { SessionPolicy } from './session-policy.ts';
export type { SessionJournal } from './session-journal.ts';
export type { SessionListener } from './listeners.ts';
export { InterlockMark } from './interlock-mark.ts';
export { addUnmasking, addWatching, type SessionTally } from './tally.ts';

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
  readonly #bound: PolicyBound;
  readonly #consents: ConsentAct;
  readonly #touch: OperatorTouch;
  #timer: NodeJS.Timeout | null = null;
  #tally: SessionTally;
  #dialFailure: string | null = null;
  #screens = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#stepper = new SessionStepper({
      journal: options.journal,
      now: () => this.now(),
      limits: options.limits,
      noticeVersion: NOTICE_VERSION,
      bounds: () => ({
        policy: options.policy.standing,
        closesMonotonicMs: options.policy.closesMonotonicMs,
        licence: options.licence.held,
      }),
      onTaken: (state, previous) => this.#taken(state, previous),
    });
    this.#refusals = new RefusalRecord(
      (facts) => options.journal.appendLater(facts),
      () => options.clock.monotonicMs(),
    );
    this.#listeners = new Listeners(options.log);
    this.#evidence = new Evidence({ ...options, utcMs: () => options.clock.utcMs() });
    this.#tally = newTally(options.clock.utcMs());
    this.#touch = new OperatorTouch({
      pauseMs: options.operatorPauseMs,
      monotonicMs: () => options.clock.monotonicMs(),
      onChange: () => this.#listeners.tell(this.state, this.state),
    });
    this.#consents = new ConsentAct({
      ...options,
      stepper: this.#stepper,
      evidence: this.#evidence,
      refused: (operation, code) => this.refused(operation, code),
    });
    this.#bound = new PolicyBound({
      policy: options.policy,
      state: () => this.state,
      now: () => this.now(),
      act: (event) => this.#stepper.narrow(event),
      approved: (event) => this.#stepper.widen(event),
      consent: (requestId, activities) => this.#consents.give(requestId, activities),
    });
  }

  /**
   * Ends in the journal what a stop of the agent cut off: a session never outlives its process. The interlock does: who holds
   * the cart does not learn of a stop.
   */
  async recover(): Promise<void> {
    const { journal, interlockMark } = this.#options;
    const source = await interlockMark.read();
    if (source !== null) this.#stepper.narrow({ type: 'raise-interlock', source });
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
    return this.#consents.comparisonCode;
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
  get receipt(): Promise<SignedReceipt | null> {
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

  /** @throws OutOfTurn, LicenceNotInForce, FacilityPolicyNotInForce, FacilityClosed */
  press(): void {
    if (this.state.phase === 'idle') this.#requireMayBegin('press');
    this.#stepper.narrow({ type: 'press' });
  }

  /** @throws OutOfTurn, also when the touch came too late; LicenceNotInForce, FacilityPolicyNotInForce, FacilityClosed, NoticeOutdated, JournalUnwritable */
  async acceptNotice(noticeVersion: string): Promise<void> {
    // From here on there is a session: whatever its licence does, it runs to its own end.
    if (this.state.phase === 'notice') this.#requireMayBegin('notice/accept');
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

  /**
   * Lets a technician in, or asks for the second person that the facility's policy wants first.
   * @throws OutOfTurn, RequestUnknown, ConsentInvalid, FeatureNotLicensed, FacilityPolicyNotInForce, FacilityClosed,
   *   ActivityNotAllowed, SecondApprovalNeeded, IndicatorUnavailable, JournalUnwritable, SessionContended
   */
  async consent(requestId: RequestId, activities: readonly Activity[]): Promise<void> {
    const isAskedFirst =
      this.state.phase === 'waiting' && this.#bound.wantsSecondPerson(activities);
    if (isAskedFirst) this.#stepper.narrow({ type: 'ask-approval', requestId, activities });
    else await this.#consents.give(requestId, activities);
  }

  /** What the facility's policy adds to a consent, and how the second person answers. */
  get bound(): PolicyBound {
    return this.#bound;
  }

  withdraw(activity: Activity): void {
    this.#stepper.narrow({ type: 'withdraw-activity', activity });
  }

  pause(): void {
    this.#stepper.narrow({ type: 'pause' });
  }

  /** @throws OutOfTurn, IndicatorUnavailable, JournalUnwritable */
  async liftPause(): Promise<void> {
    if (isInSession(this.state)) this.#options.indicator.requireShown();
    await this.#stepper.widen({ type: 'lift-pause' });
  }

  /** Holds everybody off because the clinic needs the cart; always possible, and it waits for nothing. */
  raiseInterlock(source: InterlockSource): void {
    this.#stepper.narrow({ type: 'raise-interlock', source });
    this.#options.interlockMark.set(this.state.interlock?.source ?? source);
  }

  /** Lets remote service go on, or begin again. @throws OutOfTurn, IndicatorUnavailable, JournalUnwritable, SessionContended */
  async liftInterlock(): Promise<void> {
    const { indicator, interlockMark } = this.#options;
    if (isInSession(this.state)) indicator.requireShown();
    try {
      await this.#stepper.widen({ type: 'lift-interlock' }, () => interlockMark.clear());
    } finally {
      // Not only after a fault: a limit that ends the session while this is written lifts nothing.
      const { interlock } = this.state;
      if (interlock !== undefined) interlockMark.set(interlock.source);
    }
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

  /**
   * Admits one activity now.
   * @throws GrantNotInForce, ActivityNotGranted, SessionInterlocked, SessionPaused, FacilityPolicyNotInForce, FacilityClosed, ActivityNotAllowed
   */
  admit(ask: ActivityAsk): Extract<SessionState, { readonly phase: 'granted' | 'open' }> {
    const state = admit(this.state, ask, this.now());
    this.#bound.admit(state.grant, ask.activity);
    return state;
  }

  /**
   * The case for which files may leave only when they are de-identified; null where they may leave as they are. The grant's
   * word and the facility's policy each can ask for it; neither can take back what the other asks for.
   */
  deidentifyFor(): CaseId | null {
    return deidentifyFor(this.state, this.#bound.mustDeIdentify());
  }

  /** Tells the operator before the consent what {@link deidentifyFor} would say after it. */
  wouldDeidentify(request: Pick<SessionRequest, 'deidentification'>): boolean {
    return wouldDeidentify(this.state, request, this.#bound.mustDeIdentify());
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
    if (isAnew || !this.#evidence.hasOpened(ask.activity)) {
      await this.#stepper.widen({ type: 'begin-activity', ask });
      this.#evidence.opened(ask.activity);
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

  /** The facility's policy has changed: what it forbids now ends now. */
  policyChanged(): void {
    if (isInSession(this.state)) {
      for (const activity of this.#bound.forbidden(this.state.grant)) this.withdraw(activity);
    } else if (this.state.phase === 'waiting') {
      const { offered, requests } = this.state;
      this.offer(offered, this.#bound.stillAdmitted(requests));
    }
    this.tick();
    this.#listeners.tell(this.state, this.state);
  }

  /** Refuses what this cart's licence does not include. @throws FeatureNotLicensed */
  requireLicensed(activities: readonly Activity[]): void {
    this.#options.licence.requireFeatures(activities);
  }

  /** A real device of the cart was used: the technician's input waits a while. */
  operatorTouched(): void {
    if (isInSession(this.state)) this.#touch.touched();
  }

  get isOperatorAtWork(): boolean {
    return this.#touch.isAtWork;
  }

  // What is counted.

  inputRefused(): void {
    if (this.sessionId !== null) this.#refusals.input(this.sessionId);
    this.#tally = { ...this.#tally, inputRefused: this.#tally.inputRefused + 1 };
    this.observed();
  }

  /** Adds files and bytes that have moved. */
  moved(change: Partial<MovedTally>): void {
    this.#tally = addMoved(this.#tally, change);
    this.stillActive();
  }

  /** Notes for the receipt what was seen, and who else saw it, once that is over. */
  note(add: (tally: SessionTally) => SessionTally): void {
    this.#tally = add(this.#tally);
  }

  /** Notes what became of a file, for the receipt's list. */
  fileSettled(file: MovedFile): void {
    this.#evidence.fileSettled(file);
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
    await this.#options.interlockMark.settled();
    await this.#options.journal.settled();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#touch.stop();
    this.#listeners.close();
  }

  #taken(state: SessionState, previous: SessionState): void {
    if (state.phase === 'dialling' && previous.phase === 'notice') this.#beginSession();
    this.#tally = noteInterlock(this.#tally, state, this.#options.clock.monotonicMs());
    this.#bound.taken(state, previous);
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
    this.#consents.beginSession();
    this.#dialFailure = null;
  }

  /** @throws LicenceNotInForce, FacilityPolicyNotInForce, FacilityClosed */
  #requireMayBegin(operation: string): void {
    this.#options.licence.requireInForce();
    try {
      this.#options.policy.requireOpen();
    } catch (fault) {
      // The facility reads who wanted in at another time.
      if (fault instanceof DomainError) this.refused(`panel ${operation}`, fault.code);
      throw fault;
    }
  }

  #schedule(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const closesMs = this.#options.policy.closesMonotonicMs;
    const deadlineMs = nextDeadlineMs(this.state, this.#options.limits, closesMs);
    if (deadlineMs === null && !this.#refusals.isCounting) return;
    const waitMs = (deadlineMs ?? Infinity) - this.#options.clock.monotonicMs();
    this.#timer = setTimeout(() => this.tick(), Math.max(1, Math.min(waitMs, TICK_MS_MAX)));
    // What is only counted keeps no program from ending: closing writes it.
    if (deadlineMs === null) this.#timer.unref();
  }
}
