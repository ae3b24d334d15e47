/** The clinical interlock as data: who said that the clinic needs the cart. Its rules are in `session/interlock.ts`. */

import { DomainError } from '../error/domain-error.ts';

/** All of them are at the cart itself: no message of a gateway raises it, and none lifts it. */
export const INTERLOCK_SOURCES = [
  /** One touch of the operator. */
  'operator',
  /** The cart's own software: an examination has begun, or a probe is at work. */
  'new-exam',
  'probe-active',
  /** Anything else that the cart's vendor has a reason for. */
  'vendor',
] as const;
export type InterlockSource = (typeof INTERLOCK_SOURCES)[number];

/** Those that may come through the vendor's door. */
export const SIGNAL_SOURCES = ['new-exam', 'probe-active', 'vendor'] as const;
export type SignalSource = (typeof SIGNAL_SOURCES)[number];

export interface Interlock {
  /** Whoever raised it first; another signal while it is raised changes nothing. */
  readonly source: InterlockSource;
  /** By the cart's clock, to be shown. */
  readonly sinceUtcMs: number;
}

/** Thrown at whoever wants anything of a cart that the clinic needs. */
export class SessionInterlocked extends DomainError {
  readonly code = 'SESSION_INTERLOCKED';
}
