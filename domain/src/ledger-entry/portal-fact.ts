/** What the ledger says of facilities' security officers: who may read, who read, and who was turned away. */
import type { CaseId, OfficerId } from '../id/id.ts';

export type PortalFact =
  | {
      /** A root that an authority of an earlier version lacked and got. */
      readonly kind: 'facility-root-established' | 'licence-root-established';
      /** SHA-256, lower-case hexadecimal. */
      readonly fingerprint: string;
      readonly algorithm: string;
    }
  | {
      readonly kind: 'officer-enrolled' | 'officer-retired';
      readonly officerId: OfficerId;
      /** The account of the gateway's machine from which it was done. */
      readonly by: string;
    }
  | {
      readonly kind: 'officer-sign-in';
      readonly officerId: OfficerId;
      readonly certificateSerial: string;
    }
  | {
      /** Of strangers, who show no certificate of a facility, the ledger says nothing: they could fill it. */
      readonly kind: 'officer-refused';
      readonly officerId: OfficerId;
      readonly certificateSerial: string;
      readonly code: string;
    }
  | {
      readonly kind: 'officer-sign-out';
      readonly officerId: OfficerId;
      readonly reason: 'asked' | 'idle' | 'limit' | 'replaced' | 'retired';
    }
  | {
      readonly kind: 'certificate-read' | 'evidence-read';
      readonly officerId: OfficerId;
      readonly caseId: CaseId;
    };
