/**
 * The acceptance of a cart at its place: makes the report from a validation, signs it with the cart's key, keeps it, and brings it
 * to the gateway to be countersigned (decision 0022).
 *
 * A gateway that is out of reach keeps nobody from accepting: the report waits on the disk, and is sent again whenever the road has
 * just carried something else. The cart dials for it by itself never.
 */
import { X509Certificate } from 'node:crypto';
import { newId } from '@chaperone/domain/id/id.ts';
import type { AcceptanceId, RandomBytes } from '@chaperone/domain/id/id.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import {
  ACCEPTANCE_TYP,
  acceptanceReceiptClaims,
  acceptanceReportClaims,
} from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type {
  AcceptanceFile,
  AcceptanceReportClaims,
} from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { firewallText } from '@chaperone/protocol/commissioning/firewall-text.ts';
import type { Validation } from '@chaperone/protocol/commissioning/validation.ts';
import type { EngineerState, NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { decodeJwt } from 'jose';
import type { Log } from '../platform/log.ts';
import type { RoadSettings } from '../road/road.ts';
import { AcceptanceFiles } from './acceptance-file.ts';
import { makeClaims } from './make-claims.ts';
import { firewallRequest, isOutOfDate } from './present-road.ts';
import type { PresentRoad } from './present-road.ts';
import { sendReport } from './send-report.ts';
import type { Credentials } from './send-report.ts';

export { AcceptanceFileDamaged } from './acceptance-file.ts';
export type { PresentRoad } from './present-road.ts';

/** The cart's identity as far as a report needs it; the key signs behind it. */
export interface AcceptingIdentity extends Credentials {
  readonly certificateSerialHex: string;
  readonly notAfterMs: number;
  /** @param x5c DER certificates, base64, leaf first */
  sign(typ: string, claims: object, x5c: readonly string[]): Promise<string>;
}

export interface AcceptanceOptions {
  readonly dataDirectory: string;
  readonly demo: boolean;
  readonly cart: { readonly serial: string; readonly model: string };
  readonly software: string;
  /** As it was configured, for a cart without an identity. */
  readonly rootFingerprint: string | null;
  /** Null while the cart is not enrolled. */
  readonly identity: () => Promise<AcceptingIdentity | null>;
  readonly road: () => Promise<RoadSettings>;
  readonly record: (facts: readonly JournalFact[]) => Promise<void>;
  readonly clock: { utcMs(): number };
  readonly randomBytes: RandomBytes;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export interface AcceptOrder {
  readonly road: RoadSettings;
  readonly facility: string;
  readonly acceptedBy: string;
  readonly validation: Validation;
  readonly interfaces: readonly NetworkInterface[];
  /** Null: as the validation saw it. */
  readonly licence: AcceptanceReportClaims['licence'] | null;
}

/** From opening the road to the receipt. A hospital's network is slow, not minutes slow. */
const SEND_TIMEOUT_MS = 15_000;

export class Acceptance {
  readonly #options: AcceptanceOptions;
  readonly #files: AcceptanceFiles;
  #sending: Promise<void> | null = null;

  constructor(options: AcceptanceOptions) {
    this.#options = options;
    this.#files = new AcceptanceFiles(options.dataDirectory);
  }

  /** Signs a report, keeps it, and sends it when the gateway is in reach. */
  async accept(order: AcceptOrder): Promise<AcceptanceFile> {
    const { clock, randomBytes, cart, software, demo } = this.#options;
    const identity = await this.#options.identity();
    if (identity === null) throw new Error('only an enrolled cart is accepted');
    const { leaf, root } = chainOf(identity);
    const claims = makeClaims({
      ...order,
      ...{ cart, software, demo, utcMs: clock.utcMs() },
      id: newId('acceptance', randomBytes),
      rootFingerprint: fingerprintOf(root),
      certificate: {
        serial: identity.certificateSerialHex,
        notAfterUtcMs: identity.notAfterMs,
        signature: leaf.signatureAlgorithmOid ?? 'not known',
      },
    });
    // What cannot be read back is not signed.
    const whole = acceptanceReportClaims.parse(claims);
    const x5c = [leaf.raw.toString('base64')];
    const report = await identity.sign(ACCEPTANCE_TYP.report, whole, x5c);
    const file: AcceptanceFile = {
      kind: 'chaperone-acceptance',
      version: 1,
      report,
      receipt: null,
      root: encodePEM('CERTIFICATE', new Uint8Array(root.raw)),
      ledgerKey: identity.ledgerKey,
    };
    const name = await this.#files.keep(file, whole.jti, whole.iat);
    await this.sendWaiting();
    return await this.#files.read(name).catch(() => file);
  }

  /** Sends what waits, oldest first, as far as the road carries. Never throws: what was not received waits on. */
  async sendWaiting(): Promise<void> {
    this.#sending ??= this.#send().finally(() => (this.#sending = null));
    await this.#sending;
  }

  /** The newest report, or null. @throws AcceptanceFileDamaged */
  async newest(): Promise<AcceptanceFile | null> {
    const name = (await this.#files.names()).at(-1);
    return name === undefined ? null : await this.#files.read(name);
  }

  /** What the engineer's page says of the newest report. @throws AcceptanceFileDamaged */
  async summary(present: PresentRoad): Promise<EngineerState['report']> {
    const file = await this.newest();
    if (file === null) return null;
    const claims = claimsOf(file);
    const { jti, iat, facility, acceptedBy, accepted } = claims;
    return {
      id: jti,
      signedUtcMs: iat * 1000,
      facility,
      acceptedBy,
      accepted,
      isOutOfDate: isOutOfDate(claims, present),
      receivedUtcMs: receivedUtcMs(file),
    };
  }

  /** What the hospital's firewall team needs, any time. @throws AcceptanceFileDamaged */
  async firewall(present: PresentRoad, language: Language): Promise<string> {
    const { cart, rootFingerprint } = this.#options;
    const [file, identity] = await Promise.all([this.newest(), this.#options.identity()]);
    const root = identity === null ? rootFingerprint : fingerprintOf(chainOf(identity).root);
    const claims = file === null ? null : claimsOf(file);
    return firewallText(firewallRequest(present, claims, cart, root), language);
  }

  async #send(): Promise<void> {
    const { log, record } = this.#options;
    const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
    try {
      for (const name of await this.#files.names()) {
        const file = await this.#files.read(name);
        if (file.receipt !== null) continue;
        const identity = await this.#options.identity();
        if (identity === null) return;
        const { jti, iss } = claimsOf(file);
        const { report: jws } = file;
        const road = await this.#options.road();
        const sent = await sendReport({ jws, id: jti, serial: iss }, road, identity, signal);
        if (sent.is === 'refused') {
          log.warn({ report: jti, code: sent.code }, 'the gateway refused an acceptance report');
          await this.#files.putAside(name);
          continue;
        }
        await this.#files.write(name, { ...file, receipt: sent.receipt });
        await record([{ kind: 'acceptance-received', reportId: jti as AcceptanceId }]);
      }
    } catch (fault) {
      log.info({ err: fault }, 'an acceptance report waits for the gateway');
    }
  }
}

/** Reads what this cart has signed itself. */
export function claimsOf(file: AcceptanceFile): AcceptanceReportClaims {
  return acceptanceReportClaims.parse(decodeJwt(file.report));
}

/** When the gateway received it, by the gateway's clock; null while it has not. */
export function receivedUtcMs({ receipt }: AcceptanceFile): number | null {
  if (receipt === null) return null;
  return acceptanceReceiptClaims.parse(decodeJwt(receipt)).receivedUtcMs;
}

/** The cart's certificate, and of the roots that it believes the one that issued it. */
function chainOf({ certificatePem, cartRootPem }: Credentials): {
  readonly leaf: X509Certificate;
  readonly root: X509Certificate;
} {
  const leaf = new X509Certificate(certificatePem);
  const roots = decodePEM('CERTIFICATE', cartRootPem).map((der) => new X509Certificate(der));
  const root = roots.find((each) => leaf.checkIssued(each) && leaf.verify(each.publicKey));
  if (root === undefined) throw new Error('an identity is under one of its roots');
  return { leaf, root };
}

function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '').toLowerCase();
}
