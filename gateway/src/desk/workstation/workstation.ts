/**
 * Licensed workstations: enrolled with a one-time code, known by an id that their certificates carry.
 *
 * With TLS each shows a certificate on every connection (`isGated`); in a demo without TLS the browser says which it is.
 */
import type { TLSSocket } from 'node:tls';
import type { z } from 'zod';
import { isId, parseId } from '@chaperone/domain/id/id.ts';
import type { WorkstationId } from '@chaperone/domain/id/id.ts';
import { RENEWAL_FROM } from '@chaperone/protocol/console-api/workstation.ts';
import type {
  connectingCertificate,
  connectingKey,
  ownWorkstation,
  signingKey,
  workstationEnrolment,
  workstationLicence,
} from '@chaperone/protocol/console-api/workstation.ts';
import type {
  Authority,
  CertificateEntry,
  WorkstationCertificates,
  WorkstationPeer,
} from '../../authority/contract.ts';
import { WorkstationRefused } from '../../authority/contract.ts';
import type { WorkstationFact } from '@chaperone/domain/ledger-entry/workstation-fact.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import { CertifiedConnections } from '../platform/certified-connections.ts';
import { EnrolmentFormRefused, WorkstationEnrolmentThrottled } from './workstation-error.ts';

export { LOOK_EVERY_MS } from '../platform/certified-connections.ts';
export { EnrolmentFormRefused, WorkstationEnrolmentThrottled } from './workstation-error.ts';

export type WorkstationAuthority = Pick<
  Authority,
  | 'admitWorkstation'
  | 'certificatesOf'
  | 'certifySigningKey'
  | 'certifyWorkstation'
  | 'enrolConsole'
  | 'enrolWorkstation'
  | 'inForce'
  | 'onRevoked'
  | 'publicRoots'
  | 'seats'
>;

export interface WorkstationsOptions {
  readonly authority: WorkstationAuthority;
  readonly clock: Clock;
  /** Whether the console's listener asks for certificates. */
  readonly isGated: boolean;
  /** Writes into the ledger in its own time. */
  readonly record: (fact: WorkstationFact) => void;
  /** Told of faults that nobody is waiting for. Must not throw. */
  readonly report: (fault: unknown) => void;
}

/** A person mistypes a few times; many workstations share one address. */
const ENROLMENT_TRIES = { burst: 20, perSecond: 1 / 6 } as const;
const ADDRESSES_MAX = 10_000;
/** A browser with an old certificate asks many times; the ledger needs to know once in a while, by certificate. */
const REFUSALS_TOLD = { burst: 1, perSecond: 1 / 3600 } as const;

export class Workstations {
  readonly isGated: boolean;
  readonly #authority: WorkstationAuthority;
  readonly #clock: Clock;
  readonly #connections: CertifiedConnections;
  readonly #enrolments: RateLimit;
  readonly #refusals: RateLimit;
  readonly #record: WorkstationsOptions['record'];

  constructor({ authority, clock, isGated, record, report }: WorkstationsOptions) {
    this.#record = record;
    this.isGated = isGated;
    this.#authority = authority;
    this.#clock = clock;
    this.#connections = new CertifiedConnections({
      inForce: async (serials) => await authority.inForce(serials),
      utcMs: () => clock.utcMs(),
      report,
    });
    const now = (): number => clock.monotonicMs();
    this.#enrolments = new RateLimit({ ...ENROLMENT_TRIES, keysMax: ADDRESSES_MAX, now });
    this.#refusals = new RateLimit({ ...REFUSALS_TOLD, keysMax: ADDRESSES_MAX, now });
    authority.onRevoked(({ certificateSerialHex }) => this.#connections.drop(certificateSerialHex));
  }

  /**
   * Admits whoever holds a connection, and ends the connection when the certificate is in force no more.
   * @throws WorkstationRefused
   */
  async admit(socket: TLSSocket): Promise<WorkstationPeer> {
    try {
      const peer = await this.#authority.admitWorkstation(socket);
      this.#connections.hold(socket, peer);
      return peer;
    } catch (fault) {
      if (fault instanceof WorkstationRefused) this.#tell(fault);
      throw fault;
    }
  }

  /** What nobody of ours has signed is not told: strangers could fill the ledger. */
  #tell({ shown, reason }: WorkstationRefused): void {
    if (shown === null || !this.#refusals.take(shown.certificateSerialHex)) return;
    this.#record({
      kind: 'workstation-refused',
      workstationId: shown.workstationId,
      certificateSerial: shown.certificateSerialHex,
      code: reason,
    });
  }

  /**
   * Redeems a workstation's licence code.
   * @param address whom to count tries against
   * @throws EnrolmentFormRefused, WorkstationEnrolmentThrottled, and the authority's refusals
   */
  async enrol(
    ask: z.infer<typeof workstationEnrolment>,
    address: string,
  ): Promise<z.infer<typeof workstationLicence>> {
    if (!this.#enrolments.take(address))
      throw new WorkstationEnrolmentThrottled(Math.ceil(1 / ENROLMENT_TRIES.perSecond));
    if ('csr' in ask !== this.isGated) throw new EnrolmentFormRefused(this.isGated);
    const enrolled =
      'csr' in ask
        ? await this.#authority.enrolWorkstation(ask.licenceCode, bytesOf(ask.csr))
        : await this.#authority.enrolConsole(ask.licenceCode, ask.proof);
    this.#enrolments.giveBack(address);
    if (!('csr' in ask)) return shown(enrolled);
    const { browserRootPEM } = this.#authority.publicRoots;
    return { ...shown(enrolled), label: enrolled.label, browserRoot: browserRootPEM };
  }

  /** Certifies a TLS key of the workstation that asks. @throws the authority's refusals */
  async certify(
    peer: WorkstationPeer,
    { use, csr }: z.infer<typeof connectingKey>,
  ): Promise<z.infer<typeof connectingCertificate>> {
    return shown(await this.#authority.certifyWorkstation(peer, use, bytesOf(csr)));
  }

  /** Certifies the key with which the console of the workstation that asks signs. @throws the authority's refusals */
  async certifySigningKey(
    peer: WorkstationPeer,
    { proof }: z.infer<typeof signingKey>,
  ): Promise<z.infer<typeof connectingCertificate>> {
    return shown(await this.#authority.certifySigningKey(peer, proof));
  }

  /** What a workstation may know of itself. */
  async own(peer: WorkstationPeer): Promise<Omit<z.infer<typeof ownWorkstation>, 'posture'>> {
    const { workstationId: workstation, label, use, notBeforeMs, notAfterMs } = peer;
    return {
      workstation,
      label,
      use,
      beganUtcMs: notBeforeMs,
      expiresUtcMs: notAfterMs,
      renewFromUtcMs: Math.round(notBeforeMs + (notAfterMs - notBeforeMs) * RENEWAL_FROM),
      seats: await this.#authority.seats(),
      signingKeys: await this.#signingKeys(peer),
    };
  }

  async #signingKeys({ workstationId }: WorkstationPeer): Promise<string[]> {
    return (await this.#inForce(workstationId))
      .filter(({ use }) => use === 'console')
      .map(({ keyThumbprint }) => keyThumbprint);
  }

  async #inForce(id: WorkstationId): Promise<readonly CertificateEntry[]> {
    const certificates = await this.#authority.certificatesOf({ kind: 'workstation', id });
    const nowMs = this.#clock.utcMs();
    return certificates.filter(
      ({ state, use, notAfterMs }) => state === 'released' && use !== null && notAfterMs > nowMs,
    );
  }

  /** Tells whether a workstation has a certificate in force. */
  async isLicensed(workstation: string): Promise<boolean> {
    if (!isId('workstation', workstation)) return false;
    return (await this.#inForce(parseId('workstation', workstation))).length > 0;
  }

  close(): void {
    this.#connections.close();
  }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

function shown({ workstationId, chain, notAfterMs }: WorkstationCertificates) {
  return {
    workstation: workstationId,
    chain: chain.map((der) => Buffer.from(der).toString('base64')),
    expiresUtcMs: notAfterMs,
  };
}
