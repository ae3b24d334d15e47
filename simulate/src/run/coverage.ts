/**
 * What a large run must have reached to prove anything: a simulator that never opens a session finds no fault in one.
 */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { DESTRUCTION_STEPS } from '@chaperone/domain/destruction/destruction.ts';
import { END_REASONS } from '@chaperone/domain/session/state.ts';
import type { SessionPhase } from '@chaperone/domain/session/state.ts';
import { TRANSFER_STATES } from '@chaperone/domain/transfer/transfer.ts';
import { LIES } from '../gateway/liar.ts';
import { FAULTS } from '../schedule/schedule.ts';

const PHASES: readonly SessionPhase[] = [
  'idle',
  'notice',
  'dialling',
  'waiting',
  'granted',
  'open',
  'ended',
];
/** From so many schedules on, everything must have been reached. */
export const LARGE_RUN = 20_000;
/** `queued` is where a transfer begins; it is not moved there. Simulated carts de-identify nothing, so none is `preparing`. */
const MOVED = TRANSFER_STATES.filter((state) => state !== 'queued' && state !== 'preparing');
const REFUSALS = [
  'OUT_OF_TURN',
  'NOTICE_OUTDATED',
  'REQUEST_UNKNOWN',
  'CONSENT_INVALID',
  'GRANT_NOT_IN_FORCE',
  'ACTIVITY_NOT_GRANTED',
  'SESSION_PAUSED',
  'SESSION_INTERLOCKED',
  'SESSION_CONTENDED',
  'RESUME_REFUSED',
  'STATEMENT_REFUSED',
  'DISK_FULL',
  'CASE_IN_SESSION',
  'TRANSFER_OUT_OF_TURN',
  'LICENCE_USED',
  'SECOND_APPROVAL_NEEDED',
  'APPROVAL_NOT_ASKED',
  'APPROVER_UNKNOWN',
  'FACILITY_POLICY_NOT_IN_FORCE',
];

/** Everything that is to be reached, in the order of the summary. */
export const EXPECTED: readonly string[] = [
  ...PHASES.map((each) => `phase ${each}`),
  ...END_REASONS.map((each) => `end ${each}`),
  ...ACTIVITIES.map((each) => `activity ${each}`),
  ...MOVED.map((each) => `transfer ${each}`),
  'placed vault',
  'placed inbox',
  'digest mismatch',
  'upload cut off',
  ...DESTRUCTION_STEPS.map((each) => `destruction ${each}`),
  'destruction again',
  'destruction interrupted',
  ...FAULTS.filter((each) => each !== 'gateway-lies').map((each) => `fault ${each}`),
  ...LIES.map((each) => `lie ${each}`),
  ...REFUSALS.map((each) => `refused ${each}`),
  'desk lease passed',
  'second yes asked',
  'second yes given',
  'interlock raised',
  'interlock lifted',
];

/** What has not been reached. */
export function unreached(reached: ReadonlyMap<string, number>): readonly string[] {
  return EXPECTED.filter((each) => !reached.has(each));
}
