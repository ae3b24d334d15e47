/**
 * What every issue of a certificate has in common: who may have one is decided by its callers.
 *
 * The order is always the same: the registry keeps the certificate as pending (for a licence in the transaction that
 * uses its code up), the ledger hears of it, the registry puts it into force, and only then does it leave. When the
 * ledger cannot write, nothing leaves; asking again with the same key goes on from there.
 */
import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { LicenceRetired, redeem } from '@chaperone/domain/licence/licence.ts';
import type {
  Licence,
  LicenceCodeHash,
  LicenceId,
  RedeemRequest,
} from '@chaperone/domain/licence/licence.ts';
import { BACKDATE_MS, certify, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificatePurpose } from '@chaperone/protocol/x509/certificate.ts';
import { hashLicenceCode } from '@chaperone/protocol/x509/licence-code-hash.ts';
import type { CertificateSubject } from '@chaperone/protocol/x509/name.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { AuthorityLedger, FaultReport } from '../authority-ledger.ts';
import type { EstablishedAuthority } from '../establishment/establishment.ts';
import type {
  CertificateEntry,
  Chain,
  Redemption,
  Registry,
  WorkstationUse,
} from '../registry/registry.ts';
import type { Revocations } from '../revocation/revocation.ts';

/** How workstations are licensed; see `workstations` in docs/configuration.md. */
export interface WorkstationTerms {
  /** How many may be in force at the same time. */
  readonly seatsMax: number;
  /** How long a certificate of theirs holds, milliseconds. */
  readonly lifeMs: number;
}

export interface IssuanceParts {
  readonly established: EstablishedAuthority;
  readonly registry: Registry;
  readonly revocations: Revocations;
  readonly ledger: AuthorityLedger;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly report: FaultReport;
  readonly workstationTerms: WorkstationTerms;
}

/** A certificate that is about to be made. */
export interface CertificateOrder {
  readonly chain: Chain;
  readonly subject: CertificateSubject;
  readonly purpose: CertificatePurpose;
  readonly publicKey: KeyObject;
  readonly lifeMs: number;
  readonly licenceId: LicenceId | null;
  /** Of a workstation's. */
  readonly use?: WorkstationUse;
  /** Of a server's: its names, and where it serves. */
  readonly hostNames?: readonly string[];
  readonly place?: string;
}

/** Renewal is for a certificate that ends, not a way to fill the registry. */
export class RenewedTooOften extends DomainError {
  readonly code = 'RENEWED_TOO_OFTEN';
  constructor() {
    super(
      `A certificate of this kind can be renewed ${RENEWALS_PER_DAY_MAX} times a day. Try again tomorrow.`,
    );
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;
const RENEWALS_PER_DAY_MAX = 10;
/** A renewal whose answer was lost is answered with the same certificate for this long. */
const REPEAT_MS = 60 * 60 * 1000;

export class Certifier {
  readonly parts: IssuanceParts;

  constructor(parts: IssuanceParts) {
    this.parts = parts;
  }

  /** Uses a code up for the certificate that `makeEntry` makes. @throws what `registry.redeem` throws */
  async redeem(
    code: LicenceCode,
    claim: Pick<RedeemRequest, 'subject' | 'keyThumbprint'>,
    makeEntry: (licence: Licence) => Promise<CertificateEntry>,
  ): Promise<Redemption> {
    const { registry, clock, workstationTerms } = this.parts;
    const codeHash = hashLicenceCode(code);
    try {
      const request = { ...claim, codeHash, nowMs: clock.utcMs() };
      const known = redeem(await registry.licenceByCode(codeHash), request);
      // Signed before the transaction, which holds up all who write, while a token takes its time. Of several that ask
      // at once one is kept; what was signed for the others never leaves.
      const entry = known.outcome === 'again' ? undefined : await makeEntry(known.licence);
      const keep = (): CertificateEntry => {
        assert(entry !== undefined, 'a licence that was redeemed stays so');
        return entry;
      };
      const redemption = await registry.redeem(request, keep, workstationTerms.seatsMax);
      // The code was used by this key, but what it gave has been revoked since.
      if (redemption.certificate.state === 'revoked') throw new LicenceRetired();
      return redemption;
    } catch (fault) {
      if (fault instanceof DomainError) await this.#recordRefusal(codeHash, fault.code);
      throw fault;
    }
  }

  /**
   * Finds the certificate that this key was given just now by an answer that may have been lost.
   * @param held all of the holder and use
   * @param shownSerialHex what the holder shows; that is not asked for again
   * @throws RenewedTooOften
   */
  repeated(
    held: readonly CertificateEntry[],
    thumbprint: string,
    shownSerialHex: string,
  ): CertificateEntry | undefined {
    const nowMs = this.parts.clock.utcMs();
    const recent = held.filter(({ issuedAtMs }) => nowMs - issuedAtMs < DAY_MS);
    const same = recent.find(
      (entry) =>
        entry.keyThumbprint === thumbprint &&
        entry.state !== 'revoked' &&
        entry.certificateSerialHex !== shownSerialHex &&
        nowMs - entry.issuedAtMs < REPEAT_MS,
    );
    if (same === undefined && recent.length > RENEWALS_PER_DAY_MAX) throw new RenewedTooOften();
    return same;
  }

  /** Lets a certificate out, in the order that the header gives. @param kept what it does not supersede @returns DER */
  async release(
    entry: CertificateEntry,
    kept: readonly string[] | 'all',
    licence?: Licence,
  ): Promise<Uint8Array> {
    if (entry.state === 'released') return entry.der;
    const { registry, ledger, revocations, clock } = this.parts;
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
    // It may have been revoked meanwhile, by retiring its holder: then it does not leave.
    if (await revocations.isRevoked(entry.certificateSerialHex)) throw new LicenceRetired();
    return entry.der;
  }

  /** Makes a certificate, which is not in force yet. */
  async certify(order: CertificateOrder): Promise<CertificateEntry> {
    const { chain, subject, purpose, publicKey, lifeMs, licenceId } = order;
    const nowMs = this.parts.clock.utcMs();
    const der = await certify(this.parts.established.roots[chain], {
      subject,
      purpose,
      publicKey,
      notBeforeMs: nowMs - BACKDATE_MS,
      notAfterMs: nowMs + lifeMs,
      hostNames: order.hostNames ?? [],
    });
    const read = readCertificate(der);
    return {
      certificateSerialHex: read.certificateSerialHex,
      chain,
      holder: holderOf(subject, order.place ?? ''),
      use: order.use ?? null,
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

  /** A refusal is recorded when the code is known; guesses would let strangers fill the ledger. */
  async #recordRefusal(codeHash: LicenceCodeHash, code: string): Promise<void> {
    const { registry, ledger, report } = this.parts;
    try {
      const licence = await registry.licenceByCode(codeHash);
      if (licence === undefined) return;
      await ledger.append({ kind: 'licence-refused', ...aboutLicence(licence), code });
    } catch (fault) {
      report(fault);
    }
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
