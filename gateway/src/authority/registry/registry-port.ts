/**
 * What the authority remembers: licences and the certificates that it gave for them.
 *
 * Every change that must happen once happens in one transaction behind this port. A certificate is `pending`
 * until its issue is in the ledger, then `released`; only a released one is in force. Nothing is ever deleted.
 */
import type {
  Licence,
  LicenceCodeHash,
  LicenceId,
  RedeemRequest,
  Redeemed,
} from '@chaperone/domain/licence/licence.ts';
import type { LicenceTerms } from '@chaperone/domain/licence/licence-terms.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { WorkstationId } from '@chaperone/domain/id/id.ts';

export const CHAINS = ['cart', 'workstation', 'browser', 'facility'] as const;
export type Chain = (typeof CHAINS)[number];

/** The chains that can be retired: the one of the console's own HTTPS gives nobody anything. */
export const RETIRABLE_CHAINS = ['cart', 'workstation', 'facility'] as const;
export type RetirableChain = (typeof RETIRABLE_CHAINS)[number];

export class ChainRetired extends DomainError {
  readonly code = 'CHAIN_RETIRED';
  constructor() {
    super('This part of the authority was retired: it issues nothing any more.');
  }
}

export const HOLDER_KINDS = ['cart', 'workstation', 'server', 'officer'] as const;
/** Who a certificate was given to: a cart by its serial, a workstation or an officer by its id, a server by its place. */
export interface Holder {
  readonly kind: (typeof HOLDER_KINDS)[number];
  readonly id: string;
}

/**
 * What a workstation's certificate is used for: the program and the browser connect with theirs, the console signs with its
 * own. A new one takes the place of the older ones of the same use, and of no other.
 */
export const WORKSTATION_USES = ['program', 'browser', 'console'] as const;
export type WorkstationUse = (typeof WORKSTATION_USES)[number];

export const REVOCATION_REASONS = [
  'key-compromise',
  'retired',
  'superseded',
  'administrative',
] as const;
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

export interface CertificateEntry {
  /** Lower-case hexadecimal. */
  readonly certificateSerialHex: string;
  readonly chain: Chain;
  readonly holder: Holder;
  /** Of a workstation's only. */
  readonly use: WorkstationUse | null;
  readonly licenceId: LicenceId | null;
  /** SHA-256 of the SPKI, base64url. */
  readonly keyThumbprint: string;
  /** SHA-256 of the certificate, hexadecimal. */
  readonly fingerprint: string;
  readonly der: Uint8Array;
  readonly notAfterMs: number;
  readonly issuedAtMs: number;
  readonly state: 'pending' | 'released' | 'revoked';
  readonly revokedAtMs: number | null;
  readonly revocationReason: RevocationReason | null;
}

/** Another cart or workstation has a certificate for the same key: one of them is a copy. Or the same one, for another use. */
export class PublicKeyInUse extends DomainError {
  readonly code = 'PUBLIC_KEY_IN_USE';
  constructor() {
    super(
      'This key has a certificate already, on another device or for another use. Make a new key on this device.',
    );
  }
}

export const WORKSTATION_STATES = ['active', 'expired', 'retired'] as const;

/** A workstation as its certificates tell of it. */
export interface WorkstationEntry {
  readonly id: WorkstationId;
  readonly label: string;
  readonly enrolledAtMs: number;
  /** When the last of its certificates ends, unless one is renewed before. */
  readonly expiresAtMs: number;
  readonly state: (typeof WORKSTATION_STATES)[number];
}

/** As many workstations are in force as there may be. */
export class SeatsTaken extends DomainError {
  readonly code = 'SEATS_TAKEN';

  /** @param candidates those that end first */
  constructor(seatsMax: number, candidates: readonly WorkstationEntry[]) {
    const named = candidates.map(({ label, id }) => `${label} (${id})`).join(', ');
    const example = named === '' ? '' : `, for example ${named}`;
    super(
      `All ${seatsMax} seats are taken. Retire a workstation that is not needed any more${example}; then try again.`,
    );
  }
}

/** What a cart's licence allows, as it was signed, and what was written beside it. */
export interface GivenTerms extends LicenceTerms {
  readonly licenceId: LicenceId;
  /** From 1; those with the highest number are in force. */
  readonly number: number;
  readonly facility: string | null;
  readonly model: string | null;
  /** Compact JWS by the licence root. */
  readonly statement: string;
  readonly givenAtMs: number;
  readonly by: string;
}

export interface Redemption extends Redeemed {
  readonly certificate: CertificateEntry;
}

export interface Registry {
  /** Keeps a licence, a cart's with its first terms. */
  addLicence(licence: Licence, by: string, terms?: GivenTerms): Promise<void>;
  /** Keeps later terms of a licence. */
  addTerms(terms: GivenTerms): Promise<void>;
  /** What these licences allow now; a workstation's has no terms. */
  termsOf(ids: readonly LicenceId[]): Promise<ReadonlyMap<string, GivenTerms>>;
  /** Under which licence each of these carts is, by serial. */
  licencesOfCarts(serials: readonly string[]): Promise<ReadonlyMap<string, Licence>>;
  /** Licences of carts that are not retired and have no terms: those of earlier versions. */
  cartLicencesWithoutTerms(): Promise<readonly Licence[]>;
  /** Newest first. */
  licences(): Promise<readonly Licence[]>;
  licence(id: LicenceId): Promise<Licence | undefined>;
  licenceByCode(codeHash: LicenceCodeHash): Promise<Licence | undefined>;
  /** Ends a licence; the answer is as it is held then, or undefined when there is none. */
  retireLicence(id: LicenceId, nowMs: number): Promise<Licence | undefined>;
  /**
   * Uses a code up and keeps the certificate made for it, both or neither, once whoever races. The same code with the
   * same key gets the certificate of the first time; the new one is then dropped.
   * @param seatsMax how many workstations may be in force, this one included
   * @throws LicenceUnknown, LicenceSerialMismatch, LicenceRetired, LicenceUsed, LicenceExpired, PublicKeyInUse, SeatsTaken
   */
  redeem(
    request: RedeemRequest,
    makeEntry: (licence: Licence) => CertificateEntry,
    seatsMax: number,
  ): Promise<Redemption>;
  /**
   * @param shownSerialHex the certificate for which it is given, which must still be in force: its holder may be retired at
   *   this moment
   * @throws PublicKeyInUse, LicenceRetired
   */
  addCertificate(entry: CertificateEntry, shownSerialHex?: string): Promise<void>;
  /**
   * Puts a pending certificate into force, and revokes as superseded all others of its holder and use but those kept.
   * Answers with what it revoked; releasing again does nothing.
   */
  release(
    certificateSerialHex: string,
    nowMs: number,
    kept: readonly string[] | 'all',
  ): Promise<readonly CertificateEntry[]>;
  certificate(certificateSerialHex: string): Promise<CertificateEntry | undefined>;
  /** Which of these are released. */
  released(certificateSerials: readonly string[]): Promise<ReadonlySet<string>>;
  /** Newest first. */
  certificatesOf(holder: Holder): Promise<readonly CertificateEntry[]>;
  /** Revokes what is not revoked yet of these, and answers with what it revoked. */
  revoke(
    which: { readonly certificateSerialHex: string } | { readonly holder: Holder },
    reason: RevocationReason,
    nowMs: number,
  ): Promise<readonly CertificateEntry[]>;
  /** Retires a chain for good: nothing of it is in force, nothing is issued under it. Answers with what it revoked. */
  retireChain(chain: RetirableChain, nowMs: number): Promise<readonly CertificateEntry[]>;
  isChainRetired(chain: Chain): Promise<boolean>;
  /** Retires every licence of a cart, or those by which a workstation got its certificates. */
  retireLicencesOf(holder: Holder, nowMs: number): Promise<readonly Licence[]>;
  /** Makes sure that there is a seat for one more workstation. @throws SeatsTaken */
  requireSeat(seatsMax: number, nowMs: number): Promise<void>;
  /** How many workstations are in force. */
  seatsUsed(nowMs: number): Promise<number>;
  /** Every workstation that was ever licensed, the newest first. */
  workstations(nowMs: number): Promise<readonly WorkstationEntry[]>;
  /** Revocations that the ledger may not have yet. */
  unrecordedRevocations(): Promise<readonly CertificateEntry[]>;
  markRevocationRecorded(certificateSerialHex: string): Promise<void>;
  /** What a revocation list of the chain holds: revoked and not expired. */
  revoked(chain: Chain, nowMs: number): Promise<readonly CertificateEntry[]>;
  /** Gives numbers that only rise. */
  nextRevocationListNumber(chain: Chain): Promise<number>;
}
