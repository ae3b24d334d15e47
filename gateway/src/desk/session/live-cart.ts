/**
 * What the desk knows of one cart's session right now, and how it looks to one technician.
 *
 * Memory only: a granted session is also in the database, so that a restart of the gateway does not lose it; requests
 * are not, for they are worth nothing on another connection.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CaseId, GrantId, TechnicianId } from '@chaperone/domain/id/id.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type { SessionView } from '@chaperone/protocol/cart-api/schema.ts';
import type { sessionDetail } from '@chaperone/protocol/console-api/schema.ts';
import { HOLDS_SINCE_VERSION } from '@chaperone/protocol/cart-api/version.ts';
import { grantClaims } from '@chaperone/protocol/signed/claims.ts';
import { comparisonCode } from '@chaperone/protocol/signed/comparison-code.ts';
import { decodeJwt } from 'jose';
import type { z } from 'zod';
import type { Clock } from '../../platform/clock/clock.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import type { CartLink } from '../tunnel/tunnel.ts';
import type { CheckedRequest } from './check-request.ts';
import type { GrantedSession } from './session-store.ts';

export type SessionDetail = z.infer<typeof sessionDetail>;

export interface HeldRequest extends CheckedRequest {
  /** Code with which the cart refused it, or null while it is shown. */
  readonly refusal: string | null;
  readonly expiresMonotonicMs: number;
}

/** Why the desk ends a session by its own decision. */
export type EndByDesk = 'technician-left' | 'case-resolved' | 'gateway-ended';

export interface LiveGrant {
  readonly session: GrantedSession;
  /** What the grant says now; the operator may have withdrawn some. */
  activities: readonly Activity[];
  /** Activities whose opening is in the ledger. */
  readonly opened: Set<Activity>;
  /** up: usable. lost: no connection. returned: connected, not yet claimed by the technician. */
  link: 'up' | 'lost' | 'returned';
  leaseEndsMonotonicMs: number;
  /** What the cart signed; what it says later can only be less. */
  readonly signedActivities: readonly Activity[];
  readonly signedEndMonotonicMs: number;
  /** When the grant ends by what the cart says now. */
  endsMonotonicMs: number | null;
  /** Why it is over for the desk although the cart has not heard of it. */
  leaving: EndByDesk | null;
}

/** A second technician who watches a session, or wants to. */
export interface LiveWatch {
  readonly request: CheckedRequest;
  readonly technician: TechnicianId;
  readonly workstation: string;
  /** The number that the cart gave the question. */
  readonly number: number;
  /** What the cart signed. Null: the operator is being asked, or has not said yes. */
  readonly grant: GrantId | null;
  readonly state: 'asked' | 'granted' | 'refused';
}

export interface LiveCart {
  readonly serial: string;
  link: CartLink | null;
  view: SessionView | null;
  readonly requests: Map<TechnicianId, HeldRequest>;
  granted: LiveGrant | null;
  /** A second technician who watches that session, or wants to. */
  watch: LiveWatch | null;
  /** Before this the operator is not asked about another one: the cart would not. */
  watchQuietUntilMonotonicMs: number;
  ended: { readonly caseId: CaseId | null; readonly reason: EndReason } | null;
}

/** A granted session whose connection is not there, as after a restart of the gateway. */
export function interruptedGrant(session: GrantedSession, clock: Clock): LiveGrant {
  const signed = signedOf(session.grantJWS);
  const pastMs = Math.max(0, clock.utcMs() - session.grantedUtcMs);
  return {
    session,
    activities: [],
    opened: new Set(),
    link: 'lost',
    leaseEndsMonotonicMs: 0,
    signedActivities: signed.activities,
    signedEndMonotonicMs: clock.monotonicMs() + signed.durationS * 1000 - pastMs,
    endsMonotonicMs: null,
    leaving: null,
  };
}

/** Its signature was checked when it came; a row that was damaged since gives nobody anything. */
function signedOf(grantJWS: string): Pick<z.infer<typeof grantClaims>, 'activities' | 'durationS'> {
  try {
    return grantClaims.parse(decodeJwt(grantJWS));
  } catch {
    return { activities: [], durationS: 0 };
  }
}

/** Takes over what the cart says of its grant, as far as it is not more than it signed. */
export function narrow(granted: LiveGrant, view: SessionView, nowMonotonicMs: number): void {
  granted.activities = view.activities.filter((each) => granted.signedActivities.includes(each));
  const { grantEndsInMs } = view;
  granted.endsMonotonicMs =
    grantEndsInMs === null
      ? null
      : Math.min(granted.signedEndMonotonicMs, nowMonotonicMs + grantEndsInMs);
}

/** Tells whether the time is over for which the operator granted. */
export function isOver(granted: LiveGrant, nowMonotonicMs: number): boolean {
  return nowMonotonicMs >= (granted.endsMonotonicMs ?? granted.signedEndMonotonicMs);
}

export function newLiveCart(serial: string): LiveCart {
  const watchQuietUntilMonotonicMs = Number.NEGATIVE_INFINITY;
  return {
    serial,
    link: null,
    view: null,
    requests: new Map(),
    granted: null,
    watch: null,
    watchQuietUntilMonotonicMs,
    ended: null,
  };
}

/** Tells whether a caller is the one who was granted, at the same workstation. */
export function holds(session: GrantedSession, caller: Caller): boolean {
  return session.technician === caller.id && session.workstation === caller.workstation;
}

/** Shows a cart's session as one technician may see it. */
export function detailFor(
  live: LiveCart,
  serviceCase: StoredCase,
  caller: Caller,
  nameOf: (technician: TechnicianId) => string | null,
  nowMonotonicMs: number,
): SessionDetail {
  const { granted } = live;
  if (granted?.session.caseId === serviceCase.id) {
    return grantedDetail(live, granted, caller, nameOf, nowMonotonicMs);
  }
  const nothing = emptyDetail(live.serial);
  if (live.link === null || granted !== null || serviceCase.state !== 'open') {
    const ended = live.ended?.caseId === serviceCase.id ? live.ended : null;
    return ended === null ? nothing : { ...nothing, state: 'ended', endReason: ended.reason };
  }
  const { hello, identity } = live.link;
  const held = live.requests.get(caller.id);
  const request = held !== undefined && held.expiresMonotonicMs > nowMonotonicMs ? held : undefined;
  const open = { ...nothing, session: hello.session, challenge: hello.challenge } as const;
  if (request === undefined) return { ...open, state: 'waiting' };
  if (request.refusal !== null) return { ...open, state: 'waiting', refusal: request.refusal };
  return {
    ...open,
    state: 'requested',
    activities: request.claims.activities,
    comparisonCode: codeOf(identity.keyThumbprint, request),
  };
}

/** The code that the operator sees beside this request, computed from what the desk itself knows. */
export function codeOf(
  cartKeyThumbprint: string,
  { claims, keyThumbprint }: CheckedRequest,
): string {
  return comparisonCode({
    cartKeyThumbprint,
    workstationKeyThumbprint: keyThumbprint,
    sessionId: claims.session,
    caseId: claims.case,
    technicianId: claims.sub,
  });
}

function grantedDetail(
  live: LiveCart,
  granted: LiveGrant,
  caller: Caller,
  nameOf: (technician: TechnicianId) => string | null,
  nowMonotonicMs: number,
): SessionDetail {
  const { session } = granted;
  const mine = holds(session, caller);
  const interrupted = granted.link !== 'up';
  const endsMonotonicMs = interrupted ? granted.leaseEndsMonotonicMs : granted.endsMonotonicMs;
  const { view } = live;
  return {
    ...emptyDetail(live.serial),
    state: interrupted ? 'interrupted' : view?.phase === 'open' ? 'open' : 'granted',
    session: session.session,
    // A challenge to sign is there only for who may resume, once the cart is back.
    challenge: mine && granted.link === 'returned' ? (live.link?.hello.challenge ?? null) : null,
    grant: mine ? session.grant : null,
    activities: [...granted.activities],
    comparisonCode: mine
      ? comparisonCode({
          cartKeyThumbprint: session.cartKey,
          workstationKeyThumbprint: session.workstationKey,
          sessionId: session.session,
          caseId: session.caseId,
          technicianId: session.technician,
        })
      : null,
    paused: view?.paused ?? false,
    interlock: view?.interlock ?? null,
    operatorActive: view?.operatorActive ?? false,
    isHeartbeatExpected: live.link === null || live.link.hello.protocol.max >= HOLDS_SINCE_VERSION,
    secondsLeft: endsMonotonicMs === null ? null : secondsUntil(endsMonotonicMs, nowMonotonicMs),
    inputRefused: view?.inputRefused ?? 0,
    technicianName: mine ? null : nameOf(session.technician),
  };
}

function emptyDetail(cart: string): SessionDetail {
  return {
    state: 'offline',
    session: null,
    challenge: null,
    cart,
    grant: null,
    activities: [],
    comparisonCode: null,
    paused: false,
    interlock: null,
    operatorActive: false,
    isHeartbeatExpected: true,
    secondsLeft: null,
    endReason: null,
    inputRefused: 0,
    carried: null,
    technicianName: null,
    watching: null,
    refusal: null,
  };
}

function secondsUntil(monotonicMs: number, nowMs: number): number {
  return Math.max(0, Math.round((monotonicMs - nowMs) / 1000));
}
