/**
 * The technician's console over HTTP: the API of `protocol/src/console-api/schema.ts`, its OpenAPI document, and the pages.
 *
 * It only translates: who may ask is in `route-table.ts`, what happens is in the other features of the desk.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import fastifyCookie from '@fastify/cookie';
import fastifySwagger from '@fastify/swagger';
import fastifyWebsocket from '@fastify/websocket';
import fastify from 'fastify';
import type { FastifyReply, FastifyServerOptions } from 'fastify';
import { createJsonSchemaTransform, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { safeParse } from 'zod/v4/core';
import type { $ZodType } from 'zod/v4/core';
import { PROBLEM_MEDIA_TYPE, problemOf } from '../../platform/problem/problem.ts';
import { CookieBinding } from '../sign-in/sign-in.ts';
import { BROWSER_MESSAGE_BYTES_MAX } from '../screen/screen.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { streamEvents } from './event-stream.ts';
import { callerOf, guardRoutes } from './guard.ts';
import { Origins } from './origins.ts';
import { answerProblems } from './problem-answer.ts';
import { administrationActRoutes } from './routes-administration-act.ts';
import { administrationRoutes } from './routes-administration.ts';
import { cartRoutes } from './routes-carts.ts';
import { auditRoutes } from './routes-audit.ts';
import { caseRoutes } from './routes-case.ts';
import { postureRoutes } from './routes-posture.ts';
import { factorRoutes } from './routes-factor.ts';
import { deidentificationRoutes } from './routes-deidentification.ts';
import { fileRoutes } from './routes-file.ts';
import { recordRoutes } from './routes-record.ts';
import { snapshotRoutes } from './routes-snapshot.ts';
import { uploadRoutes } from './routes-upload.ts';
import { proposalRoutes } from './routes-proposal.ts';
import { ownRoutes } from './routes-me.ts';
import { providerRoutes } from './routes-provider.ts';
import { maskRoutes } from './routes-mask.ts';
import { watchRoutes } from './routes-watch.ts';
import { sessionRoutes } from './routes-session.ts';
import { signInRoutes } from './routes-sign-in.ts';
import { BARE_HEADERS, securityHeaders } from './security-headers.ts';
import { servePages } from './static-pages.ts';
import { gateWorkstations, isStranger } from './workstation-gate.ts';
import { workstationRoutes } from './routes-workstation.ts';
import { tokenOf } from './session-cookie.ts';

export type { DeskFeatures } from './desk-features.ts';
export { REQUIREMENTS, ROUTE_TABLE } from './route-table.ts';
export type { Requirement, RouteRule } from './route-table.ts';

/** A connection on which nothing moves for this long is closed; event streams have their heartbeat. */
const IDLE_CONNECTION_MS = 60_000;
/** The largest upload over a slow line; JSON bodies are small and arrive in one go. */
const REQUEST_MS = 2 * 60 * 60_000;
const HEADERS_MS = 10_000;

export interface ConsoleOptions {
  readonly host: string;
  readonly port: number;
  /** Names in the browser's address line. */
  readonly names: readonly string[];
  /** Null serves plain HTTP, which the configuration allows for a demo on loopback only. */
  readonly tls: TlsOptions | null;
  readonly requestBytesMax: number;
  readonly uploadBytesMax: number;
  /** Folder of the built pages. */
  readonly pages: string;
  /** The built page of the verifier. */
  readonly verifierPage: string;
}

export interface RunningConsole {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens for browsers. */
export async function startConsole(
  features: DeskFeatures,
  options: ConsoleOptions,
): Promise<RunningConsole> {
  let origins: Origins | null = null;
  const server = await makeConsole(features, options, () => {
    // The port is known before the first request can come.
    origins ??= new Origins(scheme, options.names, (server.server.address() as AddressInfo).port);
    return origins;
  });
  const scheme = options.tls === null ? 'http' : 'https';
  await server.listen({ host: options.host, port: options.port });
  const { port } = server.server.address() as AddressInfo;
  const [name = 'localhost'] = options.names;
  return {
    url: `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`,
    close: async () => {
      const closed = once(server.server, 'close');
      const closing = server.close();
      server.server.closeAllConnections();
      // Those are no HTTP any more, and a browser may take its time with a goodbye.
      for (const viewer of server.websocketServer.clients) viewer.terminate();
      await Promise.all([closing, closed]);
    },
  };
}

/** Puts the server together without listening. */
export async function makeConsole(
  features: DeskFeatures,
  options: ConsoleOptions,
  origins: () => Origins,
): Promise<ConsoleServer> {
  const settings: FastifyServerOptions = {
    bodyLimit: options.requestBytesMax,
    connectionTimeout: IDLE_CONNECTION_MS,
    requestTimeout: REQUEST_MS,
    trustProxy: false,
    logger: false,
    forceCloseConnections: true,
    // What is no HTTP gets no answer: it comes before the gate.
    clientErrorHandler: (_fault, socket) => socket.destroy(),
    // The framework's own answer would repeat the address; and it comes before the gate, so it says nothing of this place.
    frameworkErrors: (_fault, _request, reply) => {
      const problem = problemOf('REQUEST_MALFORMED');
      const plain = reply as unknown as FastifyReply;
      void plain
        .status(problem.status)
        .headers(BARE_HEADERS)
        .type(PROBLEM_MEDIA_TYPE)
        .send(JSON.stringify(problem));
    },
    ...(options.tls === null ? {} : { https: options.tls }),
  };
  const server = fastify(settings).withTypeProvider<ZodTypeProvider>() as unknown as ConsoleServer;
  server.server.headersTimeout = HEADERS_MS;
  // An `Expect` that is not "100-continue" is answered before the gate (RFC 9110 §10.1.1).
  server.server.on('checkExpectation', (_request, response: ServerResponse) => {
    response.writeHead(417, BARE_HEADERS).end();
  });
  server.setValidatorCompiler(validatorCompiler);
  // Only what the schema names goes out: an answer cannot say more than the contract.
  server.setSerializerCompiler(({ schema, url }) => (data) => {
    const shown = safeParse(schema as unknown as $ZodType, data);
    if (!shown.success)
      throw new TypeError(`The answer of ${url} is not what its schema says.`, {
        cause: shown.error,
      });
    return JSON.stringify(shown.data);
  });
  answerProblems(server as never, features.context.log);
  await server.register(fastifyCookie);
  await server.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Chaperone console API', version: features.about.version },
    },
    transform: createJsonSchemaTransform({
      zodToJsonConfig: { unrepresentable: 'any' } as never,
    }) as never,
  });
  await server.register(fastifyWebsocket, {
    options: { maxPayload: BROWSER_MESSAGE_BYTES_MAX, perMessageDeflate: false },
  });
  const secure = options.tls !== null;
  const binding = new CookieBinding(features.context);
  gateWorkstations(server as never, features.workstations, binding);
  guardRoutes(server as never, features, origins);
  let headers: Readonly<Record<string, string>> | null = null;
  const ownHeaders = (): Readonly<Record<string, string>> =>
    (headers ??= securityHeaders(secure, origins().webSocketOrigins));
  server.addHook('onSend', async (request, reply) => {
    if (isStranger(features.workstations, request)) return void reply.headers(BARE_HEADERS);
    // A route may allow its page less than the console's own may do.
    const stricter = reply.getHeader('content-security-policy');
    void reply.headers(ownHeaders());
    if (stricter !== undefined) void reply.header('content-security-policy', stricter);
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) {
      void reply.header('cache-control', 'no-store');
    }
  });
  await server.register(async (routes) => {
    const own = routes as unknown as ConsoleServer;
    workstationRoutes(own, features);
    postureRoutes(own, features);
    signInRoutes(own, features, secure, origins);
    providerRoutes(own, features, secure, origins);
    factorRoutes(own, features, secure, origins);
    ownRoutes(own, features, origins);
    administrationRoutes(own, features);
    cartRoutes(own, features);
    administrationActRoutes(own, features);
    proposalRoutes(own, features);
    auditRoutes(own, features);
    caseRoutes(own, features);
    sessionRoutes(own, features);
    maskRoutes(own, features);
    watchRoutes(own, features);
    fileRoutes(own, features);
    deidentificationRoutes(own, features);
    recordRoutes(own, features);
    snapshotRoutes(own, features);
    uploadRoutes(own, features, options.uploadBytesMax);
    // What never ends has no head alone: it would be an answer that never comes.
    own.get('/api/events', { exposeHeadRoute: false }, async (request, reply) => {
      const listener = { caller: callerOf(request as never), token: tokenOf(request) };
      await streamEvents(features, listener, reply as never, ownHeaders());
    });
    own.get('/api/openapi.json', { schema: { hide: true } as never }, async () => server.swagger());
  });
  await servePages(server, options.pages, options.verifierPage);
  return server;
}
