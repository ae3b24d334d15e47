/**
 * Takes certificates out of force, at once and for good.
 *
 * A revocation narrows what is possible: it takes effect first (in the registry, then by telling the listeners, who
 * end live connections), and reaches the ledger afterwards, tried again until it does. Nothing holds it up.
 */
import type { CartSerial, OfficerId, WorkstationId } from '@chaperone/domain/id/id.ts';
import { signRevocationList } from '@chaperone/protocol/x509/revocation-list.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { AuthorityLedger, FaultReport } from '../authority-ledger.ts';
import type { EstablishedAuthority } from '../establishment/establishment.ts';
import type {
  CertificateEntry,
  Chain,
  Registry,
  RetirableChain,
  RevocationReason,
} from '../registry/registry.ts';
import { CertificateUnknown, WorkstationUnknown } from './certificate-unknown.ts';

export { CertificateUnknown, WorkstationUnknown } from './certificate-unknown.ts';

export interface RetirementOrder {
  /** Who asked for it, for the ledger: an account's id, or an account of the gateway's machine. */
  readonly by?: string;
}

export type RevocationListener = (revoked: CertificateEntry) => void;

export interface RevocationParts {
  readonly established: EstablishedAuthority;
  readonly registry: Registry;
  readonly ledger: AuthorityLedger;
  readonly clock: Clock;
  readonly report: FaultReport;
}

/** Who fetches a list later than this treats it as outdated. */
const LIST_LIFE_MS = 7 * 24 * 60 * 60 * 1000;
/** Clocks of carts run slow. */
const LIST_BACKDATE_MS = 60 * 60 * 1000;

export class Revocations {
  readonly #parts: RevocationParts;
  readonly #listeners = new Set<RevocationListener>();
  #recording: Promise<void> = Promise.resolve();

  constructor(parts: RevocationParts) {
    this.#parts = parts;
  }

  /** Calls the listener for each certificate that is revoked from now on; the answer stops that. */
  onRevoked(listener: RevocationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Tells whether a certificate is not, or no longer, in force. One that the registry does not know is not: it would
   * have been signed by a stolen key.
   */
  async isRevoked(certificateSerialHex: string): Promise<boolean> {
    const entry = await this.#parts.registry.certificate(certificateSerialHex.toLowerCase());
    return entry?.state !== 'released';
  }

  /** Revokes one certificate. Revoking again changes nothing. @throws CertificateUnknown */
  async revoke(certificateSerialHex: string, reason: RevocationReason): Promise<void> {
    const { registry, clock } = this.#parts;
    const serial = certificateSerialHex.toLowerCase();
    const revoked = await registry.revoke({ certificateSerialHex: serial }, reason, clock.utcMs());
    await this.announce(revoked);
    if (revoked.length === 0 && (await registry.certificate(serial)) === undefined) {
      throw new CertificateUnknown();
    }
  }

  /** Revokes all certificates of a cart and retires its licences, used or not. */
  async retireCart(serial: CartSerial, order: RetirementOrder = {}): Promise<void> {
    await this.#retire({ kind: 'cart', id: serial }, order);
  }

  /** Revokes all certificates of a workstation, whatever they are used for, and retires its licence. @throws WorkstationUnknown */
  async retireWorkstation(id: WorkstationId, order: RetirementOrder = {}): Promise<void> {
    const holder = { kind: 'workstation', id } as const;
    if ((await this.#parts.registry.certificatesOf(holder)).length === 0)
      throw new WorkstationUnknown();
    await this.#retire(holder, order);
  }

  async #retire(
    holder: { readonly kind: 'cart' | 'workstation'; readonly id: string },
    order: RetirementOrder,
  ): Promise<void> {
    const { registry, clock, ledger, report } = this.#parts;
    const nowMs = clock.utcMs();
    // Licences first: a code that is being redeemed right now finds its licence retired, or its certificate revoked.
    const licences = await registry.retireLicencesOf(holder, nowMs);
    await this.announce(await registry.revoke({ holder }, 'retired', nowMs));
    for (const { id } of licences) {
      const fact = {
        subject: holder.kind,
        licenceId: id,
        subjectId: holder.id,
        code: null,
        ...order,
      } as const;
      await ledger.append({ kind: 'licence-retired', ...fact }).catch(report);
    }
  }

  /** Revokes all certificates of a facility's officer. */
  async retireOfficer(id: OfficerId): Promise<void> {
    const { registry, clock } = this.#parts;
    const holder = { kind: 'officer', id } as const;
    await this.announce(await registry.revoke({ holder }, 'retired', clock.utcMs()));
  }

  /** Retires a chain for good: whatever it gave is revoked, and nothing is issued under it any more. */
  async retireChain(chain: RetirableChain): Promise<void> {
    const { registry, clock } = this.#parts;
    await this.announce(await registry.retireChain(chain, clock.utcMs()));
  }

  /** Tells the listeners what has been revoked in the registry, then brings it into the ledger. */
  async announce(revoked: readonly CertificateEntry[]): Promise<void> {
    for (const entry of revoked) {
      for (const listener of this.#listeners) {
        try {
          listener(entry);
        } catch (fault) {
          this.#parts.report(fault);
        }
      }
    }
    if (revoked.length > 0) await this.record();
  }

  /** Brings revocations into the ledger that it does not have yet; one call at a time, and never an error. */
  async record(): Promise<void> {
    this.#recording = this.#recording.then(() => this.#recordAll().catch(this.#parts.report));
    await this.#recording;
  }

  /** Makes the signed list of a chain, as PEM. */
  async list(chain: Chain): Promise<string> {
    const { registry, clock, established } = this.#parts;
    const nowMs = clock.utcMs();
    // The number is taken before the entries are read: a higher number never lacks what a lower one has.
    const number = await registry.nextRevocationListNumber(chain);
    const revoked = await registry.revoked(chain, nowMs);
    return signRevocationList(established.roots[chain], {
      number,
      thisUpdateMs: nowMs - LIST_BACKDATE_MS,
      nextUpdateMs: nowMs + LIST_LIFE_MS,
      revocations: revoked.map(({ certificateSerialHex, revokedAtMs }) => ({
        certificateSerialHex,
        atMs: revokedAtMs ?? nowMs,
      })),
    });
  }

  async #recordAll(): Promise<void> {
    const { registry, ledger } = this.#parts;
    for (const { certificateSerialHex, holder } of await registry.unrecordedRevocations()) {
      const fact = { certificateSerial: certificateSerialHex, subjectId: holder.id };
      await ledger.append({ kind: 'certificate-revoked', ...fact });
      await registry.markRevocationRecorded(certificateSerialHex);
    }
  }
}
