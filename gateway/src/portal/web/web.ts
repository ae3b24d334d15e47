/**
 * The portal over HTTPS: its gate, its addresses, its troubles. Pages are HTML without scripts; what goes in is a code.
 *
 * An address that the HTTP parser or the router refuses ends as the bare refusal or without an answer, so that strangers
 * learn nothing from how it is worded.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import fastifyCookie from '@fastify/cookie';
import fastify from 'fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OfficerId } from '@chaperone/domain/id/id.ts';
import type { AdmittedOfficer } from '../../authority/contract.ts';
import { isUnexpected, toProblem } from '../../platform/problem/problem.ts';
import type { FacilityAccounts } from '../contract.ts';
import { languageOf, troublePage } from '../pages/pages.ts';
import type { PageSetting, Trouble } from '../pages/pages.ts';
import type { SentForm } from './form.ts';
import { Gate } from './gate.ts';
import type { GateParts } from './gate.ts';
import { PORTAL_HEADERS } from './headers.ts';
import { COOKIE, WAY_IN, addRoutes } from './routes.ts';
import type { Asked, RouteParts } from './route-parts.ts';
import { addWitnessRoutes, isWitnessRoute } from './witness-routes.ts';
import type { WitnessParts } from './witness-routes.ts';
import { PortalMethodRefused, PortalNothingThere, PortalRequestsTooMany } from './web-error.ts';

/** A code and a field's name. */
const BODY_BYTES_MAX = 1_024;
const HEADER_BYTES_MAX = 8_192;
const CONNECTIONS_MAX = 512;
const HEADERS_MS = 10_000;
const REQUEST_MS = 15_000;
/** A connection on which nothing moves for this long is closed. */
const IDLE_CONNECTION_MS = 60_000;
/** It names neither service centre nor version. */
const BARE_REFUSAL = 'Nothing is shown here without a certificate of a facility.\n';

export interface PortalWebOptions {
  readonly host: string;
  readonly port: number;
  readonly names: readonly string[];
  readonly tls: TlsOptions;
  readonly setting: Omit<PageSetting, 'language'>;
  readonly onFault: (fault: unknown, route: string | undefined) => void;
}

export interface PortalWebParts
  extends Omit<GateParts, 'signIns'>, Omit<RouteParts, 'askedOf' | 'passGathering' | 'ledger'> {
  readonly ledger: RouteParts['ledger'] & WitnessParts['ledger'];
  readonly accountsOf: (officer: AdmittedOfficer) => FacilityAccounts;
}

export interface PortalWeb {
  readonly url: string;
  /** Ends an officer's live connections. */
  drop(officer: OfficerId): void;
  close(): Promise<void>;
}

/** Listens for officers' browsers. */
export async function startPortalWeb(
  parts: PortalWebParts,
  options: PortalWebOptions,
): Promise<PortalWeb> {
  let gate: Gate | null = null;
  const gateOf = (): Gate => {
    // The port is known before the first request can come.
    gate ??= new Gate(parts, options.names, (server.server.address() as AddressInfo).port);
    return gate;
  };
  const server = await makeServer(parts, options, gateOf);
  await server.listen({ host: options.host, port: options.port });
  const { port } = server.server.address() as AddressInfo;
  const [name = 'localhost'] = options.names;
  return {
    url: `https://${name.includes(':') ? `[${name}]` : name}:${port}`,
    drop: (officer) => gateOf().drop(officer),
    close: async () => {
      const closed = once(server.server, 'close');
      const closing = server.close();
      server.server.closeAllConnections();
      await Promise.all([closing, closed]);
    },
  };
}

async function makeServer(parts: PortalWebParts, options: PortalWebOptions, gateOf: () => Gate) {
  const server = fastify({
    https: { ...options.tls, ALPNProtocols: ['http/1.1'], maxHeaderSize: HEADER_BYTES_MAX },
    bodyLimit: BODY_BYTES_MAX,
    connectionTimeout: IDLE_CONNECTION_MS,
    requestTimeout: REQUEST_MS,
    exposeHeadRoutes: false,
    trustProxy: false,
    logger: false,
    forceCloseConnections: true,
    clientErrorHandler: (_fault, socket) => socket.destroy(),
    // It is called before the gate, so it must not tell more than that.
    frameworkErrors: (_fault, _request, reply) => refuseBare(reply as unknown as FastifyReply),
  });
  server.server.headersTimeout = HEADERS_MS;
  server.server.maxConnections = CONNECTIONS_MAX;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'text/plain'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  server.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    (request, bytes, done) =>
      done(null, { bytes, contentType: request.headers['content-type'] } as SentForm),
  );
  await server.register(fastifyCookie);

  const asked = new WeakMap<FastifyRequest, Asked>();
  server.addHook('onRequest', async (request, reply) => {
    const officer = await gateOf().admit(request.raw);
    if (officer === null) return refuseBare(reply);
    const isIn = parts.signIns.use(officer, request.cookies[COOKIE]);
    const language = languageOf(request.headers['accept-language']);
    asked.set(request, {
      officer,
      setting: { ...options.setting, language },
      isIn,
      accounts: parts.accountsOf(officer),
    });
    const { url } = request.routeOptions;
    gateOf().pass(officer, request.raw, url);
    // Whoever is not in finds the way in, whatever the address: it does not tell what is there.
    if (!isIn && !WAY_IN.has(url ?? '') && !isWitnessRoute(url))
      return await reply.redirect('/', 303);
  });
  server.addHook('onSend', async (_request, reply) => {
    const lasting = reply.getHeader('cache-control');
    void reply.headers(PORTAL_HEADERS);
    if (lasting !== undefined) void reply.header('cache-control', lasting);
  });
  server.setNotFoundHandler(async () => {
    throw new PortalNothingThere();
  });
  server.setErrorHandler(async (fault, request, reply) => {
    const seen = asked.get(request);
    if (isUnexpected(fault)) options.onFault(fault, request.routeOptions.url);
    if (seen === undefined) return refuseBare(reply);
    const { status } = toProblem(fault);
    if (fault instanceof PortalRequestsTooMany) void reply.header('retry-after', fault.waitSeconds);
    if (fault instanceof PortalMethodRefused) void reply.header('allow', 'GET');
    const text = troublePage(seen.setting, seen.isIn ? seen.officer : null, troubleOf(status));
    return await reply.status(status).type('text/html; charset=utf-8').send(text);
  });
  const askedOf = (request: FastifyRequest): Asked => {
    const found = asked.get(request);
    if (found === undefined) throw new TypeError('The gate stands before every address.');
    return found;
  };
  addWitnessRoutes(server as never, {
    ledger: parts.ledger,
    officerOf: (request) => askedOf(request).officer,
  });
  addRoutes(server as never, {
    ...parts,
    askedOf,
    passGathering: (officer) => gateOf().passGathering(officer),
  });
  return server;
}

function refuseBare(reply: FastifyReply): FastifyReply {
  return reply
    .status(403)
    .headers({ connection: 'close', 'cache-control': 'no-store' })
    .type('text/plain; charset=utf-8')
    .send(BARE_REFUSAL);
}

function troubleOf(status: number): Trouble {
  if (status === 404 || status === 405) return 'notThere';
  if (status === 429) return 'tooOften';
  if (status === 503 || status === 507) return 'notNow';
  return status < 500 ? 'refused' : 'fault';
}
