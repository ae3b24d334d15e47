/**
 * What a session lies within, whoever consents: the policy of the cart's facility, and what the cart's licence includes.
 *
 * They come into the machine as facts, read anew for each step, so that what has changed since a question was asked counts
 * when it is answered. Nothing here adds to what another refuses. Decisions 0016 and 0039.
 */
import type { Activity } from '../activity/activity.ts';
import type { Instant } from '../clock/instant.ts';
import type { SessionRequest } from '../consent/consent.ts';
import {
  admitActivities,
  FacilityClosed,
  secondApprovalFor,
} from '../facility-policy/facility-policy.ts';
import type { PolicyStanding, SecondApprovalRule } from '../facility-policy/facility-policy.ts';
import { requireFeatures } from '../licence/licence-terms.ts';
import type { LicenceTerms } from '../licence/licence-terms.ts';

export interface SessionBounds {
  readonly policy: PolicyStanding;
  /** When the session is over by the policy, by the monotonic clock; null: by no rule. */
  readonly closesMonotonicMs: number | null;
  /** Null: a licence of an earlier version, which names none and includes all. */
  readonly licence: Pick<LicenceTerms, 'features'> | null;
}

/** Of a cart whose facility has pinned no key, with a licence that says nothing. */
export const UNBOUNDED: SessionBounds = {
  policy: { is: 'none' },
  closesMonotonicMs: null,
  licence: null,
};

/**
 * Lets a consent be given within the bounds, or a second person be asked for it.
 * @returns the rule by which it needs a second person; null: it needs none
 * @throws FeatureNotLicensed, FacilityPolicyNotInForce, FacilityClosed, ActivityNotAllowed
 */
export function admitConsent(
  { policy, closesMonotonicMs, licence }: SessionBounds,
  { technician, workstation }: Pick<SessionRequest, 'technician' | 'workstation'>,
  activities: readonly Activity[],
  now: Instant,
): SecondApprovalRule | null {
  if (licence !== null) requireFeatures(licence, activities);
  // Written so that a reading that is no number admits nothing.
  if (closesMonotonicMs !== null && !(now.monotonicMs < closesMonotonicMs))
    throw new FacilityClosed(null);
  const asking = { technicianId: technician.id, workstationId: workstation.id };
  admitActivities(policy, asking, activities);
  return secondApprovalFor(policy, activities);
}
