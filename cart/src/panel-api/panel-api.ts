/**
 * The operator's panel: its pages and its interface, on 127.0.0.1 only (docs/protocol.md section 8).
 *
 * What only the operator may do happens here and nowhere else. Every request is judged by the gate before anything of
 * it is read; a refusal is a problem answer and a fact of the journal.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify from 'fastify';
import { fastifyStatic } from '@fastify/static';
import {
  acceptNotice,
  allowUnmask,
  allowWatch,
  consent,
  coverAgain,
  empty,
  giveApproval,
  presence as presenceSchema,
  withdraw,
} from '@chaperone/protocol/panel-api/schema.ts';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import type { z } from 'zod';
import type { HeldPHIPolicy } from '../phi-policy/phi-policy.ts';
import type { Log } from '../platform/log.ts';
import {
  PROBLEM_MEDIA_TYPE,
  problemForEngineer,
  problemOf,
  RequestMalformed,
  shapeDetail,
} from '../platform/problem.ts';
import type { PanelPresence, Session } from '../session/session.ts';
import { fieldsOf } from '../commissioning/commissioning.ts';
import type { Commissioning } from '../commissioning/commissioning.ts';
import { EngineerLocked } from '../engineer/engineer.ts';
import type { EngineerAccess } from '../engineer/engineer.ts';
import { ConnectionPlaces, PANELS_MAX, STRANGERS_MAX } from './connection-places.ts';
import type { PanelCredential } from './credential.ts';
import type { MaskEditor } from '../mask-editor/mask-editor.ts';
import { addEngineerRoutes } from './engineer-routes.ts';
import { admitToPanel } from './gate.ts';
import {
  MediaTypeUnsupported,
  PanelBusy,
  PanelNotBuilt,
  RequestTooLarge,
  RouteNotFound,
} from './panel-refused.ts';
import { keyOf } from '../unmask/unmask.ts';
import type { Unmasking } from '../unmask/unmask.ts';
import type { Watching } from '../watching/watching.ts';
import { streamViews } from './view-stream.ts';

export { ADDRESS_FILE, CREDENTIAL_FILE, PanelCredential, publishPanel } from './credential.ts';
export { shownFacility } from './facility-view.ts';
export { NO_MASKS, shownMasks } from './mask-view.ts';
export { NOBODY_WATCHING, shownWatching } from './watch-view.ts';
export { AgentNotRunning, listenForPress, pressButton, PressRefused } from './press-socket.ts';
export {
  panelViewOf,
  shownCertificate,
  shownIndicator,
  shownLicence,
  viewBeforeSetUp,
} from './view.ts';

const HOST = '127.0.0.1';
/** The longest body is a consent with four activities. */
const BODY_BYTES_MAX = 4096;
const HEADER_BYTES_MAX = 8192;
const REQUEST_TIMEOUT_MS = 10_000;
/** More than `ConnectionPlaces` lets stay: reached only if that is wrong. */
const CONNECTIONS_MAX = STRANGERS_MAX + PANELS_MAX + 32;
/** One panel, and what is left of it while it is loaded again. */
const VIEW_STREAMS_MAX = 4;
/** What is served without the credential: files that anybody may read, and nothing else. */
const PAGE_ROUTES: ReadonlySet<string> = new Set(['/', '/*']);
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
} as const;

export interface PanelOptions {
  /** @throws CartNotSetUp until the cart is enrolled */
  readonly session: () => Session;
  /** @throws CartNotSetUp until the cart is enrolled */
  readonly unmasking: () => Unmasking;
  /** @throws CartNotSetUp until the cart is enrolled */
  readonly watching: () => Watching;
  readonly press: () => void;
  /** Keeps that somebody was refused. */
  readonly refused: (operation: string, code: string) => void;
  /** Tells of each change of the view. @returns what ends the telling */
  readonly onChange: (listener: () => void) => () => void;
  readonly presence: PanelPresence;
  /** The panel has said where it is. */
  readonly onPresence: () => void;
  readonly view: () => PanelView;
  /** The service centre's policy on patient data, as the configuration has it. */
  readonly phi: () => HeldPHIPolicy;
  readonly credential: PanelCredential;
  readonly engineer: EngineerAccess;
  readonly commissioning: Commissioning;
  readonly masks: MaskEditor;
  /** 0 takes any free port. */
  readonly port: number;
  /** The built pages. */
  readonly pagesDirectory: string;
  readonly log: Log;
}

export interface RunningPanel {
  /** Such as `http://127.0.0.1:8700`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts to serve the panel. */
export async function servePanel(options: PanelOptions): Promise<RunningPanel> {
  let host = HOST;
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    http: { maxHeaderSize: HEADER_BYTES_MAX },
    // Before any hook has run: an address that the router itself cannot read.
    frameworkErrors: (_fault, request, reply) => {
      void reply.headers(HEADERS);
      refuse(new RequestMalformed('The address cannot be read.'), request, reply, options);
    },
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  const places = new ConnectionPlaces(() => options.refused('panel connection', 'PANEL_BUSY'));
  places.watch(app.server);
  onlyJSON(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    const { method, headers } = request;
    const route = request.routeOptions.url;
    const isPage = method === 'GET' && (route === undefined || PAGE_ROUTES.has(route));
    admitToPanel({ method, isPage, headers }, { ...options, host: () => host });
    if (!isPage) places.prove(request.raw.socket);
  });
  app.setErrorHandler((fault, request, reply) => refuse(fault, request, reply, options));
  app.setNotFoundHandler(() => {
    throw new RouteNotFound('There is nothing at this address.');
  });
  const stopTelling = addRoutes(app, options);
  const stopEngineer = addEngineerRoutes(app, options, HEADERS);
  await addPages(app, options.pagesDirectory);
  await app.listen({ host: HOST, port: options.port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  host = `${HOST}:${address.port}`;
  return {
    url: `http://${host}`,
    close: async () => {
      stopTelling();
      stopEngineer();
      await app.close();
    },
  };
}

function addRoutes(app: FastifyInstance, options: PanelOptions): () => void {
  const { session, unmasking, watching, press, presence, view } = options;
  const act = <S extends z.ZodType>(
    name: string,
    schema: S,
    does: (body: z.infer<S>) => void | Promise<void>,
  ): void => {
    app.post(`/api/${name}`, async (request, reply) => {
      const body = schema.safeParse(request.body);
      if (!body.success) throw new RequestMalformed(shapeDetail(body.error.issues));
      await does(body.data);
      return reply.code(204).send();
    });
  };
  act('press', empty, press);
  act('notice/accept', acceptNotice, ({ noticeVersion }) => session().acceptNotice(noticeVersion));
  act('notice/decline', empty, () => session().declineNotice());
  act('consent', consent, ({ request, activities }) => session().consent(request, activities));
  act('approval/give', giveApproval, ({ approver, pin }) => session().bound.approve(approver, pin));
  act('approval/refuse', empty, () => session().bound.refuse());
  act('withdraw', withdraw, ({ activity }) => session().withdraw(activity));
  act('unmask/allow', allowUnmask, ({ number, minutes }) => unmasking().allow(number, minutes));
  act('unmask/refuse', empty, () => unmasking().refuse());
  act('unmask/cover', coverAgain, ({ mask }) =>
    unmasking().cover(mask === null ? null : keyOf(mask)),
  );
  act('watch/allow', allowWatch, ({ number }) => watching().allow(number));
  act('watch/refuse', empty, () => watching().refuse());
  act('watch/stop', empty, () => watching().stop('operator'));
  act('pause', empty, () => session().pause());
  act('resume', empty, () => session().liftPause());
  act('interlock/raise', empty, () => session().raiseInterlock('operator'));
  act('interlock/lift', empty, () => session().liftInterlock());
  act('end', empty, () => session().end('operator-ended'));
  act('dismiss', empty, () => session().dismiss());
  act('presence', presenceSchema, (place) => {
    presence.report(place);
    options.onPresence();
  });

  const streams = new Set<{ tell(): void; end(): void }>();
  app.get('/api/view', () => view());
  app.get('/api/phi-policy', () => options.phi());
  app.get('/api/views', (_request, reply) => {
    if (streams.size >= VIEW_STREAMS_MAX) throw new PanelBusy('Too many panels are open.');
    reply.hijack();
    for (const [name, value] of Object.entries(HEADERS)) reply.raw.setHeader(name, value);
    const stream = streamViews(reply.raw, view);
    streams.add(stream);
    reply.raw.once('close', () => streams.delete(stream));
  });
  const stopListening = options.onChange(() => {
    for (const stream of streams) stream.tell();
  });
  return () => {
    stopListening();
    for (const stream of streams) stream.end();
  };
}

async function addPages(app: FastifyInstance, directory: string): Promise<void> {
  if (!existsSync(path.join(directory, 'index.html'))) {
    app.get('/', () => {
      throw new PanelNotBuilt('The panel has not been built: "npm start" and "npm test" build it.');
    });
    return;
  }
  await app.register(fastifyStatic, {
    root: directory,
    cacheControl: false,
    etag: false,
    lastModified: false,
    acceptRanges: false,
    dotfiles: 'deny',
  });
}

/** Only JSON is read: what a form of another page could send without asking is of another type. */
function onlyJSON(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
}

function refuse(
  fault: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { refused, log }: PanelOptions,
): FastifyReply {
  const known = fromFramework(fault) ?? fault;
  const isEngineer = request.routeOptions.url?.startsWith('/api/engineer/') === true;
  const problem = isEngineer ? problemForEngineer(known) : problemOf(known);
  if (problem.code === 'INTERNAL_FAULT') log.error({ fault }, 'a request of the panel failed');
  // What the operator did at the wrong moment is no attempt at anything; what the gate refused is.
  if (/^(?:PANEL|ENGINEER)_/.test(problem.code)) refused(operationOf(request), problem.code);
  const fields = fieldsOf(known);
  if (known instanceof EngineerLocked) void reply.header('retry-after', known.retryAfterSeconds);
  const told = fields.length === 0 ? problem : { ...problem, fields };
  return reply.code(problem.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(told));
}

/** Names what was asked, from the routes that there are: never a caller's text. */
function operationOf(request: FastifyRequest): string {
  const route = request.routeOptions.url;
  return `panel ${route === undefined || route === '/*' ? 'page' : route.replace('/api/', '')}`;
}

function fromFramework(fault: unknown): Error | null {
  if (!(fault instanceof Error) || !('statusCode' in fault)) return null;
  switch (fault.statusCode) {
    case 400:
      return new RequestMalformed('The body is not JSON.');
    case 404:
    case 403:
      return new RouteNotFound('There is nothing at this address.');
    case 413:
      return new RequestTooLarge('The body is longer than what is taken here.');
    case 415:
      return new MediaTypeUnsupported('Only application/json is taken.');
    default:
      return null;
  }
}
