/**
 * Which of several gateways on one database is the active one: the holder of a numbered fence, by a lease.
 *
 *   free → held (epoch n, until t) → renewed … → let go, or lapsed → held by another (epoch n+1)
 *
 * The epoch only grows. Whoever was overtaken may wake up later and believe that it is active still; it is refused
 * wherever its epoch is compared with the present one, and its lease tells it, by a clock that nobody can set, that it has
 * to compare. Times are the database's, so that two machines need not agree on theirs. Decision 0029.
 */
import { DomainError } from '../error/domain-error.ts';

export interface FenceState {
  /** 0 before the first holder. */
  readonly epoch: number;
  /** Who holds it, in words; null when it was let go. */
  readonly holder: string | null;
  readonly leaseEndsMs: number;
}

export const FREE_FENCE: FenceState = { epoch: 0, holder: null, leaseEndsMs: 0 };

/** Another gateway is the active one. */
export class GatewayFenced extends DomainError {
  readonly code = 'GATEWAY_FENCED';
}

export type Claim =
  | {
      readonly kind: 'taken';
      readonly state: FenceState;
      /** The one before did not let go: it may be asleep. */
      readonly tookOver: boolean;
    }
  | { readonly kind: 'held'; readonly holder: string; readonly leaseLeftMs: number };

/** Takes the fence when nobody holds it or its lease has lapsed. */
export function claimFence(state: FenceState, who: string, nowMs: number, leaseMs: number): Claim {
  const leaseLeftMs = state.leaseEndsMs - nowMs;
  if (state.holder !== null && leaseLeftMs > 0)
    return { kind: 'held', holder: state.holder, leaseLeftMs };
  return {
    kind: 'taken',
    state: { epoch: state.epoch + 1, holder: who, leaseEndsMs: nowMs + leaseMs },
    tookOver: state.holder !== null,
  };
}

/** Prolongs the lease; one that has lapsed, too, as long as nobody took over. @throws GatewayFenced */
export function renewFence(
  state: FenceState,
  epoch: number,
  nowMs: number,
  leaseMs: number,
): FenceState {
  assertEpoch(state, epoch);
  return { ...state, leaseEndsMs: Math.max(state.leaseEndsMs, nowMs + leaseMs) };
}

/** Lets go, so that the next one need not wait; whoever was overtaken changes nothing. */
export function releaseFence(state: FenceState, epoch: number): FenceState {
  return state.epoch === epoch ? { ...state, holder: null, leaseEndsMs: 0 } : state;
}

/** @throws GatewayFenced when another one took over since */
export function assertEpoch(state: FenceState, epoch: number): void {
  if (state.epoch === epoch && state.holder !== null) return;
  const by = state.holder === null ? 'Another gateway' : state.holder;
  throw new GatewayFenced(
    `${by} has become the active gateway (epoch ${state.epoch}, this one had ${epoch}). This one has to end.`,
  );
}
