/** What the ledger says of evidence: what left the desk, what both ends signed, and who vouches for the ledger itself. Facilities' own reading is in `portal-fact.ts`. */
import type { CaseId, OfficerId, SessionId, TechnicianId } from '../id/id.ts';
import type { LedgerDivergence } from '../journal-entry/ledger-divergence.ts';

export type EvidenceFact =
  | EvidenceExported
  | {
      readonly kind: 'receipt-countersigned';
      readonly caseId: CaseId;
      readonly sessionId: SessionId;
      /** SHA-256 of the cart's receipt, base64url. */
      readonly receiptDigest: string;
      /** Whether the cart's list of files is what this ledger says of that session. */
      readonly files: 'agree' | 'differ' | 'not-compared';
    }
  /** A cart did not take this ledger for the one that it remembers, or a facility's witness has seen more of it. */
  | {
      readonly kind: 'ledger-contradicted';
      readonly cart?: string;
      /** Whose witness it was. */
      readonly officerId?: OfficerId;
      readonly code: LedgerDivergence | 'LEDGER_DIVERGED';
      /** How many entries it says that it remembers. */
      readonly size: number;
    }
  /** A facility has begun to cosign this ledger with a key of its own. */
  | {
      readonly kind: 'witness-registered';
      readonly officerId: OfficerId;
      /** The key's name and hash, as in its verifier line. */
      readonly keyName: string;
      readonly keyHash: string;
    }
  /** Facts that happened and could not be kept until they could be written: they are missing before this entry. */
  | { readonly kind: 'facts-lost'; readonly count: number };

interface EvidenceExported {
  readonly kind: 'evidence-exported';
  readonly by: TechnicianId;
  readonly workstationId: string;
  /** Null: an auditor's, of the whole ledger. */
  readonly caseId: CaseId | null;
}
