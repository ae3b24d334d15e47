/**
 * Trying a network profile with a way back.
 *
 *   none ─→ trying ─┬→ keeping ─┬→ kept
 *                   │           │
 *                   └→ returning ←┘ ─→ rolled-back
 *
 * A change begins with the last good profile written down and ends with one profile in force: the new one, when it has been
 * proven before its time was over, or the last good one. What counts as proven is said at the beginning. Silence is a no: a limit that passes, a restart, a record that
 * cannot be read all lead back. Only one change is under way at a time. Time comes in as an argument, of the monotonic clock;
 * after a restart there is no time left.
 */
import { DomainError } from '../error/domain-error.ts';
import { FINDINGS, VALIDATION_STEPS } from '../validation/finding.ts';

export const CHANGE_FAILURES = [
  /** The limit passed without what it was to show. */
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

/**
 * What a profile has to show before it is kept. `gateway` is asked for unless a person says otherwise; `link` is for a place where the
 * way beyond the router is not open yet: link, address and router (if it has one) are enough.
 */
export const CHANGE_PROOFS = ['gateway', 'link'] as const;
export type ChangeProof = (typeof CHANGE_PROOFS)[number];

interface Under {
  readonly id: string;
  readonly interface: string;
  readonly proof: ChangeProof;
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

/** What is in the way when the gateway is reached, but not over the interface that is tried: nothing is proven of that one then. */
export const BY_OTHER_INTERFACE = 'GATEWAY_BY_OTHER_INTERFACE';

/** How long a profile is tried. Milliseconds; DHCP over a slow switch port (spanning tree) takes half of it. */
export const CHANGE_LIMIT_MS = 60_000;

/** Tells whether something is being tried, kept or taken back at this moment. */
export function isUnderWay(change: NetworkChange): boolean {
  return change.state === 'trying' || change.state === 'keeping' || change.state === 'returning';
}

/** Begins a change. @throws NetworkChangeUnderWay */
export function begin(
  change: NetworkChange,
  begun: Under,
  nowMs: number,
  limitMs: number,
): NetworkChange {
  if (isUnderWay(change)) throw new NetworkChangeUnderWay();
  return { state: 'trying', ...underOf(begun), untilMs: nowMs + limitMs, trouble: null };
}

/** Notes what is in the way; it is looked at again until the limit passes. */
export function note(change: NetworkChange, trouble: string): NetworkChange {
  return change.state === 'trying' ? { ...change, trouble } : change;
}

/** Says what was shown: with the gateway, link and router are, too. Too late is a no; less than was asked for changes nothing. */
export function prove(change: NetworkChange, shown: ChangeProof, nowMs: number): NetworkChange {
  if (change.state !== 'trying') return change;
  if (nowMs >= change.untilMs) return fail(change, 'TIMED_OUT');
  if (shown !== 'gateway' && shown !== change.proof) return change;
  return { state: 'keeping', ...underOf(change) };
}

/** Takes the way back, once there is one: what was kept or taken back stays so. */
export function fail(change: NetworkChange, failure: ChangeFailure): NetworkChange {
  if (change.state !== 'trying' && change.state !== 'keeping') return change;
  const trouble = change.state === 'trying' ? change.trouble : null;
  return { state: 'returning', ...underOf(change), failure, trouble };
}

/** Says that the new profile is written down as the good one. */
export function keep(change: NetworkChange): NetworkChange {
  if (change.state !== 'keeping') return change;
  return { state: 'kept', ...underOf(change) };
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
  const under = underOf(begun);
  if (begun.id === keptId) return { state: 'keeping', ...under };
  return { state: 'returning', ...under, failure: 'RESTARTED', trouble: null };
}

/**
 * Tells whether a profile that was taken back had link, address and router, and only what lies beyond was in the way: then a person may
 * choose to keep it all the same, by trying it again with the proof `link`.
 */
export function isKeepable(change: NetworkChange): boolean {
  if (change.state !== 'rolled-back' || change.failure !== 'TIMED_OUT') return false;
  if (change.trouble === BY_OTHER_INTERFACE) return true;
  const step = Object.entries(FINDINGS).find(([finding]) => finding === change.trouble)?.[1];
  return step !== undefined && VALIDATION_STEPS.indexOf(step) > VALIDATION_STEPS.indexOf('route');
}

function underOf({ id, interface: name, proof }: Under): Under {
  return { id, interface: name, proof };
}
