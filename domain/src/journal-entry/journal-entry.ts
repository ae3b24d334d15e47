/**
 * What a cart writes into its own journal. No field may hold PHI: file names appear only as salted commitments,
 * people by id, and texts from a peer not at all.
 */
import type { DeidentificationRefusal } from '../deidentification/deidentification.ts';
import type { Activity } from '../activity/activity.ts';
import type {
  AcceptanceId,
  CaseId,
  GrantId,
  SessionId,
  TechnicianId,
  TransferId,
  WorkstationId,
} from '../id/id.ts';
import type { IndicatorLoss } from '../indicator/indicator-loss.ts';
import type { InterlockSource } from '../interlock/interlock.ts';
import type { ChangeFailure, ChangeProof } from '../network/network-change.ts';
import type { EndReason } from '../session/state.ts';
import type { FacilityPolicyFact } from './facility-policy-fact.ts';
import type { LedgerDivergence } from './ledger-divergence.ts';
import type { UnmaskJournalFact } from './unmask-fact.ts';
import type { WatchJournalFact } from './watch-fact.ts';

export type JournalFact =
  | FacilityPolicyFact
  | UnmaskJournalFact
  | WatchJournalFact
  | { readonly kind: 'agent-started'; readonly version: string }
  | { readonly kind: 'enrolled'; readonly certificateSerial: string }
  /** A field engineer gave the right PIN at the panel. Wrong ones are `operation-refused`. */
  | { readonly kind: 'engineer-opened' }
  | {
      readonly kind: 'site-changed';
      readonly what: 'gateway' | 'proxy' | 'network' | 'acceptance';
    }
  /** What of the screen is covered is another thing from now on: the digest of the templates that were drawn here. */
  | { readonly kind: 'masks-changed'; readonly sha256: string }
  /** The gateway has countersigned an acceptance report. */
  | { readonly kind: 'acceptance-received'; readonly reportId: AcceptanceId }
  /** The cart is about to dial the gateway for a new certificate; `before` says of which one. */
  | { readonly kind: 'renewal-begun'; readonly before: string }
  | { readonly kind: 'renewal-failed'; readonly code: string }
  | { readonly kind: 'certificate-renewed'; readonly certificateSerial: string }
  /** Which roots of gateway and carts it believes from now on: SHA-256, hexadecimal, the oldest first. */
  | { readonly kind: 'cart-roots-changed'; readonly fingerprints: readonly string[] }
  /** The cart is about to ask the gateway for later terms of its licence. */
  | { readonly kind: 'licence-asked' }
  | { readonly kind: 'notice-shown'; readonly noticeVersion: string }
  | {
      readonly kind: 'notice-accepted';
      readonly noticeVersion: string;
      readonly sessionId: SessionId;
    }
  | { readonly kind: 'dial-failed'; readonly failure: string }
  | { readonly kind: 'tunnel-opened' | 'tunnel-lost'; readonly sessionId: SessionId }
  | {
      readonly kind: 'request-shown';
      readonly sessionId: SessionId;
      readonly caseId: CaseId;
      readonly technicianId: TechnicianId;
      readonly workstationId: WorkstationId;
    }
  | {
      readonly kind: 'request-refused';
      readonly sessionId: SessionId | null;
      readonly code: string;
    }
  | {
      readonly kind: 'grant-issued';
      readonly sessionId: SessionId;
      readonly grantId: GrantId;
      readonly caseId: CaseId;
      readonly technicianId: TechnicianId;
      readonly workstationId: WorkstationId;
      readonly activities: readonly Activity[];
      /** The operator was told that the screen is recorded; absent: nobody said so. */
      readonly recordsScreen?: true;
    }
  | {
      readonly kind: 'activity-begun' | 'activity-withdrawn';
      readonly sessionId: SessionId;
      readonly grantId: GrantId;
      readonly activity: Activity;
    }
  /** The gateway asked for something that no grant covered. `operation` is a name of the cart API. */
  | {
      readonly kind: 'operation-refused';
      readonly sessionId: SessionId | null;
      readonly operation: string;
      readonly code: string;
      readonly count: number;
    }
  | { readonly kind: 'input-refused'; readonly sessionId: SessionId; readonly count: number }
  | {
      readonly kind:
        | 'file-fetch-begun'
        | 'file-fetched'
        /** Of a file that has left, a part again. */
        | 'file-part-fetched'
        | 'file-fetch-broken'
        | 'file-placed'
        /** It lay in its place already, whole: placed before, when the agent ended without saying so. */
        | 'file-recognised'
        | 'file-refused';
      readonly sessionId: SessionId;
      readonly grantId: GrantId;
      readonly transferId: TransferId;
      readonly bytes: number;
      /** SHA-256 over a salt and the file's path; the salt stays on the cart. Base64url. */
      readonly nameCommitment: string;
    }
  /** A file could not be de-identified and did not leave. */
  | {
      readonly kind: 'file-deidentification-refused';
      readonly sessionId: SessionId;
      readonly grantId: GrantId;
      readonly transferId: TransferId;
      readonly code: DeidentificationRefusal;
    }
  | { readonly kind: 'session-paused'; readonly sessionId: SessionId; readonly grantId: GrantId }
  | {
      readonly kind: 'session-resumed';
      readonly sessionId: SessionId;
      readonly grantId: GrantId;
      readonly after: 'pause' | 'connection';
    }
  | {
      readonly kind: 'session-ended';
      readonly sessionId: SessionId | null;
      readonly grantId: GrantId | null;
      readonly reason: EndReason;
    }
  /** The clinic needs the cart: everybody was held off, whether a session ran (`sessionId`) or none did. */
  | {
      readonly kind: 'interlock-raised';
      readonly sessionId: SessionId | null;
      readonly source: InterlockSource;
    }
  /** The operator has let remote service go on, or begin again. */
  | { readonly kind: 'interlock-lifted'; readonly sessionId: SessionId | null }
  /** Somebody was let in while this showed it: `none` says why nothing does, in the words of the cart's configuration. */
  | {
      readonly kind: 'indicator-shown';
      readonly sessionId: SessionId;
      readonly display: 'x11' | 'panel' | 'none';
      readonly reason: string | null;
    }
  /** It was hidden from the operator for too long: the session pauses. */
  | { readonly kind: 'indicator-covered'; readonly sessionId: SessionId }
  /** It is gone: the session ends. */
  | {
      readonly kind: 'indicator-lost';
      readonly sessionId: SessionId;
      readonly loss: IndicatorLoss;
    }
  /** A network profile was tried on an interface of the cart, and kept or taken back. Nothing of the profile. */
  | {
      readonly kind: 'network-change-begun' | 'network-changed';
      readonly interface: string;
      /** What it had to show before it was kept. Absent in older entries: the gateway. */
      readonly proof: ChangeProof;
    }
  | {
      readonly kind: 'network-change-undone';
      readonly interface: string;
      readonly failure: ChangeFailure;
    }
  /** The gateway showed its ledger, and it continues what this cart remembered. `root` is base64url. */
  | {
      readonly kind: 'ledger-seen';
      readonly sessionId: SessionId;
      readonly size: number;
      readonly root: string;
    }
  /** The ledger that was shown is another one than this cart remembers. */
  | {
      readonly kind: 'ledger-diverged';
      readonly sessionId: SessionId;
      readonly code: LedgerDivergence;
      readonly keptSize: number;
      readonly shownSize: number;
    }
  /** The gateway has signed a session's receipt, too. `receiptDigest` is SHA-256 of the receipt, base64url. */
  | {
      readonly kind: 'receipt-countersigned';
      readonly sessionId: SessionId;
      readonly receiptDigest: string;
    }
  /** Facts of narrowing acts that could not be written at their time (full disk), counted once it could. */
  | { readonly kind: 'facts-lost'; readonly count: number };

/** One line of the journal. */
export interface JournalEntry {
  /** 0 for the first entry of this cart, then without gaps. */
  readonly index: number;
  readonly utcMs: number;
  readonly fact: JournalFact;
}
