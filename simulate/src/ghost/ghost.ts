/**
 * What an incorruptible witness knows: who touched what and when, what was signed, what is on which disk.
 *
 * It keeps its own books from the acts themselves and never asks the machines under test what is allowed. Of the cart
 * it sees what an operator sees: which page is shown. The invariants judge by it.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { APPROVAL_ASKED_MS } from '@chaperone/domain/facility-policy/second-approval.ts';
import type { CaseId, GrantId, RequestId, SessionId, TransferId } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { Statement } from '../people/statement.ts';

/** An operator's touch on one technician, and what came of it. */
export interface GhostConsent {
  readonly grantId: GrantId;
  readonly statement: Statement;
  readonly activities: ReadonlySet<Activity>;
}

/** What the facility has signed, as it is now on the cart; null: it has no policy. */
export type GhostPolicy =
  | { readonly wantsSecond: ReadonlySet<Activity>; readonly approvers: ReadonlySet<string> }
  | 'refuses-all'
  | null;

/** A question to the second person, and what came of it. */
export interface GhostAsking {
  readonly id: RequestId;
  readonly activities: ReadonlySet<Activity>;
  readonly atMs: number;
  /** Who typed a right PIN, and when the panel said that it was taken. */
  readonly yesBy: Set<string>;
  takenMs: number | null;
}

/** A consent in force. */
export interface GhostGrant {
  readonly consent: GhostConsent;
  readonly endsMs: number;
  activities: ReadonlySet<Activity>;
  link: 'up' | 'lost' | 'returned';
  leaseEndsMs: number;
  /** The challenge of the connection on which the technician proved to be the same. */
  proven: string | null;
  isPaused: boolean;
  /** The operator has touched "continue" since the last Pause. */
  isLiftTouched: boolean;
  lastActiveMs: number;
}

export class Ghost {
  readonly limits: SessionLimits;
  readonly requestShownMs: number;
  /** Every statement that a workstation really signed. */
  readonly signed = new Map<RequestId, Statement>();
  /** Entries of the cart's journal that are on its disk: kind and subject. */
  readonly journal = new Set<string>();
  /** Entries of the gateway's ledger that are on its disk. */
  readonly ledger = new Set<string>();
  /** Cases whose resolving somebody decided, and those whose destruction was reported done. */
  readonly decided = new Set<CaseId>();
  readonly certified = new Set<CaseId>();
  /** What a transfer's file really was, whole, when its last piece was sent; it may have changed in between. */
  readonly wholes = new Map<TransferId, Set<string>>();
  /** The sessions that began, and those whose end is in the journal. */
  readonly begun = new Set<SessionId>();
  readonly ended = new Set<string>();
  /** When the cart first saw a statement on the connection that it is for. */
  readonly #firstCameMs = new Map<RequestId, number>();
  /** Touches on Accept and on a technician that may still take effect. */
  readonly accepts = new Set<SessionId>();
  readonly consents = new Map<GrantId, GhostConsent>();
  grant: GhostGrant | null = null;
  policy: GhostPolicy = null;
  asking: GhostAsking | null = null;
  /** The clinic needs the cart, and whether the operator has touched "continue" since; null: it does not. */
  interlock: { isLiftTouched: boolean } | null = null;
  /** The challenge of the connection that the cart has now. */
  challenge: string | null = null;
  noticeMs = 0;
  dialMs = 0;
  /** When somebody could first be granted in this session; a new connection does not begin it anew. */
  waitingMs: number | null = null;
  /** Whom a licence code serves. */
  licenceKey: string | null = null;

  constructor(limits: SessionLimits, requestShownMs: number) {
    this.limits = limits;
    this.requestShownMs = requestShownMs;
  }

  /** An entry has reached the cart's disk. */
  journalled(fact: JournalFact): void {
    this.journal.add(keyOf(fact));
    if (fact.kind === 'session-ended' && fact.sessionId !== null) this.ended.add(fact.sessionId);
  }

  /** The whole of a transfer's file, as it is now where it comes from. */
  isWhole(transfer: TransferId, content: string): void {
    const wholes = this.wholes.get(transfer) ?? new Set();
    this.wholes.set(transfer, wholes.add(content));
  }

  touchedAccept(sessionId: SessionId): void {
    this.accepts.add(sessionId);
  }

  /** @param id the request that the operator touched on the screen */
  touchedConsent(id: RequestId, activities: readonly Activity[], grantId: GrantId): void {
    const statement = this.signed.get(id);
    if (statement === undefined) return;
    this.consents.set(grantId, { grantId, statement, activities: new Set(activities) });
  }

  /** The operator has touched somebody for whom a second person is asked. */
  touchedAsk(id: RequestId, activities: readonly Activity[], nowMs: number): void {
    const of = new Set(activities);
    this.asking = { id, activities: of, atMs: nowMs, yesBy: new Set<string>(), takenMs: null };
  }

  /** Somebody says no to the second approval. */
  touchedRefuse(): void {
    this.asking = null;
  }

  /** End or "no": whatever was touched before it counts no more. */
  touchedEnd(): void {
    this.accepts.clear();
    this.consents.clear();
    this.asking = null;
    this.grant = null;
  }

  touchedPause(): void {
    if (this.grant === null) return;
    this.grant.isPaused = true;
    this.grant.isLiftTouched = false;
    this.journal.delete(`session-resumed pause ${this.grant.consent.grantId}`);
  }

  touchedLift(): void {
    if (this.grant !== null) this.grant.isLiftTouched = true;
  }

  interlockRaised(): void {
    this.interlock = { isLiftTouched: false };
    this.journal.delete('interlock-lifted');
  }

  touchedInterlockLift(): void {
    if (this.interlock !== null) this.interlock.isLiftTouched = true;
  }

  touchedWithdraw(activity: Activity): void {
    const { grant } = this;
    if (grant === null) return;
    const left = [...grant.activities].filter(
      (each) => each !== activity && !(activity === 'view' && each === 'control'),
    );
    grant.activities = new Set(left);
  }

  linkUp(challenge: string): void {
    this.challenge = challenge;
    const { grant } = this;
    if (grant?.link === 'lost') grant.link = 'returned';
  }

  linkLost(nowMs: number): void {
    this.challenge = null;
    this.asking = null;
    const { grant } = this;
    if (grant === null || grant.link === 'lost') return;
    if (grant.link === 'up') grant.leaseEndsMs = nowMs + this.limits.leaseMs;
    grant.link = 'lost';
    grant.proven = null;
    this.journal.delete(`session-resumed connection ${grant.consent.grantId}`);
  }

  /** A statement has come to the cart in an offer of a case; shown or not, its time runs if it is about that. */
  cameInOffer(statement: Statement, offered: CaseId | null, nowMs: number): void {
    const fits = statement.caseId === offered && statement.challenge === this.challenge;
    if (fits && !this.#firstCameMs.has(statement.id)) this.#firstCameMs.set(statement.id, nowMs);
  }

  /** A statement has come to the cart that is to resume its session. */
  cameToResume(statement: Statement, nowMs: number): void {
    const { grant } = this;
    if (grant?.link !== 'returned' || nowMs >= grant.leaseEndsMs) return;
    const { consent } = grant;
    const isSame =
      this.signed.get(statement.id) === statement &&
      statement.purpose === 'resume' &&
      statement.grant === consent.grantId &&
      statement.challenge === this.challenge &&
      statement.technician === consent.statement.technician &&
      statement.keyThumbprint === consent.statement.keyThumbprint &&
      statement.activities.every((each) => grant.activities.has(each));
    if (isSame) grant.proven = this.challenge;
  }

  /** When a statement is no longer shown. */
  shownUntilMs(id: RequestId): number {
    return (this.#firstCameMs.get(id) ?? 0) + this.requestShownMs;
  }

  active(nowMs: number): void {
    if (this.grant !== null) this.grant.lastActiveMs = nowMs;
  }

  /**
   * The cart's process is gone, and every right with it.
   * @param isHeld whether what outlives it says that the clinic needs the cart
   */
  cartDied(isHeld: boolean): void {
    // Who has touched "continue" may have seen it lifted before; without that touch it stands.
    if (!isHeld && this.interlock?.isLiftTouched === true) this.interlock = null;
    this.touchedEnd();
    this.challenge = null;
    this.waitingMs = null;
  }

  /** Follows the page that the operator sees. The invariants have judged the change before. */
  follow(previous: SessionState, state: SessionState, nowMs: number): void {
    if (previous.interlock !== undefined && state.interlock === undefined) this.interlock = null;
    if (previous.phase !== state.phase) this.#follow(previous, state, nowMs);
    const isTaken = state.phase === 'waiting' && state.approval.is === 'approved';
    if (isTaken && this.asking !== null) this.asking.takenMs ??= nowMs;
    const { grant } = this;
    if (grant === null || !('paused' in state) || !('paused' in previous)) return;
    if (previous.paused && !state.paused) grant.isPaused = false;
    if (previous.link.is === 'returned' && state.link.is === 'up') {
      grant.link = 'up';
      grant.lastActiveMs = nowMs;
    }
  }

  #follow(previous: SessionState, state: SessionState, nowMs: number): void {
    switch (state.phase) {
      case 'notice':
        this.noticeMs = nowMs;
        this.accepts.clear();
        break;
      case 'dialling':
        this.dialMs = nowMs;
        if (previous.phase !== 'notice') break;
        this.waitingMs = null;
        this.begun.add(state.sessionId);
        break;
      case 'waiting':
        this.waitingMs ??= nowMs;
        break;
      case 'granted': {
        const consent = this.consents.get(state.grant.id);
        if (consent !== undefined) this.grant = grantOf(consent, nowMs, this.limits);
        break;
      }
      case 'open':
        break;
      case 'ended':
      case 'idle':
        this.touchedEnd();
        break;
    }
  }

  /** The limits that are running, for whoever wants to come close to one. */
  limitsAhead(phase: SessionState['phase']): readonly number[] {
    const { limits, grant } = this;
    switch (phase) {
      case 'notice':
        return [this.noticeMs + limits.noticeMs];
      case 'dialling':
        return [this.dialMs + limits.dialMs];
      case 'waiting':
        return [
          (this.waitingMs ?? 0) + limits.waitingMs,
          ...(this.asking === null ? [] : [this.asking.atMs + APPROVAL_ASKED_MS]),
          ...[...this.signed.keys()].map((id) => this.shownUntilMs(id)),
        ];
      case 'granted':
      case 'open':
        if (grant === null) return [];
        return [
          grant.endsMs,
          grant.lastActiveMs + limits.idleMs,
          ...(grant.link === 'up' ? [] : [grant.leaseEndsMs, grant.leaseEndsMs]),
        ];
      case 'idle':
      case 'ended':
        return [];
    }
  }
}

function grantOf(consent: GhostConsent, nowMs: number, limits: SessionLimits): GhostGrant {
  return {
    consent,
    endsMs: nowMs + limits.grantMs,
    activities: consent.activities,
    link: 'up',
    leaseEndsMs: 0,
    proven: null,
    isPaused: false,
    isLiftTouched: false,
    lastActiveMs: nowMs,
  };
}

/** What an entry is about, as text. */
function keyOf(fact: JournalFact): string {
  switch (fact.kind) {
    case 'notice-accepted':
      return `notice-accepted ${fact.sessionId}`;
    case 'grant-issued':
      return `grant-issued ${fact.grantId}`;
    case 'activity-begun':
      return `activity-begun ${fact.grantId} ${fact.activity}`;
    case 'session-resumed':
      return `session-resumed ${fact.after} ${fact.grantId}`;
    default:
      return fact.kind;
  }
}
