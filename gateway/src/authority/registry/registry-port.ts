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
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export const CHAINS = ['cart', 'workstation', 'browser', 'facility'] as const;
export type Chain = (typeof CHAINS)[number];

export const HOLDER_KINDS = ['cart', 'workstation', 'server', 'officer'] as const;
/** Who a certificate was given to: a cart by its serial, a workstation or an officer by its id, a server by its place. */
export interface Holder {
  readonly kind: (typeof HOLDER_KINDS)[number];
  readonly id: string;
}

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

/** Another cart or workstation has a certificate for the same key: one of them is a copy. */
export class PublicKeyInUse extends DomainError {
  readonly code = 'PUBLIC_KEY_IN_USE';
  constructor() {
    super('Another device already has a certificate for this key. Make a new key on this device.');
  }
}

export interface Redemption extends Redeemed {
  readonly certificate: CertificateEntry;
}

export interface Registry {
  addLicence(licence: Licence, by: string): Promise<void>;
  /** Newest first. */
  licences(): Promise<readonly Licence[]>;
  licence(id: LicenceId): Promise<Licence | undefined>;
  licenceByCode(codeHash: LicenceCodeHash): Promise<Licence | undefined>;
  /** Ends a licence; the answer is as it is held then, or undefined when there is none. */
  retireLicence(id: LicenceId, nowMs: number): Promise<Licence | undefined>;
  /**
   * Uses a code up and keeps the certificate made for it, both or neither, once whoever races. The same code with the
   * same key gets the certificate of the first time; the new one is then dropped.
   * @throws LicenceUnknown, LicenceSerialMismatch, LicenceRetired, LicenceUsed, LicenceExpired, PublicKeyInUse
   */
  redeem(
    request: RedeemRequest,
    makeEntry: (licence: Licence) => CertificateEntry,
  ): Promise<Redemption>;
  /** @throws PublicKeyInUse */
  addCertificate(entry: CertificateEntry): Promise<void>;
  /**
   * Puts a pending certificate into force, and revokes as superseded all others of its holder but those kept.
   * Answers with what it revoked; releasing again does nothing.
   */
  release(
    certificateSerialHex: string,
    nowMs: number,
    kept: readonly string[] | 'all',
  ): Promise<readonly CertificateEntry[]>;
  certificate(certificateSerialHex: string): Promise<CertificateEntry | undefined>;
  /** Newest first. */
  certificatesOf(holder: Holder): Promise<readonly CertificateEntry[]>;
  /** Revokes what is not revoked yet of these, and answers with what it revoked. */
  revoke(
    which: { readonly certificateSerialHex: string } | { readonly holder: Holder },
    reason: RevocationReason,
    nowMs: number,
  ): Promise<readonly CertificateEntry[]>;
  /** Retires every licence of a cart. */
  retireLicencesOf(cartSerial: string, nowMs: number): Promise<readonly Licence[]>;
  /** Revocations that the ledger may not have yet. */
  unrecordedRevocations(): Promise<readonly CertificateEntry[]>;
  markRevocationRecorded(certificateSerialHex: string): Promise<void>;
  /** What a revocation list of the chain holds: revoked and not expired. */
  revoked(chain: Chain, nowMs: number): Promise<readonly CertificateEntry[]>;
  /** Gives numbers that only rise. */
  nextRevocationListNumber(chain: Chain): Promise<number>;
}
