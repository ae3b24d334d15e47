/**
 * Trying a network profile with a way back.
 *
 *   none ─→ trying ─┬→ keeping ─┬→ kept
 *                   │           │
 *                   └→ returning ←┘ ─→ rolled-back
 *
 * A change begins with the last good profile written down and ends with one profile in force: the new one, when it has been
 * proven before its time was over, or the last good one. Silence is a no: a limit that passes, a restart, a record that
 * cannot be read all lead back. Only one change is under way at a time. Time comes in as an argument, of the monotonic clock;
 * after a restart there is no time left.
 */
import { DomainError } from '../error/domain-error.ts';

export const CHANGE_FAILURES = [
  /** The limit passed without a link, an address and a gateway. */
  'TIMED_OUT',
  /** The network refused the sign-in; trying again could lock the hospital's account. */
  'LOGIN_REFUSED',
  /** NetworkManager did not take the profile. */
  'NOT_APPLIED',
  /** It worked, and could not be written down. */
  'NOT_KEPT',
  /** Somebody asked for the way back. */
  'WITHDRAWN',
  /** The agent or the machine was started anew meanwhile. */
  'RESTARTED',
] as const;
export type ChangeFailure = (typeof CHANGE_FAILURES)[number];

interface Under {
  readonly id: string;
  readonly interface: string;
}

export type NetworkChange =
  | { readonly state: 'none' }
  | (Under & {
      readonly state: 'trying';
      /** Reading of the monotonic clock at which it is over. Milliseconds. */
      readonly untilMs: number;
      /** What was in the way when it was looked at last, as a code; null before. */
      readonly trouble: string | null;
    })
  | (Under & { readonly state: 'keeping' })
  | (Under & {
      readonly state: 'returning';
      readonly failure: ChangeFailure;
      readonly trouble: string | null;
    })
  | (Under & { readonly state: 'kept' })
  | (Under & {
      readonly state: 'rolled-back';
      readonly failure: ChangeFailure;
      /** What was in the way last, as a code: why the limit passed. */
      readonly trouble: string | null;
    });

export class NetworkChangeUnderWay extends DomainError {
  readonly code = 'NETWORK_CHANGE_UNDER_WAY';
  constructor() {
    super('A network profile is being tried. Wait for its end, or take it back.');
  }
}

export const NO_CHANGE: NetworkChange = { state: 'none' };

/** How long a profile is tried. Milliseconds; DHCP over a slow switch port (spanning tree) takes half of it. */
export const CHANGE_LIMIT_MS = 60_000;

/** Tells whether something is being tried, kept or taken back at this moment. */
export function isUnderWay(change: NetworkChange): boolean {
  return change.state === 'trying' || change.state === 'keeping' || change.state === 'returning';
}

/** Begins a change. @throws NetworkChangeUnderWay */
export function begin(
  change: NetworkChange,
  { id, interface: name }: Under,
  nowMs: number,
  limitMs: number,
): NetworkChange {
  if (isUnderWay(change)) throw new NetworkChangeUnderWay();
  return { state: 'trying', id, interface: name, untilMs: nowMs + limitMs, trouble: null };
}

/** Notes what is in the way; it is looked at again until the limit passes. */
export function note(change: NetworkChange, trouble: string): NetworkChange {
  return change.state === 'trying' ? { ...change, trouble } : change;
}

/** Says that link, address and gateway are there. Too late is a no. */
export function prove(change: NetworkChange, nowMs: number): NetworkChange {
  if (change.state !== 'trying') return change;
  if (nowMs >= change.untilMs) return fail(change, 'TIMED_OUT');
  return { state: 'keeping', id: change.id, interface: change.interface };
}

/** Takes the way back, once there is one: what was kept or taken back stays so. */
export function fail(change: NetworkChange, failure: ChangeFailure): NetworkChange {
  if (change.state !== 'trying' && change.state !== 'keeping') return change;
  const trouble = change.state === 'trying' ? change.trouble : null;
  return { state: 'returning', id: change.id, interface: change.interface, failure, trouble };
}

/** Says that the new profile is written down as the good one. */
export function keep(change: NetworkChange): NetworkChange {
  if (change.state !== 'keeping') return change;
  return { state: 'kept', id: change.id, interface: change.interface };
}

/** Says that the last good profile is in force again. */
export function returned(change: NetworkChange): NetworkChange {
  return change.state === 'returning' ? { ...change, state: 'rolled-back' } : change;
}

/**
 * Takes up a change that a restart cut off.
 * @param begun what was written down when it began; null: nothing was
 * @param keptId which change the good profile on the disk is of; the write of that one file decides
 */
export function resume(begun: Under | null, keptId: string | null): NetworkChange {
  if (begun === null) return NO_CHANGE;
  const { id, interface: name } = begun;
  if (id === keptId) return { state: 'keeping', id, interface: name };
  return { state: 'returning', id, interface: name, failure: 'RESTARTED', trouble: null };
}
