/** What the panel shows of the facility's policy, and of the second person that it may want. */
import { isOpenAt, nextChangeUtcMs } from '@chaperone/domain/facility-policy/facility-hours.ts';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import type { FacilityPolicyInForce } from '../facility-policy/facility-policy.ts';
import type { Session } from '../session/session.ts';

/** What of the policy the panel shows; null on a cart whose facility has none. */
export function shownFacility(
  policy: Pick<FacilityPolicyInForce, 'standing' | 'shown' | 'closesMonotonicMs'>,
  now: { readonly utcMs: number; readonly monotonicMs: number },
): PanelView['facility'] {
  const { standing, shown, closesMonotonicMs } = policy;
  if (standing.is === 'none' || shown === null) return null;
  const { facility: name, version, waitingVersion, validUntilUtcMs } = shown;
  const closesInSeconds =
    closesMonotonicMs === null
      ? null
      : Math.max(0, Math.ceil((closesMonotonicMs - now.monotonicMs) / 1000));
  const frame = { name, version, waitingVersion, validUntilUtcMs, closesInSeconds };
  const closed = { isOpen: false, opensUtcMs: null, timeZone: null, approvedActivities: [] };
  if (standing.is !== 'in-force') return { ...frame, ...closed, trouble: standing.is };
  const { hours, secondApproval } = standing.policy;
  const approvedActivities = [...(secondApproval?.activities ?? [])];
  if (hours === 'always')
    return {
      ...frame,
      trouble: null,
      isOpen: true,
      opensUtcMs: null,
      timeZone: null,
      approvedActivities,
    };
  const isOpen = isOpenAt(hours, now.utcMs);
  const opensUtcMs = isOpen ? null : nextChangeUtcMs(hours, now.utcMs);
  const { timeZone } = hours;
  return { ...frame, trouble: null, isOpen, opensUtcMs, timeZone, approvedActivities };
}

/** Who is asked for the second yes now. */
export function shownApproval(session: Session): PanelView['approval'] {
  const { approval } = session.bound;
  const { state } = session;
  if (approval.is !== 'asked' || state.phase !== 'waiting') return null;
  const request = state.requests.find(({ id }) => id === approval.requestId);
  const leftMs = approval.deadlineMonotonicMs - session.now().monotonicMs;
  return {
    technicianName: request?.technician.name ?? '',
    activities: [...approval.activities],
    approvers: approval.approvers.map(({ id, name }) => ({ id, name })),
    triesLeft: approval.triesLeft,
    secondsLeft: Math.max(0, Math.ceil(leftMs / 1000)),
  };
}
