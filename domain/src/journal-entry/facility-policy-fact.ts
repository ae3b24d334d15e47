/** What a cart's journal says of its facility's policy, and of the second approval that it may want. Decision 0039. */
import type { Activity } from '../activity/activity.ts';
import type { ApprovalEnd } from '../facility-policy/second-approval.ts';
import type { CaseId, SessionId, TechnicianId } from '../id/id.ts';

export type FacilityPolicyFact =
  /** SHA-256 over the key's SubjectPublicKeyInfo, hexadecimal. */
  | { readonly kind: 'facility-key-pinned'; readonly fingerprint: string }
  | { readonly kind: 'facility-key-removed' }
  /** SHA-256 over the policy as it was signed, base64url. */
  | {
      readonly kind: 'facility-policy-installed';
      readonly version: number;
      readonly sha256: string;
    }
  | { readonly kind: 'facility-policy-refused'; readonly code: string }
  /** The cart is about to ask its gateway for a later policy. */
  | { readonly kind: 'facility-policy-asked' }
  /** By the id that the policy gives a person, never by name. */
  | { readonly kind: 'approver-pin-set'; readonly approver: string }
  | {
      readonly kind: 'second-approval-asked';
      readonly sessionId: SessionId;
      readonly caseId: CaseId;
      readonly technicianId: TechnicianId;
      readonly activities: readonly Activity[];
    }
  | {
      readonly kind: 'second-approval-given';
      readonly sessionId: SessionId;
      readonly approver: string;
    }
  | {
      readonly kind: 'second-approval-not-given';
      readonly sessionId: SessionId;
      readonly why: ApprovalEnd;
    };
