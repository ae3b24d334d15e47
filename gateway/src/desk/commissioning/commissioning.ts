/**
 * What a cart asks of its gateway while it is commissioned: whether it is known here, how good its road is, and the
 * countersignature of its acceptance report (decision 0022).
 *
 * It shares the HTTPS server of the enrolment road, which ends what was revoked here; what another desk revoked, or what
 * expires, ends at the next look. Each request is admitted by the authority. It knows no case, no session and no consent, and gives nobody anything.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import {
  BYTES_MAX,
  COMMISSIONING_PATHS,
  COMMISSIONING_PREFIX,
  ECHO_BYTES_MAX,
  IDLE_SECONDS_MAX,
} from '@chaperone/protocol/commissioning/service.ts';
import { REPORT_CHARACTERS_MAX } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import {
  FACILITY_POLICY_PATHS,
  policyReceipt,
} from '@chaperone/protocol/facility-policy/facility-policy-service.ts';
import { POLICY_RECEIPT_CHARACTERS_MAX } from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import type { GatewayStatus } from '@chaperone/protocol/commissioning/service.ts';
import { licenceStanding } from '@chaperone/domain/licence/licence-terms.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { CartRefused } from '../../authority/contract.ts';
import type { Authority, CartLicence } from '../../authority/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import {
  PROBLEM_MEDIA_TYPE,
  isUnexpected,
  problemOf,
  toProblem,
} from '../../platform/problem/problem.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { FacilityPolicies } from '../facility-policy/facility-policy.ts';
import { CertifiedConnections } from '../platform/certified-connections.ts';
import { ByteAllowance } from './byte-allowance.ts';
import {
  CommissioningMethodRefused,
  CommissioningRequestMalformed,
  CommissioningThrottled,
} from './commissioning-error.ts';
import { readReportBody } from './check-report.ts';
import { IdlePlaces } from './idle-places.ts';
import { countBody, sendNoise } from './measurement.ts';
import { readBody } from './read-body.ts';
import type { AcceptanceReports } from './reports.ts';

export { CartChanges } from './cart-changes.ts';
export type { ChangedSite } from './cart-changes.ts';
export { driftOf } from './drift.ts';
export { AcceptanceReports } from './reports.ts';
export type { CartReports, KeptReport } from './reports.ts';
export type { ReportSummary } from './summary.ts';
export { COMMISSIONING_MIGRATIONS } from './tables.ts';
export {
  AcceptanceReportDamaged,
  AcceptanceReportIdTaken,
  AcceptanceReportRefused,
  AcceptanceReportUnknown,
  CommissioningBodyTooLarge,
  CommissioningMethodRefused,
  CommissioningRequestMalformed,
  CommissioningThrottled,
} from './commissioning-error.ts';

/** A validation makes about fifty requests, most of them echoes one after the other. */
const REQUESTS = { burst: 200, perSecond: 10, keysMax: 10_000 } as const;
/** Two validations in a row at 1 Gb/s, then about 1 MiB/s: a fifth of a percent of such a line. */
const ALLOWANCE = {
  burstBytes: 4 * BYTES_MAX,
  bytesPerSecond: 1024 * 1024,
  atOnceMax: 4,
  cartsMax: 10_000,
} as const;
/** The report and the JSON around it. */
const REPORT_BODY_BYTES_MAX = REPORT_CHARACTERS_MAX + 64;
/** The receipt and the JSON around it. */
const POLICY_RECEIPT_BODY_BYTES_MAX = POLICY_RECEIPT_CHARACTERS_MAX + 64;
/** An idle test leaves six connections alone, each for its own time, and perhaps one test before it broke off. */
export const IDLE_PLACES_PER_CART = 12;
const IDLE = { placesMax: 64, placesPerCartMax: IDLE_PLACES_PER_CART } as const;

export interface CommissioningOptions {
  readonly authority: Pick<Authority, 'admitCart' | 'cartLicence' | 'inForce' | 'isRevoked'>;
  readonly reports: Pick<AcceptanceReports, 'take'>;
  readonly policies: Pick<FacilityPolicies, 'waitingFor' | 'takeReceipt'>;
  readonly clock: Clock;
  /** What a cart may move; the usual allowance unless said otherwise. */
  readonly burstBytes?: number;
  /** Name and version of this program. */
  readonly software: string;
  /** Told of faults that nobody expected. Must not throw. */
  readonly report: (fault: unknown) => void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: TLSSocket;
  readonly peer: PeerCertificate;
  readonly query: URLSearchParams;
}

type Route = (exchange: Exchange) => Promise<void>;

export class Commissioning {
  readonly #options: CommissioningOptions;
  readonly #connections: CertifiedConnections;
  readonly #requests: RateLimit;
  readonly #allowance: ByteAllowance;
  readonly #idle = new IdlePlaces(IDLE);
  readonly #routes: ReadonlyMap<string, Readonly<Record<string, Route>>>;

  constructor(options: CommissioningOptions) {
    this.#options = options;
    const { authority, clock, report } = options;
    const now = (): number => clock.monotonicMs();
    this.#requests = new RateLimit({ ...REQUESTS, now });
    const burstBytes = options.burstBytes ?? ALLOWANCE.burstBytes;
    this.#allowance = new ByteAllowance({ ...ALLOWANCE, burstBytes, now });
    this.#connections = new CertifiedConnections({
      inForce: async (serials) => await authority.inForce(serials),
      utcMs: () => clock.utcMs(),
      report,
    });
    this.#routes = new Map<string, Readonly<Record<string, Route>>>([
      [COMMISSIONING_PATHS.status, { GET: async (each) => await this.#status(each) }],
      [COMMISSIONING_PATHS.idle, { GET: async (each) => this.#keepIdle(each) }],
      [COMMISSIONING_PATHS.echo, { POST: echo }],
      [FACILITY_POLICY_PATHS.policy, { GET: async (each) => await this.#waitingPolicy(each) }],
      [
        FACILITY_POLICY_PATHS.receipt,
        { POST: async (each) => await this.#takePolicyReceipt(each) },
      ],
      [COMMISSIONING_PATHS.reports, { POST: async (each) => await this.#takeReport(each) }],
      [
        COMMISSIONING_PATHS.bytes,
        {
          GET: async (each) => await this.#download(each),
          POST: async (each) => await this.#upload(each),
        },
      ],
    ]);
  }

  /** Tells whether an address is one of this service. */
  static serves(url: string | undefined): boolean {
    return (url ?? '').startsWith(`${COMMISSIONING_PREFIX}/`);
  }

  /** Answers one request. It always answers, never throws. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { socket } = request;
      if (!(socket instanceof TLSSocket)) throw new CartRefused('no-certificate');
      const peer = await this.#admit(socket);
      // Only a cart is told what there is.
      const [path = '', query] = (request.url ?? '').split('?', 2);
      await this.#routeOf(
        request,
        path,
      )({
        request,
        response,
        socket,
        peer,
        query: new URLSearchParams(query),
      });
    } catch (fault) {
      // A peer that goes away in the middle of its request is nobody's fault.
      if (isUnexpected(fault) && !request.destroyed && !(fault instanceof NothingThere))
        this.#options.report(fault);
      refuse(response, fault);
    }
  }

  close(): void {
    this.#connections.close();
  }

  /** @throws CartRefused, CommissioningThrottled */
  async #admit(socket: TLSSocket): Promise<PeerCertificate> {
    const { authority } = this.#options;
    const peer = await authority.admitCart(socket);
    this.#connections.hold(socket, peer);
    // Asked again: it may have been revoked between the first answer and the holding.
    if (await authority.isRevoked(peer.certificateSerialHex))
      throw new CartRefused('revoked', peer);
    if (!this.#requests.take(peer.serial)) throw new CommissioningThrottled(1);
    return peer;
  }

  #routeOf(request: IncomingMessage, path: string): Route {
    const methods = this.#routes.get(path);
    if (methods === undefined) throw new NothingThere();
    const route = Object.entries(methods).find(([method]) => method === request.method)?.[1];
    if (route === undefined) throw new CommissioningMethodRefused(Object.keys(methods).join(', '));
    return route;
  }

  async #status({ response, peer }: Exchange): Promise<void> {
    const { authority, clock, software } = this.#options;
    const nowMs = clock.utcMs();
    const licence = await authority.cartLicence(peer.serial);
    const terms = licence?.terms ?? null;
    const status: GatewayStatus = {
      utcMs: nowMs,
      software,
      serial: peer.serial,
      facility: terms?.facility ?? null,
      licence: {
        id: licence === undefined ? '' : String(licence.id),
        state: licence === undefined ? 'retired' : stateOf(licence, nowMs),
        features: [...(terms?.features ?? [])],
        validUntilUtcMs: terms?.validUntilUtcMs ?? null,
      },
    };
    sendJSON(response, status);
  }

  #keepIdle({ response, socket, peer, query }: Exchange): void {
    const seconds = Math.min(countIn(query, 'seconds'), IDLE_SECONDS_MAX);
    this.#idle.take(socket, peer.serial);
    // The server's own time limit is set when the answer is out; this one comes after it.
    response.once('finish', () => socket.setTimeout(seconds * 1000));
    response.setHeader('Keep-Alive', `timeout=${seconds}`);
    sendJSON(response, { seconds });
  }

  async #takeReport({ request, response, peer }: Exchange): Promise<void> {
    const report = readReportBody(await readBody(request, REPORT_BODY_BYTES_MAX));
    sendJSON(response, { receipt: await this.#options.reports.take(report, peer.serial) });
  }

  async #waitingPolicy({ response, peer, query }: Exchange): Promise<void> {
    const { authority, policies } = this.#options;
    const above = query.get('above') ?? '';
    if (!/^(?:0|[1-9][0-9]{0,9})$/.test(above))
      throw new CommissioningRequestMalformed('"above" is the version that the cart has.');
    const licence = await authority.cartLicence(peer.serial);
    const facility = licence?.terms?.facility ?? null;
    const policy = await policies.waitingFor(peer.serial, Number(above), facility);
    sendJSON(response, { policy });
  }

  async #takePolicyReceipt({ request, response, peer }: Exchange): Promise<void> {
    const body = await readBody(request, POLICY_RECEIPT_BODY_BYTES_MAX);
    await this.#options.policies.takeReceipt(readReceiptBody(body), peer);
    sendJSON(response, {});
  }

  async #download({ response, peer, query }: Exchange): Promise<void> {
    const count = countIn(query, 'count');
    if (count > BYTES_MAX)
      throw new CommissioningRequestMalformed(`At most ${BYTES_MAX} bytes are sent.`);
    const end = this.#allowance.begin(peer.serial, count);
    let sent = 0;
    try {
      sent = await sendNoise(response, count);
    } finally {
      end(sent);
    }
  }

  async #upload({ request, response, peer }: Exchange): Promise<void> {
    const announced = Number(request.headers['content-length'] ?? BYTES_MAX);
    const bytesMax = Math.min(announced, BYTES_MAX);
    const end = this.#allowance.begin(peer.serial, bytesMax);
    const body = countBody(request, BYTES_MAX);
    void body.whole.then(end);
    sendJSON(response, { bytes: await body.measured });
  }
}

/** @throws CommissioningRequestMalformed */
function readReceiptBody(body: Buffer): string {
  try {
    return policyReceipt.parse(JSON.parse(body.toString('utf8'))).receipt;
  } catch (cause) {
    throw new CommissioningRequestMalformed('This is not a receipt.', { cause });
  }
}

/** How a licence that was redeemed stands. */
function stateOf(
  { retiredAtMs, terms }: CartLicence,
  nowMs: number,
): 'redeemed' | 'expired' | 'retired' {
  if (retiredAtMs !== undefined) return 'retired';
  return terms !== null && licenceStanding(terms, nowMs) === 'expired' ? 'expired' : 'redeemed';
}

/** There is nothing at this address. */
class NothingThere extends Error {
  override readonly name = 'NothingThere';
}

async function echo({ request, response }: Exchange): Promise<void> {
  const body = await readBody(request, ECHO_BYTES_MAX);
  if (body.length === 0) throw new CommissioningRequestMalformed('There is nothing to send back.');
  send(response, 200, 'application/octet-stream', body);
}

/** Reads a positive number from a query. @throws CommissioningRequestMalformed */
function countIn(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (!/^[1-9][0-9]{0,9}$/.test(text))
    throw new CommissioningRequestMalformed(`"${name}" is a whole number from 1 on.`);
  return Number(text);
}

function sendJSON(response: ServerResponse, value: object): void {
  send(response, 200, 'application/json', Buffer.from(JSON.stringify(value)));
}

function send(response: ServerResponse, status: number, type: string, body: Buffer): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

function refuse(response: ServerResponse, fault: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (fault instanceof CommissioningThrottled) response.setHeader('Retry-After', fault.waitSeconds);
  if (fault instanceof CommissioningMethodRefused) response.setHeader('Allow', fault.allowed);
  // A body that was not read to its end would be taken for the next request.
  response.setHeader('Connection', 'close');
  const problem = fault instanceof NothingThere ? problemOf('ROUTE_NOT_FOUND') : toProblem(fault);
  send(response, problem.status, PROBLEM_MEDIA_TYPE, Buffer.from(JSON.stringify(problem)));
}
