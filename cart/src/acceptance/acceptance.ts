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
import { AcceptanceFileDamaged, AcceptanceFiles } from './acceptance-file.ts';
import { makeClaims } from './make-claims.ts';
import { firewallRequest, isOutOfDate } from './present-road.ts';
import type { PresentRoad } from './present-road.ts';
import { sendReport } from './send-report.ts';
import type { Credentials, Refusal } from './send-report.ts';

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

/** A report that was signed just now. `waiting`: it is sent again by itself. `refused`: the gateway will never take it. */
export interface AcceptedReport {
  readonly file: AcceptanceFile;
  readonly became: 'received' | 'waiting' | 'refused';
  /** Why, in the gateway's words; null unless it was refused. */
  readonly refusal: Refusal | null;
}

/** From opening the road to the receipt. A hospital's network is slow, not minutes slow. */
const SEND_TIMEOUT_MS = 15_000;

export class Acceptance {
  readonly #options: AcceptanceOptions;
  readonly #files: AcceptanceFiles;
  #sending: Promise<void> | null = null;
  /** What the gateway has refused since this program started, by name. */
  readonly #refused = new Map<string, Refusal>();
  /** Names of what can be neither read nor put aside. */
  readonly #unreadable = new Set<string>();

  constructor(options: AcceptanceOptions) {
    this.#options = options;
    this.#files = new AcceptanceFiles(options.dataDirectory);
  }

  /** Signs a report, keeps it, sends it when the gateway is in reach, and tells what became of it. */
  async accept(order: AcceptOrder): Promise<AcceptedReport> {
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
    // What is being sent already does not know of this one yet.
    await this.#sending;
    await this.sendWaiting();
    const refusal = this.#refused.get(name) ?? null;
    if (refusal !== null) return { file, became: 'refused', refusal };
    const kept = await this.#files.read(name).catch(() => file);
    return { file: kept, became: kept.receipt === null ? 'waiting' : 'received', refusal };
  }

  /** Sends what waits, oldest first, as far as the road carries. Never throws: what was not received waits on. */
  async sendWaiting(): Promise<void> {
    this.#sending ??= this.#send().finally(() => (this.#sending = null));
    await this.#sending;
  }

  /** The newest report that can be read, or null. */
  async newest(): Promise<AcceptanceFile | null> {
    return (await this.#newest())?.file ?? null;
  }

  /** What the engineer's page says of the newest report, and of one after it that is worth nothing. Never throws. */
  async summary(
    present: PresentRoad,
  ): Promise<Pick<EngineerState, 'report' | 'reportTrouble' | 'reportRefusal'>> {
    try {
      const newest = await this.#newest();
      const [reportTrouble, name] = await this.#troubleAfter(newest?.name ?? '');
      const report = newest === null ? null : summaryOf(newest.file, present);
      return { report, reportTrouble, reportRefusal: this.#refused.get(name)?.said ?? null };
    } catch (fault) {
      this.#options.log.warn({ err: fault }, 'the acceptance reports cannot be looked at');
      return { report: null, reportTrouble: 'ACCEPTANCE_FILE_DAMAGED', reportRefusal: null };
    }
  }

  async #newest(): Promise<{ readonly name: string; readonly file: AcceptanceFile } | null> {
    for (const name of (await this.#files.names()).toReversed()) {
      const file = await this.#readable(name);
      if (file !== null) return { name, file };
    }
    return null;
  }

  /** @returns a code, and the name of the report that it is about; names sort as reports were made */
  async #troubleAfter(name: string): Promise<readonly [string | null, string]> {
    const [damaged = '', refused = ''] = await Promise.all(
      (['damaged', 'refused'] as const).map(async (aside) =>
        (await this.#files.names(aside)).at(-1),
      ),
    );
    const unreadable = [damaged, ...this.#unreadable].toSorted().at(-1) ?? '';
    if (unreadable > name && unreadable > refused) return ['ACCEPTANCE_FILE_DAMAGED', unreadable];
    return refused > name ? ['ACCEPTANCE_REFUSED', refused] : [null, ''];
  }

  /** Reads a report, or gives null: one that is damaged is put aside, so that it is in the way of no other. */
  async #readable(name: string): Promise<AcceptanceFile | null> {
    try {
      const file = await this.#files.read(name);
      claimsIn(file, name);
      this.#unreadable.delete(name);
      return file;
    } catch (fault) {
      // Meanwhile somebody else has put it aside.
      if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
      await this.#outOfTheWay(name, fault);
      return null;
    }
  }

  async #outOfTheWay(name: string, fault: unknown): Promise<void> {
    const { log } = this.#options;
    try {
      // What the disk does not give now may be whole.
      if (!(fault instanceof AcceptanceFileDamaged)) throw fault;
      await this.#files.putAside(name, 'damaged');
      log.warn({ err: fault }, 'an acceptance report is damaged and put aside');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT' || this.#unreadable.has(name)) return;
      this.#unreadable.add(name);
      log.warn({ err: cause }, 'an acceptance report cannot be read');
    }
  }

  /** What the hospital's firewall team needs, any time. */
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
        const file = await this.#readable(name);
        if (file === null || file.receipt !== null) continue;
        const identity = await this.#options.identity();
        if (identity === null) return;
        const { jti, iss } = claimsOf(file);
        const { report: jws } = file;
        const road = await this.#options.road();
        const sent = await sendReport({ jws, id: jti, serial: iss }, road, identity, signal);
        if (sent.is === 'refused') {
          log.warn({ report: jti, code: sent.code }, 'the gateway refused an acceptance report');
          this.#refused.set(name, sent);
          await this.#files.putAside(name, 'refused');
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

function summaryOf(file: AcceptanceFile, present: PresentRoad): EngineerState['report'] {
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

/** @throws AcceptanceFileDamaged when what is in the file is no report, or its receipt none */
function claimsIn(file: AcceptanceFile, name: string): void {
  try {
    claimsOf(file);
    receivedUtcMs(file);
  } catch (cause) {
    throw new AcceptanceFileDamaged(name, { cause });
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
