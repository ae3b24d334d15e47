/**
 * What the portal may know of the rest of the house: the accounts of one facility, and the ledger's public face.
 *
 * The composition root gives it `accountsOf`, which takes an officer whom the authority has admitted and answers with that
 * officer's facility only. Nothing here takes the name of a facility or gives a list of them, so that a fault in the portal
 * asks in vain for another's: what belongs to somebody else is not there. It is read-only by its methods.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { CaseState } from '@chaperone/domain/service-case/service-case.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import type { DestructionCertificateClaims } from '@chaperone/protocol/signed/claims.ts';

/** Cases that a page shows. */
export const CASES_PER_PAGE = 50;

export interface FacilityCart {
  readonly serial: string;
  readonly cases: number;
  /** When an operator granted the last session for this facility; null when none ever was. */
  readonly lastSessionUtcMs: number | null;
}

/** A case without what may be PHI: no complaint, no caller, no note, no name of a record. */
export interface FacilityCase {
  readonly id: CaseId;
  readonly number: string;
  readonly cart: string;
  readonly state: CaseState;
  readonly openedUtcMs: number;
  readonly resolvedUtcMs: number | null;
  readonly isCertified: boolean;
}

/** Files that passed in a session, as the cart counted and signed it. */
export interface FilesMoved {
  readonly filesFetched: number;
  readonly bytesFetched: number;
  readonly filesPlaced: number;
  readonly bytesPlaced: number;
}

export interface FacilitySession {
  /** As the operator saw it when consenting. */
  readonly technicianName: string;
  readonly cart: string;
  /** The operator's consent. */
  readonly grantedUtcMs: number;
  readonly activities: readonly Activity[];
  readonly end: { readonly utcMs: number; readonly reason: EndReason } | null;
  /** Null until the cart has sent its receipt. */
  readonly moved: FilesMoved | null;
}

export interface CasePage {
  /** Newest first. */
  readonly cases: readonly FacilityCase[];
  readonly total: number;
}

export interface DestructionCertificate {
  readonly claims: DestructionCertificateClaims;
  /** As it was signed (JWS). */
  readonly jws: string;
}

/** One facility's accounts of itself. A case that is not its own is null, like one that is not there. */
export interface FacilityAccounts {
  /** By serial number. */
  carts(): Promise<readonly FacilityCart[]>;
  /** @param page from 1 */
  cases(page: number): Promise<CasePage>;
  find(caseId: string): Promise<FacilityCase | null>;
  /** Sessions of a case, oldest first; none for a case that is not its own. */
  sessions(caseId: string): Promise<readonly FacilitySession[]>;
  /** Null, too, while nothing is destroyed. */
  certificate(caseId: string): Promise<DestructionCertificate | null>;
  /** What `chaperone verify` checks. */
  evidence(caseId: string): Promise<EvidenceBundle | null>;
}

/** What anybody may know of the ledger, and has to write down to check it later. */
export interface LedgerFace {
  /** The newest signed checkpoint (C2SP tlog-checkpoint). */
  checkpoint(): string;
  /** `name+hash+base64` */
  verifierKey(): string;
  /** PEM of the root of the carts' certificates, for `--cart-root`. */
  readonly cartRootPEM: string;
}
