/** Every time limit of a session on the cart. All are milliseconds of the monotonic clock. */
export interface SessionLimits {
  /** How long the notice stays; after it the answer is no. */
  readonly noticeMs: number;
  /** How long the cart tries to reach the gateway before it gives up. */
  readonly dialMs: number;
  /** How long the cart stays connected with nobody granted. */
  readonly waitingMs: number;
  /** The longest life of a grant. */
  readonly grantMs: number;
  /** How long a granted session survives without its connection. */
  readonly leaseMs: number;
  /** How long a granted session may pass with no activity at all (MDS2 ALOF). */
  readonly idleMs: number;
  /** How long the "ended" page stays before the cart is idle again. */
  readonly endedMs: number;
}

export const DEFAULT_SESSION_LIMITS: SessionLimits = {
  noticeMs: 60_000,
  dialMs: 90_000,
  waitingMs: 20 * 60_000,
  grantMs: 60 * 60_000,
  leaseMs: 120_000,
  idleMs: 15 * 60_000,
  endedMs: 60_000,
};
