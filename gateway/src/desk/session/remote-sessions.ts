/**
 * Remote sessions, seen from the desk: it asks, the cart decides (docs/protocol.md, section 6).
 *
 *   offline → waiting → requested → granted → open ⇄ interrupted → ended
 *
 * What a technician asks comes in here; what carts say is followed by `session-keeper.ts`. A granted session survives a
 * lost connection, or a restart of the gateway, for the lease: then only the same technician's workstation can claim
 * it. Nothing is used before its opening is in the ledger.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { SessionInterlocked } from '@chaperone/domain/interlock/interlock.ts';
import type { CaseId, GrantId, SessionId, TechnicianId } from '@chaperone/domain/id/id.ts';
import { requireFeatures } from '@chaperone/domain/licence/licence-terms.ts';
import type { LicenceTerms } from '@chaperone/domain/licence/licence-terms.ts';
import { ActivityNotGranted, SessionPaused } from '@chaperone/domain/session/admit.ts';
import { WatchTaken } from '@chaperone/domain/watching/watching.ts';
import { CaseNotOpen } from '@chaperone/domain/service-case/service-case.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import type { CartLink } from '../tunnel/tunnel.ts';
import { CartUnreachable } from '../tunnel/tunnel.ts';
import { checkRequest } from './check-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { detailFor, holds, isOver } from './live-cart.ts';
import type { EndByDesk, LiveCart, LiveGrant, SessionDetail } from './live-cart.ts';
import { isOf, watchDetail } from './live-watch.ts';
import {
  NoSession,
  SessionHeldByAnother,
  SessionRequestInvalid,
  WatchingUnknown,
} from './session-error.ts';
import { SessionKeeper } from './session-keeper.ts';
import type { SessionKeeperOptions, SessionListener } from './session-keeper.ts';
import type { EndedSession, GrantedSession, SessionStore } from './session-store.ts';

export interface RemoteSessionsOptions extends SessionKeeperOptions {
  /** How many bytes a cart has carried in a session, and this month. */
  readonly carried: (cart: string, session: SessionId) => NonNullable<SessionDetail['carried']>;
  /** DER of the pinned workstation authority. */
  readonly workstationRoot: Uint8Array;
  readonly isRevoked: (certificateSerial: string) => Promise<boolean>;
  readonly nameOf: (technician: TechnicianId) => string | null;
  /** A workstation that is out of date gets no new session. @throws WorkstationOutOfDate */
  readonly assertCurrent: (workstation: string) => Promise<void>;
  /** What a cart's licence allows; null where it has no terms. */
  readonly licenceOf: (cart: string) => Promise<LicenceTerms | null>;
}

/** A granted session that may be used now. */
export interface OpenGrant {
  readonly link: CartLink;
  readonly grant: GrantId;
}

/** A granted session, and whether it can be used now. */
export interface RunningSession {
  readonly session: GrantedSession;
  readonly state: 'granted' | 'open' | 'interrupted';
}

/** Who holds a session, or asks for one, which then has no id that counts. */
interface Held {
  readonly technician: TechnicianId;
  readonly workstation: string;
  readonly session: SessionId | null;
}

export class RemoteSessions {
  readonly #context: DeskContext;
  readonly #options: RemoteSessionsOptions;
  readonly #keeper: SessionKeeper;

  constructor(context: DeskContext, options: RemoteSessionsOptions) {
    this.#context = context;
    this.#options = options;
    this.#keeper = new SessionKeeper(context, options);
  }

  get store(): SessionStore {
    return this.#keeper.store;
  }

  /** Takes up the sessions that were running when the gateway stopped. */
  async restore(): Promise<void> {
    await this.#keeper.restore();
  }

  /** Tells when a granted session can be used: granted, or resumed after an interruption. */
  onUsable(listener: SessionListener): void {
    this.#keeper.onUsable(listener);
  }

  /** Tells when a session lost its connection or ended. */
  onInterrupted(listener: SessionListener): void {
    this.#keeper.onInterrupted(listener);
  }

  /** Puts the offer anew after something about a cart's case changed. */
  async caseChanged(cart: string): Promise<void> {
    await this.#keeper.caseChanged(cart);
  }

  /** Keeps a receipt that a cart has brought later. @throws GrantInvalid when the cart's key did not sign it */
  async keepLateReceipt(
    identity: CartLink['identity'],
    session: SessionId,
    receipt: string,
  ): Promise<EndedSession | null> {
    return await this.#keeper.keepLateReceipt(identity, session, receipt);
  }

  close(): void {
    this.#keeper.close();
  }

  detail(serviceCase: StoredCase, caller: Caller): SessionDetail {
    const nowMs = this.#context.clock.monotonicMs();
    const live = this.#keeper.cart(serviceCase.cart);
    const detail = detailFor(live, serviceCase, caller, this.#options.nameOf, nowMs);
    const { granted } = live;
    if (granted?.session.caseId !== serviceCase.id) return detail;
    return {
      ...detail,
      carried: this.#options.carried(serviceCase.cart, granted.session.session),
      watching: watchDetail(live, granted, caller, this.#options.nameOf),
    };
  }

  isOnline(serial: string): boolean {
    return this.#options.tunnel.linkOf(serial) !== null;
  }

  inSession(caseId: CaseId): boolean {
    for (const live of this.#keeper.carts()) {
      if (live.granted?.session.caseId === caseId && live.granted.leaving === null) return true;
    }
    return false;
  }

  /** Writes the ends that are missing of a case that is being resolved, after a database that failed. */
  async writeMissingEnds(caseId: CaseId): Promise<void> {
    await this.#keeper.writeMissingEnds(caseId);
  }

  /**
   * Passes a technician's signed request on to the cart.
   * @throws WorkstationOutOfDate, CaseNotOpen, SessionRequestInvalid, SessionRequestStale, CartUnreachable, NoSession,
   *   FeatureNotLicensed, LedgerUnavailable
   */
  async request(serviceCase: StoredCase, caller: Caller, jws: string): Promise<SessionDetail> {
    // A session that runs is never cut for it: nothing of the kind is asked at its resuming.
    await this.#options.assertCurrent(caller.workstation);
    return await this.#keeper.run(serviceCase.cart, async () => {
      const live = this.#keeper.cart(serviceCase.cart);
      const { link } = live;
      if (link === null) throw new CartUnreachable('The cart is not connected.');
      if (live.granted !== null) throw new NoSession('Another session of this cart is running.');
      await this.#assertOpen(serviceCase);
      // The same request again changes nothing, and is no entry of its own.
      const held = live.requests.get(caller.id);
      if (held?.jws === jws && held.refusal === null) return this.detail(serviceCase, caller);
      const checked = await this.#check(jws, serviceCase, caller, link, 'request');
      const { claims } = checked;
      // Told here, before an operator is shown what they cannot allow. Dates are the cart's own to judge, by its clock.
      const terms = await this.#options.licenceOf(serviceCase.cart);
      if (terms !== null) requireFeatures(terms, claims.activities);
      await this.#context.ledger.append({
        kind: 'session-requested',
        caseId: serviceCase.id,
        sessionId: claims.session,
        technicianId: caller.id,
        grantId: null,
        activities: claims.activities,
      });
      const leftMs = claims.exp * 1000 - this.#context.clock.utcMs();
      const expiresMonotonicMs = this.#context.clock.monotonicMs() + Math.max(0, leftMs);
      live.requests.delete(caller.id);
      live.requests.set(caller.id, { ...checked, refusal: null, expiresMonotonicMs });
      await this.#keeper.offer(live, link);
      this.#options.events.sessionChanged(serviceCase.id);
      return this.detail(serviceCase, caller);
    });
  }

  /**
   * Claims an interrupted session for the same technician and workstation.
   * @throws NoSession, SessionHeldByAnother, SessionRequestInvalid, SessionRequestStale, CartRefusal, LedgerUnavailable
   */
  async resume(serviceCase: StoredCase, caller: Caller, jws: string): Promise<SessionDetail> {
    return await this.#keeper.run(serviceCase.cart, async () => {
      const live = this.#keeper.cart(serviceCase.cart);
      const { granted, link } = live;
      if (
        granted?.session.caseId !== serviceCase.id ||
        granted.link !== 'returned' ||
        link === null
      ) {
        throw new NoSession('There is no interrupted session that could be resumed now.');
      }
      await this.#assertOpen(serviceCase);
      const { session } = granted;
      const checked = await this.#check(jws, serviceCase, caller, link, 'resume');
      const same = holds(session, caller) && checked.keyThumbprint === session.workstationKey;
      if (!same || checked.claims.grant !== session.grant) {
        throw new SessionHeldByAnother(
          'Only the same technician at the same workstation can resume this session.',
        );
      }
      const ids = { sessionId: session.session, grantId: session.grant };
      await this.#context.ledger.append({ kind: 'session-resumed', ...ids });
      await link.resume(jws);
      this.#keeper.becomeUsable(live, granted);
      return this.detail(serviceCase, caller);
    });
  }

  /**
   * Has the operator asked whether a second technician may watch the session.
   * @throws WorkstationOutOfDate, CaseNotOpen, NoSession, WatchTaken, WatchingUnknown, SessionInterlocked, SessionPaused,
   *   SessionRequestInvalid, SessionRequestStale, CartRefusal, CartUnreachable, LedgerUnavailable
   */
  async watch(serviceCase: StoredCase, caller: Caller, jws: string): Promise<SessionDetail> {
    await this.#options.assertCurrent(caller.workstation);
    return await this.#keeper.run(serviceCase.cart, async () => {
      const live = this.#keeper.cart(serviceCase.cart);
      const { granted, link } = this.#usable(live, serviceCase);
      if (granted.session.technician === caller.id)
        throw new WatchTaken('Who holds the session sees it already.');
      if (!link.knowsWatching)
        throw new WatchingUnknown('This cart cannot let a second technician watch.');
      if (live.watch !== null && live.watch.state !== 'refused')
        throw new WatchTaken('Somebody watches already, or the operator is being asked.');
      await this.#assertOpen(serviceCase);
      const checked = await this.#check(jws, serviceCase, caller, link, 'watch');
      const [only, ...more] = checked.claims.activities;
      const isOfIt = checked.claims.grant === granted.session.grant;
      if (!isOfIt || only !== 'view' || more.length > 0)
        throw new SessionRequestInvalid('It does not ask to watch this session, and nothing else.');
      await this.#keeper.watches.ask(live, granted, link, caller, checked);
      this.#keeper.announce(live);
      return this.detail(serviceCase, caller);
    });
  }

  /** Takes back what a second technician asked, or ends their watching: here at once, then the cart is told. */
  leaveWatch(serviceCase: StoredCase, caller: Caller): SessionDetail {
    const live = this.#keeper.cart(serviceCase.cart);
    const isTheirs = live.watch !== null && isOf(live.watch, caller);
    if (isTheirs && live.granted?.session.caseId === serviceCase.id) this.#endWatch(live);
    return this.detail(serviceCase, caller);
  }

  /** Gives the grant to watch of who was let in. @throws NoSession, SessionInterlocked, SessionPaused */
  openWatch(serviceCase: StoredCase, caller: Caller): OpenGrant & { readonly session: SessionId } {
    const live = this.#keeper.cart(serviceCase.cart);
    const { granted, link } = this.#usable(live, serviceCase);
    const { watch } = live;
    if (watch?.grant == null || watch.state !== 'granted' || !isOf(watch, caller))
      throw new NoSession('The operator has not let you watch.');
    return { link, grant: watch.grant, session: granted.session.session };
  }

  /** Tells whether somebody still watches by a grant. */
  watches(serviceCase: StoredCase, caller: Caller, grant: GrantId): boolean {
    const { watch } = this.#keeper.cart(serviceCase.cart);
    return watch?.grant === grant && watch.state === 'granted' && isOf(watch, caller);
  }

  /** Tells when nobody watches a session any more. */
  onWatchOver(listener: SessionListener): void {
    this.#keeper.watches.onOver(listener);
  }

  /** Ends the session from the technician's side. It is over at once here, whatever the cart answers. */
  async leave(serviceCase: StoredCase, caller: Caller): Promise<SessionDetail> {
    const live = this.#keeper.cart(serviceCase.cart);
    const { granted } = live;
    if (granted?.session.caseId === serviceCase.id) {
      if (!holds(granted.session, caller))
        throw new SessionHeldByAnother('Another technician holds this session.');
      await this.#keeper.end(live, granted, 'technician-left');
    } else if (live.requests.delete(caller.id)) {
      await this.#keeper.run(live.serial, async () => {
        if (live.link !== null) await this.#keeper.offer(live, live.link);
      });
    }
    this.#options.events.sessionChanged(serviceCase.id);
    return this.detail(serviceCase, caller);
  }

  /** Ends what somebody who signs out holds, and takes back what they asked for. */
  async leaveAll({ id, workstation: at }: Caller): Promise<void> {
    await this.#endEach(
      ({ technician, workstation }) => technician === id && workstation === at,
      'technician-left',
    );
  }

  /** Ends every session that a workstation holds, because its licence is gone, and takes back what was asked from it. */
  async endOfWorkstation(retired: string): Promise<void> {
    await this.#endEach(({ workstation }) => workstation === retired, 'gateway-ended');
  }

  /** The sessions that have not ended, of all carts. */
  running(): readonly RunningSession[] {
    const found: RunningSession[] = [];
    for (const { granted, view } of this.#keeper.carts()) {
      if (granted === null || granted.leaving !== null) continue;
      const open = view?.phase === 'open' ? 'open' : 'granted';
      found.push({ session: granted.session, state: granted.link === 'up' ? open : 'interrupted' });
    }
    return found;
  }

  /** Ends one session, because somebody who may decided so. */
  async endOfSession(ordered: SessionId): Promise<void> {
    await this.#endEach(({ session }) => session === ordered, 'gateway-ended');
  }

  /** Ends what a technician holds from one workstation, and takes back what they asked for there: that sign-in was ended. */
  async endOfTechnicianAt(id: TechnicianId, at: string): Promise<void> {
    await this.#endEach(
      ({ technician, workstation }) => technician === id && workstation === at,
      'gateway-ended',
    );
  }

  /** Ends what a technician holds from any other workstation, and takes back what they asked for there: those sign-ins ended. */
  async endOfTechnicianElsewhere(id: TechnicianId, at: string): Promise<void> {
    await this.#endEach(
      ({ technician, workstation }) => technician === id && workstation !== at,
      'gateway-ended',
    );
  }

  /** Ends the session that somebody holds who may not come in any more, and takes back what they asked for. */
  async endOfTechnician(id: TechnicianId): Promise<void> {
    await this.#endEach(({ technician }) => technician === id, 'gateway-ended');
  }

  /**
   * Gives the technician's grant for one activity, which is in the ledger before it is used for the first time.
   * @throws NoSession, SessionHeldByAnother, ActivityNotGranted, SessionInterlocked, SessionPaused, LedgerUnavailable
   */
  async open(serviceCase: StoredCase, caller: Caller, activity: Activity): Promise<OpenGrant> {
    const live = this.#keeper.cart(serviceCase.cart);
    const granted = live.granted?.session.caseId === serviceCase.id ? live.granted : null;
    if (granted !== null && !holds(granted.session, caller)) {
      throw new SessionHeldByAnother('Another technician holds this session.');
    }
    return await this.#use(live, granted, activity);
  }

  /** The same for work that goes on by itself, such as a transfer: for the session's own technician only. */
  async openAgain(session: GrantedSession, activity: Activity): Promise<OpenGrant> {
    const live = this.#keeper.cart(session.cart);
    const granted = live.granted?.session.session === session.session ? live.granted : null;
    return await this.#use(live, granted, activity);
  }

  /** Tells whether the session of a case has an activity, whoever holds it. */
  grantedFor(serviceCase: StoredCase, activity: Activity): boolean {
    const granted = this.#keeper.cart(serviceCase.cart).granted;
    return granted?.session.caseId === serviceCase.id && granted.activities.includes(activity);
  }

  /** The session of a case that has not ended, or null. */
  grantedOf(caseId: CaseId): GrantedSession | null {
    for (const { granted } of this.#keeper.carts()) {
      if (granted?.session.caseId === caseId) return granted.session;
    }
    return null;
  }

  /** On all carts at the same time: one that does not answer holds up the end of nothing else. */
  async #endEach(fits: (held: Held) => boolean, reason: EndByDesk): Promise<void> {
    const carts = [...this.#keeper.carts()];
    await Promise.all(carts.map(async (live) => await this.#endAt(live, fits, reason)));
  }

  /**
   * It is over here at once. What the cart or the disk does not take then is logged and fails nothing: whoever ended it has
   * more to end, and to write down.
   */
  async #endAt(live: LiveCart, fits: (held: Held) => boolean, reason: EndByDesk): Promise<void> {
    try {
      const { granted } = live;
      const { watch } = live;
      if (watch !== null && fits({ ...watch, session: null })) this.#endWatch(live);
      if (granted !== null && fits(granted.session))
        return await this.#keeper.end(live, granted, reason);
      const gone = [...live.requests].filter(
        ([
          technician,
          {
            claims: { iss: workstation },
          },
        ]) => fits({ technician, workstation, session: null }),
      );
      for (const [technician] of gone) live.requests.delete(technician);
      if (gone.length > 0) await this.#keeper.caseChanged(live.serial);
    } catch (fault) {
      const { log } = this.#context;
      log.error(
        { cart: live.serial, err: fault },
        'the end of a session could not be told or written',
      );
    }
  }

  #endWatch(live: LiveCart): void {
    this.#keeper.watches.over(live, live.granted, live.link);
    this.#keeper.announce(live);
  }

  /** The session of a case, if it can be looked at now. @throws NoSession, SessionInterlocked, SessionPaused */
  #usable(
    { granted, link, view }: LiveCart,
    { id }: StoredCase,
  ): { readonly granted: LiveGrant; readonly link: CartLink } {
    const isUp =
      granted?.session.caseId === id && granted.link === 'up' && granted.leaving === null;
    if (!isUp || link === null || isOver(granted, this.#context.clock.monotonicMs()))
      throw new NoSession('There is no session that could be watched now.');
    if (view?.interlock !== undefined) throw new SessionInterlocked('The clinic needs the cart.');
    if (view?.paused === true) throw new SessionPaused('The operator has paused the session.');
    return { granted, link };
  }

  async #use(live: LiveCart, granted: LiveGrant | null, activity: Activity): Promise<OpenGrant> {
    const { link } = live;
    if (granted === null || link === null || granted.link !== 'up' || granted.leaving !== null) {
      throw new NoSession('There is no session that could be used now.');
    }
    // The cart ends it by its own clock; one that does not has no more of it here.
    if (isOver(granted, this.#context.clock.monotonicMs()))
      throw new NoSession('The time that the operator granted is over.');
    if (!granted.activities.includes(activity)) {
      throw new ActivityNotGranted(`The operator did not grant "${activity}".`);
    }
    if (live.view?.interlock !== undefined)
      throw new SessionInterlocked('The clinic needs the cart.');
    if (live.view?.paused === true) throw new SessionPaused('The operator has paused the session.');
    const { session: sessionId, grant: grantId } = granted.session;
    if (!granted.opened.has(activity)) {
      await this.#context.ledger.append({ kind: 'activity-opened', sessionId, grantId, activity });
      granted.opened.add(activity);
      // Time has passed: what was true above may have ended.
      return await this.#use(live, live.granted, activity);
    }
    return { link, grant: grantId };
  }

  /** The case may have been resolved since the caller was let through. @throws CaseNotOpen */
  async #assertOpen({ id }: StoredCase): Promise<void> {
    const { state } = await this.#options.cases.get(id);
    if (state !== 'open') throw new CaseNotOpen('This case is not open any more.');
  }

  async #check(
    jws: string,
    serviceCase: StoredCase,
    caller: Caller,
    link: CartLink,
    purpose: 'request' | 'resume' | 'watch',
  ): Promise<CheckedRequest> {
    const { workstationRoot, isRevoked } = this.#options;
    const { session, challenge } = link.hello;
    const nowMs = this.#context.clock.utcMs();
    const deidentification = await this.#options.ruleOf(serviceCase.id);
    const asked = { caller, serviceCase, session, challenge, purpose, deidentification };
    return await checkRequest(jws, { ...asked, workstationRoot, isRevoked, nowMs });
  }
}
