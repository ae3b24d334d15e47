/**
 * Gives certificates for licences, renews a cart's, and makes the gateway's own.
 *
 * The order is always the same: the registry keeps the certificate as pending (for a licence in the transaction that
 * uses its code up), the ledger hears of it, the registry puts it into force, and only then does it leave. When the
 * ledger cannot write, nothing leaves; asking again with the same key goes on from there.
 */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CartSerial, OfficerId, RandomBytes, WorkstationId } from '@chaperone/domain/id/id.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  LicenceRetired,
  LicenceSerialMismatch,
  LicenceUnknown,
  redeem,
} from '@chaperone/domain/licence/licence.ts';
import type {
  Licence,
  LicenceCodeHash,
  LicenceId,
  RedeemRequest,
} from '@chaperone/domain/licence/licence.ts';
import { admitPublicKey, keyThumbprint, spkiOf } from '@chaperone/protocol/x509/algorithm.ts';
import { BACKDATE_MS, certify, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificatePurpose } from '@chaperone/protocol/x509/certificate.ts';
import { readKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import type { CartCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { hashLicenceCode } from '@chaperone/protocol/x509/licence-code-hash.ts';
import type { CertificateSubject } from '@chaperone/protocol/x509/name.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { readWorkstationProof } from '@chaperone/protocol/x509/workstation-proof.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { AuthorityLedger, FaultReport } from '../authority-ledger.ts';
import type { EstablishedAuthority } from '../establishment/establishment.ts';
import type { CertificateEntry, Chain, Redemption, Registry } from '../registry/registry.ts';
import type { Revocations } from '../revocation/revocation.ts';

export interface IssuanceParts {
  readonly established: EstablishedAuthority;
  readonly registry: Registry;
  readonly revocations: Revocations;
  readonly ledger: AuthorityLedger;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly report: FaultReport;
}

export interface EnrolledWorkstation {
  readonly workstationId: WorkstationId;
  readonly label: string;
  readonly certificatePEM: string;
  /** The authority that signed it, for the browser to show and to send along. */
  readonly workstationRootPEM: string;
}

/** Renewal is for a certificate that ends, not a way to fill the registry. */
export class RenewedTooOften extends DomainError {
  readonly code = 'RENEWED_TOO_OFTEN';
  constructor() {
    super(
      `A cart's certificate can be renewed ${RENEWALS_PER_DAY_MAX} times a day. Try again tomorrow.`,
    );
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Carts stand unused for months; two years leave eight months to renew after two thirds have passed. */
const CART_LIFE_MS = 2 * 365 * DAY_MS;
const WORKSTATION_LIFE_MS = 365 * DAY_MS;
const OFFICER_LIFE_MS = 365 * DAY_MS;
/** Browsers accept a private chain's server certificate for at most 825 days. */
const SERVER_LIFE_MS = 365 * DAY_MS;
const RENEWALS_PER_DAY_MAX = 10;
/** A renewal whose answer was lost is answered with the same certificate for this long. */
const REPEAT_MS = 60 * 60 * 1000;

export class Issuance {
  readonly #parts: IssuanceParts;

  constructor(parts: IssuanceParts) {
    this.#parts = parts;
  }

  /**
   * Gives a cart its certificate for a one-time code.
   * @param serial who the cart says it is; the licence and the request must say the same
   * @returns DER
   * @throws MistypedLicenceCode, LicenceUnknown, LicenceSerialMismatch, LicenceUsed, LicenceExpired, LicenceRetired,
   *   PublicKeyInUse
   */
  async cartByLicence(
    serial: CartSerial,
    typedCode: string,
    request: CartCertificationRequest,
  ): Promise<Uint8Array> {
    const code = parseLicenceCode(typedCode);
    if (request.serial !== serial) throw new LicenceSerialMismatch();
    const subject = { kind: 'cart', serial } as const;
    const claim = { subject, keyThumbprint: request.keyThumbprint };
    const { certificate, licence } = await this.#redeem(code, claim, ({ id }) =>
      this.#certify('cart', subject, request.publicKey, CART_LIFE_MS, id),
    );
    return await this.#release(certificate, [], licence);
  }

  /**
   * Gives a cart a new certificate for the one that it has just shown.
   * @param peer admitted, that is in force
   * @returns DER
   * @throws LicenceSerialMismatch, PublicKeyInUse, RenewedTooOften
   */
  async cartRenewal(peer: PeerCertificate, request: CartCertificationRequest): Promise<Uint8Array> {
    const { registry, clock } = this.#parts;
    if (request.serial !== peer.serial) throw new LicenceSerialMismatch();
    const nowMs = clock.utcMs();
    const held = await registry.certificatesOf({ kind: 'cart', id: peer.serial });
    const recent = held.filter(({ issuedAtMs }) => nowMs - issuedAtMs < DAY_MS);
    const repeated = recent.find(
      (entry) =>
        entry.keyThumbprint === request.keyThumbprint &&
        entry.state !== 'revoked' &&
        entry.certificateSerialHex !== peer.certificateSerialHex &&
        nowMs - entry.issuedAtMs < REPEAT_MS,
    );
    if (repeated !== undefined) return await this.#release(repeated, [peer.certificateSerialHex]);
    if (recent.length > RENEWALS_PER_DAY_MAX) throw new RenewedTooOften();
    const shown = held.find(
      ({ certificateSerialHex }) => certificateSerialHex === peer.certificateSerialHex,
    );
    const subject = { kind: 'cart', serial: peer.serial } as const;
    const licenceId = shown?.licenceId ?? null;
    const entry = await this.#certify('cart', subject, request.publicKey, CART_LIFE_MS, licenceId);
    await registry.addCertificate(entry);
    // The certificate that was shown stays: the answer may be lost. Older ones go.
    return await this.#release(entry, [peer.certificateSerialHex]);
  }

  /**
   * Gives a workstation its id and certificate for a one-time code and a proof of its key.
   * @throws MistypedLicenceCode, MalformedWorkstationProof, LicenceUnknown, LicenceSerialMismatch, LicenceUsed,
   *   LicenceExpired, LicenceRetired, PublicKeyInUse
   */
  async workstationByLicence(typedCode: string, proof: string): Promise<EnrolledWorkstation> {
    const { randomBytes, established, clock } = this.#parts;
    const code = parseLicenceCode(typedCode);
    const proved = await readWorkstationProof(proof, clock.utcMs());
    if (proved.codeHash !== hashLicenceCode(code)) throw new LicenceUnknown();
    const imported = createPublicKey({ key: { ...proved.publicKey }, format: 'jwk' });
    const publicKey = admitPublicKey(spkiOf(imported));
    const claim = {
      subject: { kind: 'workstation' },
      keyThumbprint: keyThumbprint(publicKey),
    } as const;
    const { certificate, licence } = await this.#redeem(code, claim, async ({ id, subject }) => {
      if (subject.kind !== 'workstation') throw new LicenceSerialMismatch();
      const named = {
        kind: 'workstation',
        id: newId('workstation', randomBytes),
        label: subject.label,
      } as const;
      return await this.#certify('workstation', named, publicKey, WORKSTATION_LIFE_MS, id);
    });
    const der = await this.#release(certificate, [], licence);
    const { subject } = readCertificate(der);
    if (subject.kind !== 'workstation')
      throw new TypeError('A workstation has a workstation certificate.');
    return {
      workstationId: subject.id,
      label: subject.label,
      certificatePEM: encodePEM('CERTIFICATE', der),
      workstationRootPEM: established.roots.workstation.certificatePEM,
    };
  }

  /**
   * Gives a facility's security officer the one certificate that the portal asks for.
   * @param request PKCS#10, DER, not trusted; the subject comes from the administrator, never from it
   * @returns DER
   * @throws MalformedCertificationRequest, PublicKeyInUse
   */
  async officer(
    officer: { readonly id: OfficerId; readonly name: string; readonly facility: string },
    request: Uint8Array,
  ): Promise<Uint8Array> {
    const { publicKey } = readKeyCertificationRequest(request);
    const subject = { kind: 'officer', ...officer } as const;
    const entry = await this.#certify('facility', subject, publicKey, OFFICER_LIFE_MS, null);
    await this.#parts.registry.addCertificate(entry);
    return await this.#release(entry, []);
  }

  /** Makes one of the gateway's own server certificates. @param place `tunnel`, `console` or `portal` @returns DER */
  async server(
    chain: 'cart' | 'browser',
    place: string,
    publicKey: KeyObject,
    hostNames: readonly string[],
  ): Promise<Uint8Array> {
    const subject = { kind: 'other', commonName: (hostNames[0] ?? place).slice(0, 64) } as const;
    const entry = await this.#certify(
      chain,
      subject,
      publicKey,
      SERVER_LIFE_MS,
      null,
      hostNames,
      place,
    );
    await this.#parts.registry.addCertificate(entry);
    // Another desk may hold one for the same place: nothing is superseded.
    return await this.#release(entry, 'all');
  }

  async #redeem(
    code: LicenceCode,
    claim: Pick<RedeemRequest, 'subject' | 'keyThumbprint'>,
    makeEntry: (licence: Licence) => Promise<CertificateEntry>,
  ): Promise<Redemption> {
    const { registry, clock } = this.#parts;
    const codeHash = hashLicenceCode(code);
    try {
      const request = { ...claim, codeHash, nowMs: clock.utcMs() };
      const known = redeem(await registry.licenceByCode(codeHash), request);
      // Signed before the transaction, which holds up all who write, while a token takes its time. Of several that ask
      // at once one is kept; what was signed for the others never leaves.
      const entry = known.outcome === 'again' ? undefined : await makeEntry(known.licence);
      const redemption = await registry.redeem(request, () => {
        assert(entry !== undefined, 'a licence that was redeemed stays so');
        return entry;
      });
      // The code was used by this key, but what it gave has been revoked since.
      if (redemption.certificate.state === 'revoked') throw new LicenceRetired();
      return redemption;
    } catch (fault) {
      if (fault instanceof DomainError) await this.#recordRefusal(codeHash, fault.code);
      throw fault;
    }
  }

  /** A refusal is recorded when the code is known; guesses would let strangers fill the ledger. */
  async #recordRefusal(codeHash: LicenceCodeHash, code: string): Promise<void> {
    const { registry, ledger, report } = this.#parts;
    try {
      const licence = await registry.licenceByCode(codeHash);
      if (licence === undefined) return;
      await ledger.append({ kind: 'licence-refused', ...aboutLicence(licence), code });
    } catch (fault) {
      report(fault);
    }
  }

  async #release(
    entry: CertificateEntry,
    kept: readonly string[] | 'all',
    licence?: Licence,
  ): Promise<Uint8Array> {
    if (entry.state === 'released') return entry.der;
    const { registry, ledger, revocations, clock } = this.#parts;
    if (licence !== undefined) {
      const about = { ...aboutLicence(licence), subjectId: entry.holder.id };
      await ledger.append({ kind: 'licence-redeemed', ...about, code: null });
    }
    await ledger.append({
      kind: 'certificate-issued',
      certificateSerial: entry.certificateSerialHex,
      subjectId: entry.holder.id,
    });
    await revocations.announce(
      await registry.release(entry.certificateSerialHex, clock.utcMs(), kept),
    );
    // It may have been revoked meanwhile, by retiring the cart: then it does not leave.
    if (await revocations.isRevoked(entry.certificateSerialHex)) throw new LicenceRetired();
    return entry.der;
  }

  async #certify(
    chain: Chain,
    subject: CertificateSubject,
    publicKey: KeyObject,
    lifeMs: number,
    licenceId: LicenceId | null,
    hostNames: readonly string[] = [],
    place = '',
  ): Promise<CertificateEntry> {
    const nowMs = this.#parts.clock.utcMs();
    const purpose: CertificatePurpose = subject.kind === 'other' ? 'server' : 'peer';
    const der = await certify(this.#parts.established.roots[chain], {
      subject,
      purpose,
      publicKey,
      notBeforeMs: nowMs - BACKDATE_MS,
      notAfterMs: nowMs + lifeMs,
      hostNames,
    });
    const read = readCertificate(der);
    return {
      certificateSerialHex: read.certificateSerialHex,
      chain,
      holder: holderOf(subject, place),
      licenceId,
      keyThumbprint: read.keyThumbprint,
      fingerprint: read.fingerprint,
      der,
      notAfterMs: read.notAfterMs,
      issuedAtMs: nowMs,
      state: 'pending',
      revokedAtMs: null,
      revocationReason: null,
    };
  }
}

function holderOf(subject: CertificateSubject, place: string): CertificateEntry['holder'] {
  if (subject.kind === 'cart') return { kind: 'cart', id: subject.serial };
  if (subject.kind === 'officer') return { kind: 'officer', id: subject.id };
  return subject.kind === 'workstation'
    ? { kind: 'workstation', id: subject.id }
    : { kind: 'server', id: place };
}

function aboutLicence(licence: Licence) {
  const { subject, id } = licence;
  return {
    subject: subject.kind,
    licenceId: id,
    subjectId: subject.kind === 'cart' ? subject.serial : null,
  } as const;
}
