/**
 * What the gateway writes into its ledger. Every field is either public by nature (ids, times, codes) or a
 * salted commitment; a field of a new fact counts as secret until it is put into a type here.
 */
import type { Activity } from '../activity/activity.ts';
import type { CaseId, GrantId, SessionId, TechnicianId, TransferId } from '../id/id.ts';
import type { LicenceFeature } from '../licence/licence-terms.ts';
import type { UnresolvedLimit } from '../service-case/unresolved-limit.ts';
import type { EndReason } from '../session/state.ts';
import type { FacilityPolicyLedgerFact } from './facility-policy-fact.ts';
import type { PortalFact } from './portal-fact.ts';
import type { PostureFact } from './posture-fact.ts';
import type { QuarantineFact } from './quarantine-fact.ts';
import type { AcceptanceFact } from './acceptance-fact.ts';
import type { AccountFact } from './account-fact.ts';
import type { CartRootFact } from './cart-root-fact.ts';
import type { Commitment } from './commitment.ts';
import type { CaseAgeFact } from './case-age-fact.ts';
import type { AdministrationFact } from './administration-fact.ts';
import type { DeidentificationFact } from './deidentification-fact.ts';
import type { EvidenceFact } from './evidence-fact.ts';
import type { RecordExportFact } from './record-export-fact.ts';
import type { SnapshotFact } from './snapshot-fact.ts';
import type { RecordingFact } from './recording-fact.ts';
import type { UnmaskLedgerFact } from './unmask-fact.ts';
import type { WatchLedgerFact } from './watch-fact.ts';
import type { WorkstationFact } from './workstation-fact.ts';
import type { SignInRefusalFact } from './sign-in-refusal.ts';

export type { Commitment } from './commitment.ts';

export type LedgerFact =
  | WorkstationFact
  | CartRootFact
  | PortalFact
  | FacilityPolicyLedgerFact
  | PostureFact
  | AccountFact
  | AdministrationFact
  | SignInRefusalFact
  | EvidenceFact
  | DeidentificationFact
  | CaseAgeFact
  | RecordExportFact
  | SnapshotFact
  | RecordingFact
  | AcceptanceFact
  | QuarantineFact
  | UnmaskLedgerFact
  | WatchLedgerFact
  | {
      readonly kind: 'gateway-started';
      readonly version: string;
      readonly demo: boolean;
      /** What of it is demo only, such as `second-factor`; entries of earlier versions do not say. */
      readonly demoParts?: readonly string[];
    }
  | {
      readonly kind: 'authority-established';
      readonly cartRootFingerprint: string;
      readonly browserRootFingerprint: string;
      readonly workstationCAFingerprint: string;
      /** Entries of earlier versions do not have it: `facility-root-established` came later. */
      readonly facilityRootFingerprint?: string;
      /** Entries of earlier versions do not have it: `licence-root-established` came later. */
      readonly licenceRootFingerprint?: string;
      readonly algorithm: string;
    }
  | {
      readonly kind:
        | 'licence-issued'
        | 'licence-renewed'
        | 'licence-redeemed'
        | 'licence-retired'
        | 'licence-refused';
      readonly subject: 'cart' | 'workstation';
      readonly licenceId: string;
      /** A cart's serial or a workstation's id; null when a refusal knows neither. */
      readonly subjectId: string | null;
      readonly code: string | null;
      /** Who issued or retired it: an account's id, or an account of the gateway's machine; entries of earlier versions do not say. */
      readonly by?: string;
      /** What a cart's licence allows from then on; entries of earlier versions do not say, and other kinds of entry need not. */
      readonly terms?: {
        readonly number: number;
        readonly features: readonly LicenceFeature[];
        readonly validFromUtcMs: number;
        readonly validUntilUtcMs: number | null;
      };
    }
  | {
      readonly kind: 'certificate-issued' | 'certificate-revoked';
      readonly certificateSerial: string;
      readonly subjectId: string;
    }
  | {
      readonly kind: 'sign-in';
      readonly technicianId: TechnicianId;
      readonly workstationId: string;
      /** Null where a demo asks for none; entries of earlier versions do not say. */
      readonly factor?: 'code' | 'passkey' | 'recovery-code' | null;
    }
  | {
      readonly kind: 'second-factor-refused';
      readonly technicianId: TechnicianId;
      readonly workstationId: string;
      readonly factor: 'code' | 'passkey' | 'recovery-code';
      readonly code: string;
    }
  | {
      readonly kind: 'factor-enrolled';
      readonly technicianId: TechnicianId;
      readonly workstationId: string;
      readonly factor: 'code' | 'passkey';
    }
  | {
      readonly kind: 'factor-removed';
      readonly technicianId: TechnicianId;
      /** The account of the gateway's machine from which it was done. */
      readonly by: string;
    }
  | {
      readonly kind: 'recovery-codes-issued';
      readonly technicianId: TechnicianId;
      readonly workstationId: string;
    }
  | {
      readonly kind: 'recovery-code-used';
      readonly technicianId: TechnicianId;
      readonly workstationId: string;
      /** How many are left. */
      readonly left: number;
    }
  | { readonly kind: 'sign-out'; readonly technicianId: TechnicianId; readonly reason: string }
  | {
      readonly kind: 'case-opened';
      readonly caseId: CaseId;
      readonly cart: string;
      readonly by: TechnicianId;
      readonly detailCommitment: Commitment;
    }
  | {
      readonly kind: 'technician-designated';
      readonly caseId: CaseId;
      readonly technicianId: TechnicianId;
      readonly by: TechnicianId;
    }
  | {
      readonly kind: 'note-added';
      readonly caseId: CaseId;
      readonly by: TechnicianId;
      readonly noteCommitment: Commitment;
    }
  | {
      readonly kind: 'cart-connected' | 'cart-disconnected';
      readonly cart: string;
      readonly sessionId: SessionId;
      readonly certificateSerial: string;
    }
  | {
      readonly kind: 'cart-refused';
      readonly cart: string | null;
      readonly certificateSerial: string | null;
      readonly code: string;
    }
  | {
      readonly kind: 'session-requested' | 'grant-received';
      readonly caseId: CaseId;
      readonly sessionId: SessionId;
      readonly technicianId: TechnicianId;
      readonly grantId: GrantId | null;
      readonly activities: readonly Activity[];
    }
  | {
      readonly kind: 'activity-opened';
      readonly sessionId: SessionId;
      readonly grantId: GrantId;
      readonly activity: Activity;
    }
  | {
      readonly kind:
        | 'session-interrupted'
        | 'session-resumed'
        | 'session-paused'
        /** The clinic needed the cart, and the operator let it go on again. */
        | 'session-interlocked'
        | 'session-interlock-lifted';
      readonly sessionId: SessionId;
      readonly grantId: GrantId;
    }
  | {
      readonly kind: 'session-ended';
      readonly caseId: CaseId;
      readonly sessionId: SessionId;
      readonly grantId: GrantId | null;
      readonly reason: EndReason;
      /** SHA-256 of the cart's receipt, base64url; null when the cart could not send one. */
      readonly receiptDigest: string | null;
    }
  | {
      readonly kind:
        | 'fetch-begun'
        | 'record-sealed'
        | 'send-begun'
        | 'send-done'
        | 'transfer-failed'
        | 'transfer-paused'
        | 'transfer-resumed'
        | 'transfer-cancelled';
      readonly caseId: CaseId;
      readonly transferId: TransferId;
      readonly by: TechnicianId;
      readonly bytes: number;
      readonly nameCommitment: Commitment;
      /** Commitment to the content's SHA-256. */
      readonly digestCommitment: Commitment | null;
    }
  | {
      readonly kind: 'case-resolving';
      readonly caseId: CaseId;
      /** Nobody decided when the longest time that a case may stay unresolved had passed (decision 0035). */
      readonly by: TechnicianId | UnresolvedLimit;
    }
  | { readonly kind: 'destruction-step'; readonly caseId: CaseId; readonly step: string }
  | {
      readonly kind: 'case-resolved';
      readonly caseId: CaseId;
      readonly certificateDigest: string;
      readonly records: number;
    }
  | {
      readonly kind: 'journal-reconciled';
      readonly cart: string;
      readonly size: number;
      readonly root: string;
    }
  | {
      readonly kind: 'journal-diverged';
      readonly cart: string;
      readonly size: number;
      readonly code: string;
    };

export interface LedgerEntry {
  readonly index: number;
  readonly utcMs: number;
  readonly fact: LedgerFact;
}
