/** What the ledger says of facilities' policies: who brought one, and which cart has taken it. Decision 0039. */
import type { OfficerId } from '../id/id.ts';

export type FacilityPolicyLedgerFact =
  | {
      /** Written before any cart can have it. */
      readonly kind: 'facility-policy-brought';
      readonly officerId: OfficerId;
      readonly version: number;
      /** Of the policy as it was signed, base64url. */
      readonly sha256: string;
      /** Fingerprint of the key that signed it, hexadecimal. Older entries do not say. */
      readonly key?: string;
    }
  | {
      readonly kind: 'facility-policy-taken';
      readonly cart: string;
      readonly version: number;
      readonly sha256: string;
    }
  | {
      /** All accounts of the officer's facility in one archive; written before the first byte leaves. */
      readonly kind: 'facility-exported';
      readonly officerId: OfficerId;
    };
