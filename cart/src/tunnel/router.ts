/**
 * Finds what a request of the desk asks for, and answers what must not be asked.
 *
 * Every refusal is a problem answer and a fact of the journal, whatever its reason. What breaks HTTP/2 itself cannot be
 * answered; it is a fact of the journal all the same.
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { SCREEN_AUTHORITY } from '@chaperone/protocol/cart-api/version.ts';
import type { ProblemCode } from '../platform/problem-table.ts';
import { problemOf } from '../platform/problem.ts';
import { RateLimit } from '../platform/rate-limit.ts';
import type { Connection } from './connection.ts';
import { EVIDENCE_ROUTES } from './evidence-routes.ts';
import { Exchange, RouteNotFound } from './exchange.ts';
import { FILE_ROUTES } from './file-routes.ts';
import type { Line, RequestTaker } from './line.ts';
import { MASK_ROUTES } from './mask-routes.ts';
import { HelloFirst, RateLimited, SessionNotCurrent } from './refused.ts';
import type { Route } from './route.ts';
import { SCREEN_ROUTE } from './screen-route.ts';
import { SESSION_ROUTES } from './session-routes.ts';
import type { TunnelOptions } from './tunnel-options.ts';
import { WATCH_ROUTES } from './watch-routes.ts';

const ROUTES: readonly Route[] = [
  ...SESSION_ROUTES,
  ...EVIDENCE_ROUTES,
  ...FILE_ROUTES,
  ...MASK_ROUTES,
  ...WATCH_ROUTES,
  SCREEN_ROUTE,
];
/** What writes into the journal or checks signatures, at once and per second: about 50 MB of journal an hour at worst. */
const COSTLY_BURST = 200;
const COSTLY_PER_SECOND = 20;
const HELLO = 'GET hello';
const UNKNOWN_OPERATION = 'unknown';
/** What never became a request: the journal tells of it, no answer does. */
const MALFORMED_OPERATION = 'HTTP/2';
const MALFORMED_CODE = 'REQUEST_MALFORMED' satisfies ProblemCode;

export class Router implements RequestTaker {
  readonly #options: TunnelOptions;
  /** Outlives connections: dialling again gives no new allowance. */
  readonly #costly: RateLimit;

  constructor(options: TunnelOptions) {
    this.#options = options;
    this.#costly = new RateLimit(COSTLY_BURST, COSTLY_PER_SECOND, options.monotonicMs);
  }

  request(
    line: Line,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    connection: Connection,
  ): void {
    const exchange = new Exchange(stream, headers);
    const found = find(exchange);
    void this.#take(line, exchange, connection, found).catch((fault: unknown) => {
      this.#refuse(exchange, found?.route.operation ?? UNKNOWN_OPERATION, fault);
    });
  }

  excess(_line: Line, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const exchange = new Exchange(stream, headers);
    const operation = find(exchange)?.route.operation ?? UNKNOWN_OPERATION;
    this.#refuse(exchange, operation, new RateLimited('Too many requests in a second.'));
  }

  malformed(): void {
    this.#options.session.refused(MALFORMED_OPERATION, MALFORMED_CODE);
  }

  async #take(
    line: Line,
    exchange: Exchange,
    connection: Connection,
    found: Found | null,
  ): Promise<void> {
    if (!line.isCurrent && found?.route.outlivesSession !== true)
      throw new SessionNotCurrent('This connection belongs to no current session.');
    if (found === null) throw new RouteNotFound('There is nothing at this address.');
    const { route, segment } = found;
    if (!connection.isGreeted && route.operation !== HELLO) {
      throw new HelloFirst('A connection begins with hello.');
    }
    if (route.isCostly && !this.#costly.take())
      throw new RateLimited('Too many requests in a second.');
    if (route.atOnceMax !== undefined) enter(line, exchange, route.operation, route.atOnceMax);
    await route.take({ exchange, line, connection, options: this.#options, segment });
  }

  #refuse(exchange: Exchange, operation: string, fault: unknown): void {
    const { session, log } = this.#options;
    const { code } = problemOf(fault);
    if (code === 'INTERNAL_FAULT') log.error({ fault, operation }, 'a request failed');
    session.refused(operation, code);
    exchange.refuse(fault);
  }
}

/** Counts a request as under way until its stream is over. @throws RateLimited when there are too many of its kind */
function enter(
  { underWay }: Line,
  { stream }: Exchange,
  operation: string,
  atOnceMax: number,
): void {
  const count = underWay.get(operation) ?? 0;
  if (count >= atOnceMax) throw new RateLimited('Too many of these are under way.');
  underWay.set(operation, count + 1);
  stream.once('close', () => underWay.set(operation, (underWay.get(operation) ?? 1) - 1));
}

interface Found {
  readonly route: Route;
  readonly segment: string;
}

function find(exchange: Exchange): Found | null {
  const { method, path, authority } = exchange;
  if (method === 'CONNECT') {
    return authority === SCREEN_AUTHORITY ? { route: SCREEN_ROUTE, segment: '' } : null;
  }
  for (const route of ROUTES) {
    if (route.method !== method) continue;
    if (route.path === path) return { route, segment: '' };
    const prefix = route.path.endsWith('/*') ? route.path.slice(0, -1) : null;
    if (prefix === null || !path.startsWith(prefix)) continue;
    // One segment as it stands: ids need no escapes, and what has some is no id.
    const segment = path.slice(prefix.length);
    if (/^[A-Za-z0-9-]{1,64}$/.test(segment)) return { route, segment };
  }
  return null;
}
