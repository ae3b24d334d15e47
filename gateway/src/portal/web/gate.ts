/**
 * What every request passes before anything is shown: the certificate, the portal's name, the method, whence a form comes,
 * how often somebody asks. Whoever has no certificate of a facility in force gets one bare answer, the same for all.
 */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { OfficerId } from '@chaperone/domain/id/id.ts';
import { OfficerRefused } from '../../authority/contract.ts';
import type { AdmittedOfficer, Authority } from '../../authority/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { SignIns } from '../sign-in/sign-in.ts';
import { COSIGNATURE_ROUTE, isWitnessRoute } from './witness-routes.ts';
import { PortalMethodRefused, PortalOriginRefused, PortalRequestsTooMany } from './web-error.ts';

const OFFICERS_MAX = 10_000;
/** What a person at a browser asks for, and what costs the reading of a whole journal. */
const ASK = { burst: 60, perSecond: 2 } as const;
const GATHER = { burst: 4, perSecond: 1 / 20 } as const;
/** A witness mirrors thousands of tiles, once. */
const WITNESS_ASK = { burst: 400, perSecond: 40 } as const;
/** The only addresses that take a form. */
const FORMS: ReadonlySet<string> = new Set(['/sign-in', '/sign-out', '/policy']);

export interface GateParts {
  readonly authority: Pick<Authority, 'admitOfficer'>;
  readonly signIns: Pick<SignIns, 'tellRefusal'>;
  readonly clock: Clock;
  /** Told of strangers, for the log. */
  readonly onStranger: (reason: string) => void;
}

export class Gate {
  readonly #parts: GateParts;
  readonly #hosts: ReadonlySet<string>;
  readonly #connections = new Map<OfficerId, Set<TLSSocket>>();
  readonly #asks: RateLimit;
  readonly #witnessAsks: RateLimit;
  readonly #gathers: RateLimit;

  /** @param names of the portal in a browser's address line */
  constructor(parts: GateParts, names: readonly string[], port: number) {
    this.#parts = parts;
    const hosts = names.map((name) => (isIPv6(name) ? `[${name}]` : name));
    this.#hosts = new Set([
      ...hosts.map((host) => `${host}:${port}`),
      ...(port === 443 ? hosts : []),
    ]);
    const limit = (pace: { readonly burst: number; readonly perSecond: number }): RateLimit =>
      new RateLimit({ ...pace, keysMax: OFFICERS_MAX, now: () => parts.clock.monotonicMs() });
    this.#asks = limit(ASK);
    this.#witnessAsks = limit(WITNESS_ASK);
    this.#gathers = limit(GATHER);
  }

  /** Admits who asks, or gives null for the bare answer. */
  async admit(request: IncomingMessage): Promise<AdmittedOfficer | null> {
    const socket = request.socket as TLSSocket;
    try {
      const officer = await this.#parts.authority.admitOfficer(socket);
      this.#remember(officer.id, socket);
      return officer;
    } catch (fault) {
      if (!(fault instanceof OfficerRefused)) throw fault;
      const { reason, shown, code } = fault;
      if (shown === null) this.#parts.onStranger(reason);
      else this.#parts.signIns.tellRefusal(shown.id, shown.certificateSerialHex, code);
      return null;
    }
  }

  /**
   * Looks at a request of an admitted officer.
   * @param route the address as the router knows it
   * @throws PortalOriginRefused, PortalMethodRefused, PortalRequestsTooMany
   */
  pass(officer: AdmittedOfficer, request: IncomingMessage, route: string | undefined): void {
    const host = (request.headers.host ?? '').toLowerCase();
    if (!this.#hosts.has(host)) throw new PortalOriginRefused();
    if (request.method === 'POST' && FORMS.has(route ?? '')) {
      if (request.headers.origin !== `https://${host}`) throw new PortalOriginRefused();
      const site = request.headers['sec-fetch-site'];
      if (site !== undefined && site !== 'same-origin') throw new PortalOriginRefused();
    } else if (request.method === 'POST' && route === COSIGNATURE_ROUTE) {
      // A program's. A browser always says whence it sends, whoever made it send.
      if (request.headers.origin !== undefined) throw new PortalOriginRefused();
    } else if (request.method !== 'GET') throw new PortalMethodRefused();
    const asks = isWitnessRoute(route) ? this.#witnessAsks : this.#asks;
    if (!asks.take(officer.id)) throw new PortalRequestsTooMany(1);
  }

  /** @throws PortalRequestsTooMany */
  passGathering(officer: AdmittedOfficer): void {
    if (!this.#gathers.take(officer.id))
      throw new PortalRequestsTooMany(Math.ceil(1 / GATHER.perSecond));
  }

  /** Ends an officer's live connections, with whatever is being sent over them. */
  drop(officer: OfficerId): void {
    for (const socket of this.#connections.get(officer) ?? []) socket.destroy();
  }

  #remember(officer: OfficerId, socket: TLSSocket): void {
    const held = this.#connections.get(officer) ?? new Set();
    if (held.has(socket)) return;
    this.#connections.set(officer, held.add(socket));
    socket.once('close', () => {
      held.delete(socket);
      if (held.size === 0 && this.#connections.get(officer) === held)
        this.#connections.delete(officer);
    });
  }
}
