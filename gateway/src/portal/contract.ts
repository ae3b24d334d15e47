/**
 * What the portal may know of the rest of the house: the accounts of one facility, and the ledger's public face.
 *
 * The composition root gives it `accountsOf`, which takes an officer whom the authority has admitted and answers with that
 * officer's facility only. Nothing here takes the name of a facility or gives a list of them, so that a fault in the portal
 * asks in vain for another's: what belongs to somebody else is not there. It is read-only by its methods, but for the signed
 * policies that an officer brings.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CaseId, OfficerId, SessionId } from '@chaperone/domain/id/id.ts';
import type { CaseState } from '@chaperone/domain/service-case/service-case.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { FacilityPolicyDocument } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import type { WitnessStanding } from '../ledger/contract.ts';
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
  /** Two people of the service centre keep it from being destroyed. */
  readonly isHeld: boolean;
  /** Days since it was opened, where that is unusually long and it is not resolved; else null. */
  readonly agedDays: number | null;
  /** Where its destruction was announced because nobody resolves it: not before then; else null. */
  readonly endsUtcMs: number | null;
}

/** Files that passed in a session, as the cart counted and signed it. */
export interface FilesMoved {
  readonly filesFetched: number;
  readonly bytesFetched: number;
  readonly filesPlaced: number;
  readonly bytesPlaced: number;
}

export interface FacilitySession {
  /** Names the session's receipt. */
  readonly id: SessionId;
  /** As the operator saw it when consenting. */
  readonly technicianName: string;
  readonly cart: string;
  /** The operator's consent. */
  readonly grantedUtcMs: number;
  readonly activities: readonly Activity[];
  readonly end: { readonly utcMs: number; readonly reason: EndReason } | null;
  /** Null until the cart has sent its receipt. */
  readonly moved: FilesMoved | null;
  /** Whether both ends have signed its receipt. */
  readonly isCountersigned: boolean;
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

/** Sessions that a page shows. */
export const SESSIONS_PER_PAGE = 100;

/** A session with its case, for a list over all of them. */
export interface SessionOfFacility extends Omit<FacilitySession, 'isCountersigned'> {
  readonly caseId: CaseId;
  readonly caseNumber: string;
  /** What a policy of the facility names a technician and a workstation by. */
  readonly technicianId: string;
  readonly workstationId: string;
  /** As the cart signed it (JWS), with the digest of the list of its files; null until it has come. */
  readonly receipt: string | null;
}

export interface SessionPage {
  /** Newest first. */
  readonly sessions: readonly SessionOfFacility[];
  readonly total: number;
}

/** What is held of a case that is not resolved. */
export interface HeldCase {
  readonly case: FacilityCase;
  readonly records: number;
  readonly bytes: number;
  /** Of them, what the scanner has not released to anybody. */
  readonly neverReleased: number;
  readonly infected: number;
  /** Copies outside of the vault whose deletion is not attested yet. */
  readonly exportsOwed: number;
}

export interface CartPolicy {
  readonly cart: string;
  /** What the cart said last; null when it said nothing. */
  readonly taken: {
    readonly version: number;
    /** Of the key that is pinned on the cart. */
    readonly facilityKey: string;
    readonly installedUtcMs: number;
    readonly receipt: string;
  } | null;
  /** The latest version that was brought and is meant for this cart. */
  readonly meant: number | null;
  readonly isBehind: boolean;
}

export interface FacilityPolicyState {
  /** Latest first. */
  readonly brought: readonly {
    readonly version: number;
    readonly sha256: string;
    readonly jws: string;
    readonly document: FacilityPolicyDocument;
    readonly signedUtcMs: number;
    readonly broughtUtcMs: number;
    /** Fingerprint of the key that signed it; null when it does not say so, or is not as it was signed. */
    readonly key: string | null;
  }[];
  readonly carts: readonly CartPolicy[];
}

/** A policy that was just brought. */
export interface BroughtPolicy {
  readonly version: number;
  /** Fingerprint of the key that signed it. */
  readonly key: string;
  /** No key was known to compare it with: the officer has to. */
  readonly isFirst: boolean;
}

/** Why a policy is not carried, as far as its bringer can do something about it. Keys by their fingerprints. */
export type PolicyRefusal =
  | { readonly why: 'unusable'; readonly detail: string }
  | { readonly why: 'of-others' | 'keyless' | 'untrusted' }
  | { readonly why: 'not-later'; readonly version: number }
  | {
      readonly why: 'other-key';
      readonly key: string;
      readonly known: readonly string[];
      /** Carts say that they have the known ones pinned; otherwise one signed the last policy. */
      readonly isPinned: boolean;
      /** The officer gave a fingerprint, and it is that of neither. */
      readonly isMistaken: boolean;
    };

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
  /**
   * The receipt of one session of a case, for `chaperone verify`: with names and digests of its files while the case lasts. Null
   * while there is none.
   */
  receipt(caseId: string, session: string): Promise<SessionReceiptFile | null>;
  /** Sessions of all cases. @param page from 1 */
  allSessions(page: number): Promise<SessionPage>;
  /** What is kept now, a case that is not resolved each. */
  held(): Promise<readonly HeldCase[]>;
  policies(): Promise<FacilityPolicyState>;
  /**
   * Takes a policy that the facility has signed, for its carts. It is the one thing that can be brought here.
   * @param confirmed fingerprint by which the officer says that another key than the known one is theirs; null when none was given
   * @throws LedgerUnavailable
   */
  bringPolicy(
    jws: string,
    officerId: OfficerId,
    confirmed: string | null,
  ): Promise<BroughtPolicy | { readonly refused: PolicyRefusal }>;
  /** What `chaperone verify` checks. */
  evidence(caseId: string): Promise<EvidenceBundle | null>;
}

/** What anybody may know of the ledger, and has to write down to check it later. */
/** Somebody outside remembers more of this ledger, or another one. Whose cart it was is for nobody else to read. */
export interface LedgerContradiction {
  readonly utcMs: number;
  readonly by: 'cart' | 'witness';
  readonly size: number;
}

export interface LedgerFace {
  /** The newest signed checkpoint (C2SP tlog-checkpoint). */
  checkpoint(): string;
  /** `name+hash+base64` */
  verifierKey(): string;
  /** PEM of the root of the carts' certificates, for `--cart-root`. */
  readonly cartRootPEM: string;
  /** Whose witnesses vouch for it, and up to where. */
  witnessesOf(facility: string): Promise<readonly WitnessStanding[]>;
  /** Who outside remembers another ledger than this one, the newest first. */
  contradictions(): Promise<readonly LedgerContradiction[]>;
  /** The verifier as one page of HTML, for a disk of the facility's own. @throws when it is not there */
  verifierPage(): Promise<string>;
}
