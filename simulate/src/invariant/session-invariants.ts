/** What must hold of the cart's session. Each judges by the ghost's books; null when all is well. */
import {
  APPROVAL_ASKED_MS,
  APPROVAL_GIVEN_MS,
} from '@chaperone/domain/facility-policy/second-approval.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { Ghost } from '../ghost/ghost.ts';
import type { Observation } from './observation.ts';

type Of<Is extends Observation['is']> = Extract<Observation, { readonly is: Is }>;

/** No activity without a consent in force for exactly that technician, workstation, case, session and activity. */
export function consentInForce(
  observation: Of<'admitted'> | Of<'taken'>,
  ghost: Ghost,
  nowMs: number,
): string | null {
  return observation.is === 'taken'
    ? grantIsConsented(observation.previous, observation.state, ghost)
    : admissionIsConsented(observation, ghost, nowMs);
}

function admissionIsConsented(asked: Of<'admitted'>, ghost: Ghost, nowMs: number): string | null {
  const { grant } = ghost;
  const what = `"${asked.activity}" was admitted`;
  if (grant === null) return `${what} although no consent is in force.`;
  const { consent } = grant;
  if (asked.grantId !== consent.grantId) return `${what} under another grant.`;
  if (!grant.activities.has(asked.activity)) return `${what}, which the operator did not allow.`;
  if (grant.isPaused) return `${what} while the operator has paused.`;
  if (grant.link !== 'up') return `${what} over a connection that nobody has claimed.`;
  if (nowMs >= grant.endsMs) return `${what} after the end of the grant.`;
  if (asked.by !== null && asked.by !== consent.statement.technician) {
    return `${what} for another technician than the one consented to.`;
  }
  return null;
}

function grantIsConsented(
  previous: SessionState,
  state: SessionState,
  ghost: Ghost,
): string | null {
  if (!isInSession(state)) return null;
  if (!isInSession(previous)) {
    const consent = ghost.consents.get(state.grant.id);
    if (consent === undefined) return 'A grant exists, and no touch of the operator that made it.';
    const { statement } = consent;
    const { grant } = state;
    const isSame =
      grant.id === consent.grantId &&
      grant.technician.id === statement.technician &&
      grant.workstation.id === statement.workstation &&
      grant.workstation.keyThumbprint === statement.keyThumbprint &&
      grant.caseId === statement.caseId &&
      grant.sessionId === statement.session &&
      state.sessionId === statement.session;
    if (!isSame) return 'The grant is not the one that the operator consented to.';
    if (statement.purpose !== 'request' || statement.challenge !== ghost.challenge) {
      return 'The grant answers something that was not signed for this connection.';
    }
    if (grant.activities.some((each) => !consent.activities.has(each))) {
      return 'The grant has an activity that the operator did not switch on.';
    }
    return null;
  }
  const { grant } = ghost;
  if (grant === null) return null;
  const wider = state.grant.activities.find((each) => !grant.activities.has(each));
  if (wider !== undefined) return `The grant has "${wider}", which was withdrawn.`;
  if (previous.link.is !== 'up' && state.link.is === 'up' && grant.proven === null) {
    return 'The session goes on, and nobody has proven to be the same technician on this connection.';
  }
  return null;
}

/** No session begins against the facility's policy as it is then, nor without the second yes that it wants, for just that and in time. */
export function policyBinds(
  { previous, state }: Of<'taken'>,
  ghost: Ghost,
  nowMs: number,
): string | null {
  const { policy, asking } = ghost;
  if (!isInSession(state) || isInSession(previous) || policy === null) return null;
  if (policy === 'refuses-all') return 'A grant exists, and the policy of the facility is over.';
  const { grant } = state;
  if (!grant.activities.some((each) => policy.wantsSecond.has(each))) return null;
  if (asking === null || asking.yesBy.size === 0 || asking.takenMs === null)
    return 'A grant exists, and no second person has said yes.';
  const { yesBy } = asking;
  if (![...yesBy].some((who) => policy.approvers.has(who)))
    return `"${[...yesBy].join('" and "')}" may not approve.`;
  const isForThis =
    ghost.consents.get(grant.id)?.statement.id === asking.id &&
    grant.activities.length === asking.activities.size &&
    grant.activities.every((each) => asking.activities.has(each));
  if (!isForThis) return 'The second person has said yes to something else.';
  if (asking.takenMs >= asking.atMs + APPROVAL_ASKED_MS) return 'The second yes came too late.';
  return nowMs >= asking.takenMs + APPROVAL_GIVEN_MS ? 'The second yes was too old.' : null;
}

/** A timer may be so late; a machine that does not end a session by then does not know of the limit. */
const TIMER_LATE_MS_MAX = 5000;

/** A limit that passes is a no: nothing is given at it or after it, and the clock's next word ends what it limits. */
export function timeoutIsNo(
  observation: Of<'taken'> | Of<'ticked'> | Of<'looked'>,
  ghost: Ghost,
  nowMs: number,
): string | null {
  if (observation.is !== 'taken') {
    const byMs = observation.is === 'ticked' ? nowMs : nowMs - TIMER_LATE_MS_MAX;
    const late = passedLimit(observation.state, ghost, byMs);
    return late === null ? null : `${late} has passed, and the session goes on.`;
  }
  const { previous, state } = observation;
  if (!isWider(previous, state)) return null;
  const late = passedLimit(previous, ghost, nowMs);
  if (late !== null)
    return `${late} has passed, and the session came from "${previous.phase}" to "${state.phase}".`;
  if (state.phase === 'granted' && !isInSession(previous)) {
    const id = ghost.consents.get(state.grant.id)?.statement.id;
    if (id !== undefined && nowMs >= ghost.shownUntilMs(id))
      return 'A request was granted after it had expired.';
  }
  return null;
}

/** Whether somebody has more than before. */
function isWider(previous: SessionState, state: SessionState): boolean {
  if (isInSession(state) && isInSession(previous)) {
    return (
      (previous.phase === 'granted' && state.phase === 'open') ||
      (previous.paused && !state.paused) ||
      (previous.link.is !== 'up' && state.link.is === 'up')
    );
  }
  return (
    (state.phase === 'dialling' && previous.phase === 'notice') ||
    (state.phase === 'waiting' && previous.phase === 'dialling') ||
    isInSession(state)
  );
}

/** Names a limit that has passed by the ghost's own count, or gives null. */
function passedLimit(state: SessionState, ghost: Ghost, nowMs: number): string | null {
  const { limits, grant, waitingMs } = ghost;
  if (state.phase === 'notice') {
    return nowMs >= ghost.noticeMs + limits.noticeMs ? "The notice's time" : null;
  }
  if (state.phase === 'dialling' && nowMs >= ghost.dialMs + limits.dialMs)
    return "The dialling's time";
  if (state.phase === 'dialling' || state.phase === 'waiting') {
    const isOver = waitingMs !== null && nowMs >= waitingMs + limits.waitingMs;
    return isOver ? 'The time to wait for a consent' : null;
  }
  if (!isInSession(state) || grant === null) return null;
  if (nowMs >= grant.endsMs) return "The grant's time";
  if (grant.link !== 'up' && nowMs >= grant.leaseEndsMs) return 'The lease of the lost connection';
  return nowMs >= grant.lastActiveMs + limits.idleMs ? 'The time without any activity' : null;
}

/** End takes effect at once, in every state, whatever disk and network do: nothing flows when it returns. */
export function endTakesEffect(
  observation: Of<'end-touched'> | Of<'taken'>,
  ghost: Ghost,
): string | null {
  if (observation.is === 'taken') {
    const { previous, state } = observation;
    const isAnswered = state.phase === 'dialling' && previous.phase === 'notice';
    if (!isAnswered || ghost.accepts.has(state.sessionId)) return null;
    return 'The cart dials, and the operator has not accepted the notice that is shown.';
  }
  const { state, streams } = observation;
  if (state.phase !== 'ended' && state.phase !== 'idle') {
    return `End was touched, and the session is "${state.phase}".`;
  }
  return streams > 0 ? `End was touched, and ${streams} streams flow.` : null;
}

/** Pause takes effect at once, in every state, and holds until the operator's next touch. */
export function pauseTakesEffect(
  observation: Of<'pause-touched'> | Of<'taken'>,
  ghost: Ghost,
): string | null {
  const { state } = observation;
  if (observation.is === 'taken') {
    const { previous } = observation;
    if (!isInSession(previous) || !isInSession(state) || !previous.paused || state.paused)
      return null;
    return ghost.grant?.isLiftTouched === true
      ? null
      : 'The pause was lifted, and the operator has touched Pause last.';
  }
  if (isInSession(state) && !state.paused)
    return 'Pause was touched, and the session is not paused.';
  return observation.streams > 0
    ? `Pause was touched, and ${observation.streams} streams flow.`
    : null;
}

/** While the clinic needs the cart nothing passes and nobody gets anything, whatever else happens; only the operator's touch ends it. */
export function interlockHolds(
  observation: Of<'interlock-raised'> | Of<'admitted'> | Of<'taken'> | Of<'healed'>,
  ghost: Ghost,
): string | null {
  switch (observation.is) {
    case 'interlock-raised':
      if (observation.state.interlock === undefined)
        return 'The clinic needs the cart, and the session does not know.';
      return observation.streams > 0
        ? `The clinic needs the cart, and ${observation.streams} streams flow.`
        : null;
    case 'admitted':
      return ghost.interlock === null
        ? null
        : `"${observation.activity}" passed while the clinic needed the cart.`;
    case 'healed':
      return ghost.interlock !== null && observation.state.interlock === undefined
        ? 'The clinic needs the cart, and nobody knows any more.'
        : null;
    case 'taken':
      return holdsInStep(observation, ghost);
  }
}

function holdsInStep({ previous, state }: Of<'taken'>, ghost: Ghost): string | null {
  if (ghost.interlock === null) return null;
  if (previous.interlock !== undefined && state.interlock === undefined) {
    if (!ghost.interlock.isLiftTouched)
      return `It was lifted, and the operator has not touched "continue" since it was raised.`;
    return ghost.journal.has('interlock-lifted')
      ? null
      : 'It was lifted before that was on the disk.';
  }
  const isNew = isInSession(state) && !isInSession(previous);
  if (isNew || (state.phase === 'dialling' && previous.phase === 'notice'))
    return `Somebody came from "${previous.phase}" to "${state.phase}" while the clinic needed the cart.`;
  const isFreed = isInSession(state) && isInSession(previous) && previous.paused && !state.paused;
  return isFreed ? 'A pause was lifted while the clinic needed the cart.' : null;
}

/** Every widening act of the cart has its entry on the disk before it. */
export function entryBeforeAct({ previous, state }: Of<'taken'>, ghost: Ghost): string | null {
  const missing = entriesOf(previous, state).find((entry) => !ghost.journal.has(entry));
  return missing === undefined
    ? null
    : `This happened before its entry was on the disk: ${missing}.`;
}

function entriesOf(previous: SessionState, state: SessionState): readonly string[] {
  if (state.phase === 'dialling' && previous.phase === 'notice') {
    return [`notice-accepted ${state.sessionId}`];
  }
  if (!isInSession(state)) return [];
  if (!isInSession(previous)) return [`grant-issued ${state.grant.id}`];
  const entries: string[] = [];
  const { id } = state.grant;
  if (previous.paused && !state.paused) entries.push(`session-resumed pause ${id}`);
  if (previous.link.is !== 'up' && state.link.is === 'up') {
    entries.push(`session-resumed connection ${id}`);
  }
  return entries;
}

/** An activity's beginning is on the cart's disk before anything of it passes. */
export function activityIsJournalled(
  { grantId, activity }: Of<'admitted'>,
  ghost: Ghost,
): string | null {
  return ghost.journal.has(`activity-begun ${grantId} ${activity}`)
    ? null
    : `"${activity}" passes, and its beginning is not on the disk.`;
}

/** With all the time it needs a session is over, and the journal says of each one that began that it ended. */
export function everySessionEnds({ state }: Of<'healed'>, ghost: Ghost): string | null {
  if (state.phase !== 'idle') return `Long after every limit the session is "${state.phase}".`;
  const open = [...ghost.begun].find((session) => !ghost.ended.has(session));
  return open === undefined
    ? null
    : `The journal says that ${open} began, and never that it ended.`;
}
