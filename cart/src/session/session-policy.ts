/** What a session asks of the facility's policy that binds this cart. Decision 0039. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type {
  Asking,
  FileDirection,
  PolicyStanding,
} from '@chaperone/domain/facility-policy/facility-policy.ts';

export interface SessionPolicy {
  /** Lets a session begin now. @throws FacilityPolicyNotInForce, FacilityClosed */
  requireOpen(): void;
  /** How the cart stands to it: as the session took it, or by the clock. */
  readonly standing: PolicyStanding;
  /** Takes the policy for a session that begins; from now on the wall's clock counts no more. */
  beginSession(): void;
  endSession(): void;
  /** When the session is over by the policy, by the monotonic clock; null: by no rule, or no session. */
  readonly closesMonotonicMs: number | null;
  /** Gives what may be asked for at most. @throws FacilityPolicyNotInForce, FacilityClosed, TechnicianNotAllowed */
  admitTechnician(asking: Asking, wanted: readonly Activity[]): readonly Activity[];
  /** @throws FacilityPolicyNotInForce, FacilityClosed, ActivityNotAllowed */
  admitActivities(asking: Asking, wanted: readonly Activity[]): void;
  /** @throws FacilityPolicyNotInForce, FacilityClosed, FileTypeNotAllowed */
  admitFile(direction: FileDirection, name: string, head: Uint8Array): void;
  mayListFile(name: string): boolean;
  /** Whether records must be de-identified before they leave the cart, whatever a case says. */
  mustDeIdentify(): boolean;
  /** @throws ApproverLocked, ApproverPinNotSet */
  isApproverPin(approverId: string, pin: string): Promise<boolean>;
}
