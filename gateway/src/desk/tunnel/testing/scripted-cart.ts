/**
 * Test support: a cart that does what a test tells it to, over real TLS and reverse HTTP/2.
 *
 * It has the wire forms of docs/protocol.md and none of a cart's rules: it grants without an operator, and lies on demand.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { constants, performServerHandshake } from 'node:http2';
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type { Hello, Offer, SessionView } from '@chaperone/protocol/cart-api/schema.ts';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import type { GrantClaims, WatchGrantClaims } from '@chaperone/protocol/signed/claims.ts';
import { comparisonCode } from '@chaperone/protocol/signed/comparison-code.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import { json, problem } from './answer.ts';
import { readRequest, requestId } from './signed-request.ts';
import { answerInbox } from './scripted-inbox.ts';
import type { Inbox } from './scripted-inbox.ts';

export interface ScriptedCartOptions {
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
  /** PEM of the gateway's root. */
  readonly root: string;
  readonly serial: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** PEM. */
  readonly certificate: string;
}

type Stream = ServerHttp2Stream;
/** Answers a request instead of the script; true when it did. */
export type Interference = (stream: Stream, headers: IncomingHttpHeaders) => boolean;

export class ScriptedCart {
  session: SessionId = newId('session', randomBytes);
  phase: Hello['phase'] = 'waiting';
  grantJWS: string | null = null;
  grantClaims: GrantClaims | null = null;
  readonly offers: Offer[] = [];
  readonly ends: string[] = [];
  readonly resumes: string[] = [];
  /** Who asked to watch, and how often nobody was to any more. */
  readonly watchRequests: string[] = [];
  watchLeaves = 0;
  watchJWS: string | null = null;
  /** Everything that was asked, as `GET /v1/hello`. */
  readonly asked: string[] = [];
  readonly files = new Map<string, Buffer>();
  readonly inbox: Inbox = new Map();
  hello: Partial<Record<keyof Hello, unknown>> = {};
  interfere: Interference = () => false;
  /** Where the connection comes from: any address of this machine. */
  localAddress = '127.0.0.1';
  /** Puts something between TLS and HTTP/2, for frames that no library would send. */
  between: (socket: TLSSocket) => Duplex | Promise<Duplex> = (socket) => socket;
  /** The digest that is named after a file's last byte; null names none. */
  digestOf: (data: Buffer) => string | null = (data) =>
    createHash('sha256').update(data).digest('base64');
  /** Bytes of content after which the connection breaks, once. */
  breakAfterBytes: number | null = null;
  /** Settles when the break may come, after so many bytes of the file. What is on its way is lost with the connection. */
  beforeBreak: (sentBytes: number) => Promise<void> = async () => await delay(50);
  /** The Range of each request for content. */
  readonly ranges: (string | undefined)[] = [];
  /** What a viewer of the screen sends arrives here and is echoed. */
  readonly screenBytes: Buffer[] = [];
  /** Shows a screen in the place of the echo. */
  onScreen: ((stream: Duplex) => void) | null = null;
  readonly #options: ScriptedCartOptions;
  readonly #sockets = new Set<TLSSocket>();
  #challenge = randomBytes(32).toString('base64url');
  #sequence = 0;
  #events: Stream | null = null;
  #changed: (() => void)[] = [];
  view: Partial<SessionView> = {};

  constructor(options: ScriptedCartOptions) {
    this.#options = options;
  }

  /** Goes on with the session of another script of the same cart. */
  takeOver(other: ScriptedCart): void {
    this.session = other.session;
    this.phase = other.phase;
    this.grantJWS = other.grantJWS;
    this.grantClaims = other.grantClaims;
    this.view = other.view;
    for (const [name, data] of other.files) this.files.set(name, data);
  }

  /** The same cart, dialling another port of this machine. */
  at(port: number): ScriptedCart {
    return new ScriptedCart({ ...this.#options, port });
  }

  /** What it shows in TLS. */
  get shown(): { readonly key: string; readonly cert: string } {
    const { privateKey, certificate } = this.#options;
    return { key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })), cert: certificate };
  }

  get thumbprint(): string {
    return keyThumbprint(this.#options.publicKey);
  }

  /** Dials the interactive connection, then the bulk one. */
  async connect(): Promise<void> {
    this.#challenge = randomBytes(32).toString('base64url');
    await this.dial('interactive');
    await this.dial('bulk');
  }

  /** Makes a TLS connection as this cart, over which nobody speaks yet. */
  async dialBare(): Promise<TLSSocket> {
    const { host, port, serverName, root, privateKey, certificate } = this.#options;
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const secrets = { key, cert: certificate, ca: root, servername: serverName };
    // Not among the types of TLS, but handed on to TCP.
    const from = { localAddress: this.localAddress };
    const socket = connect({
      host,
      port,
      ...from,
      ...secrets,
      ALPNProtocols: [CART_ALPN],
      minVersion: 'TLSv1.3',
    });
    socket.on('error', () => undefined);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    await once(socket, 'secureConnect');
    return socket;
  }

  /** Dials one connection and waits for the desk's first request on it, or for its end. */
  async dial(connection: Hello['connection']): Promise<TLSSocket> {
    const socket = await this.dialBare();
    const session = performServerHandshake(await this.between(socket), {});
    session.on('error', () => undefined);
    const first = new Promise<void>((resolve) => {
      session.once('stream', () => resolve());
      socket.once('close', () => resolve());
    });
    session.on(
      'stream',
      (stream: Stream, headers) => void this.#serve(stream, headers, connection, session),
    );
    await first;
    return socket;
  }

  /** The network goes away. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#events = null;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Waits until something that a test looks for has come. */
  async until<T>(find: () => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== null && found !== false) return found;
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  /** Touches one offered request: signs a grant and shows it. */
  async grant(
    activities?: readonly Activity[],
    change: Partial<GrantClaims> = {},
  ): Promise<GrantClaims> {
    const offer = this.offers.at(-1);
    const jws = offer?.requests.at(-1);
    if (jws === undefined || offer?.case == null) throw new Error('nothing was offered');
    const { claims: request, workstationKey } = readRequest(jws);
    const claims: GrantClaims = {
      jti: newId('grant', randomBytes),
      iss: this.#options.serial,
      sub: request.sub,
      name: request.name,
      session: this.session,
      case: offer.case.id,
      caseNumber: offer.case.number,
      workstation: request.iss,
      workstationKey,
      activities: [...(activities ?? request.activities)],
      noticeVersion: '2026-1',
      iat: Math.floor(Date.now() / 1000),
      durationS: 3600,
      ...change,
    };
    this.grantClaims = claims;
    this.grantJWS = await this.sign(TYP.grant, claims);
    this.phase = 'granted';
    this.view = { ...this.view, activities: claims.activities };
    this.show();
    return claims;
  }

  /** Lets the last who asked watch: signs a statement and shows it. */
  async grantWatch(change: Partial<WatchGrantClaims> = {}): Promise<WatchGrantClaims> {
    const jws = this.watchRequests.at(-1);
    const { grantClaims } = this;
    if (jws === undefined || grantClaims === null) throw new Error('nobody asked to watch');
    const { claims: request, workstationKey } = readRequest(jws);
    const claims: WatchGrantClaims = {
      jti: newId('grant', randomBytes),
      iss: this.#options.serial,
      sub: request.sub,
      name: request.name,
      session: this.session,
      case: grantClaims.case,
      caseNumber: grantClaims.caseNumber,
      workstation: request.iss,
      workstationKey,
      watches: grantClaims.jti,
      iat: Math.floor(Date.now() / 1000),
      durationS: 3600,
      ...change,
    };
    this.showWatch(await this.sign(TYP.watchGrant, claims));
    return claims;
  }

  /** Shows whatever a test likes as the grant to watch. */
  showWatch(grant: string | null): void {
    this.watchJWS = grant;
    const asks = Math.max(1, this.watchRequests.length);
    this.show({ watch: { asks, isAsked: false, grant } });
  }

  /** Ends the session with a receipt, as the cart does. */
  async end(reason: EndReason, receipt?: string | null): Promise<void> {
    const { session } = this;
    const claims = {
      iss: this.#options.serial,
      session,
      grant: this.grantClaims,
      startedUtcMs: Date.now(),
      endedUtcMs: Date.now(),
      reason,
      filesFetched: 0,
      bytesFetched: 0,
      filesPlaced: 0,
      bytesPlaced: 0,
      inputRefused: 0,
      journalSize: 0,
      journalRoot: createHash('sha256').digest('base64url'),
      iat: Math.floor(Date.now() / 1000),
    };
    const signed = receipt === undefined ? await this.sign(TYP.sessionReceipt, claims) : receipt;
    if (this.session === session) this.show({ phase: 'ended', ended: { reason, receipt: signed } });
  }

  /** Begins anew, as after the "ended" page. */
  renew(): void {
    this.session = newId('session', randomBytes);
    this.phase = 'waiting';
    this.grantJWS = null;
    this.grantClaims = null;
    this.view = {};
  }

  /** Sends a view of the session. */
  show(change: Partial<SessionView> = {}): void {
    this.view = { ...this.view, ...change };
    this.#events?.write(`${JSON.stringify(this.#viewNow())}\n`);
  }

  /** Writes to the event stream whatever a test likes. */
  babble(text: string): void {
    this.#events?.write(text);
  }

  async sign(typ: string, claims: object): Promise<string> {
    return await signStatement(typ, claims, this.#options.privateKey, 'ES256');
  }

  #viewNow(): object {
    this.#sequence += 1;
    return {
      sequence: this.#sequence,
      phase: this.phase,
      session: this.session,
      paused: false,
      grant: this.grantJWS,
      activities: [],
      grantEndsInMs: this.grantJWS === null ? null : 3_600_000,
      inputRefused: 0,
      ended: null,
      ...this.view,
    };
  }

  async #serve(
    stream: Stream,
    headers: IncomingHttpHeaders,
    connection: string,
    session: Http2Session,
  ): Promise<void> {
    stream.on('error', () => undefined);
    const method = headers[':method'] ?? '';
    const [path = '', query = ''] = (headers[':path'] ?? '').split('?');
    this.asked.push(`${method} ${path || (headers[':authority'] ?? '')}`);
    if (this.interfere(stream, headers)) return this.#tell();
    try {
      await this.#answer(stream, headers, {
        method,
        path,
        query: new URLSearchParams(query),
        connection,
        session,
      });
    } catch (fault) {
      if (!stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      if (process.env['SCRIPTED_CART_FAULTS'] === '1') throw fault;
    }
    this.#tell();
  }

  async #answer(
    stream: Stream,
    headers: IncomingHttpHeaders,
    ask: {
      readonly method: string;
      readonly path: string;
      readonly query: URLSearchParams;
      readonly connection: string;
      readonly session: Http2Session;
    },
  ): Promise<void> {
    const { method, path, query, connection } = ask;
    switch (`${method} ${path.split('/').slice(0, 3).join('/')}`) {
      case 'GET /v1/hello':
        return json(stream, 200, this.#helloFor(connection));
      case 'PUT /v1/offer': {
        const offer = JSON.parse(await readAll(stream)) as Offer;
        this.offers.push(offer);
        return json(stream, 200, {
          shown: offer.requests.map((jws) => this.#shown(jws, offer.case?.id ?? '')),
          refused: [],
        });
      }
      case 'GET /v1/events':
        stream.respond({ ':status': 200, 'content-type': 'application/x-ndjson' });
        this.#events = stream;
        this.show();
        return;
      case 'POST /v1/session': {
        const asked = this.session;
        const said = JSON.parse(await readAll(stream)) as { request?: string; reason?: EndReason };
        stream.respond({ ':status': 204 }, { endStream: true });
        if (said.request !== undefined) this.resumes.push(said.request);
        if (said.reason !== undefined) {
          this.ends.push(said.reason);
          // A script that has begun anew meanwhile ends nothing of that.
          if (this.session === asked) await this.end(said.reason);
        }
        return;
      }
      case 'POST /v1/watch': {
        const said = JSON.parse(await readAll(stream)) as { request?: string };
        if (said.request === undefined) {
          this.watchLeaves += 1;
          this.watchJWS = null;
          stream.respond({ ':status': 204 }, { endStream: true });
          return;
        }
        this.watchRequests.push(said.request);
        const number = this.watchRequests.length;
        const { request, comparisonCode } = this.#shown(said.request, this.grantClaims?.case ?? '');
        return json(stream, 200, { request, comparisonCode, number });
      }
      case 'GET /v1/journal':
        return json(stream, 200, { entries: [], head: await this.#head() });
      case 'GET /v1/directories':
        return json(stream, 200, {
          directories: [{ id: 'exports', label: 'Exports' }],
          inbox: { label: 'Inbox', bytesMax: 1_000_000_000 },
        });
      case 'GET /v1/files': {
        const entries = [...this.files].map(([name, data]) => {
          return { name, kind: 'file', bytes: data.length, modifiedUtcMs: 0 };
        });
        return json(stream, 200, { entries, truncated: false });
      }
      case 'GET /v1/content':
        return await this.#content(stream, headers, query.get('path') ?? '', ask.session);
      case 'POST /v1/inbox':
      case 'GET /v1/inbox':
      case 'PATCH /v1/inbox':
      case 'DELETE /v1/inbox':
        return await answerInbox(this.inbox, stream, method, path.split('/')[3] ?? '', headers);
      default:
        if (method === 'CONNECT') return this.#screen(stream);
        return problem(stream, 404, 'ROUTE_NOT_FOUND');
    }
  }

  #helloFor(connection: string): object {
    return {
      protocol: { min: 1, max: 1 },
      connection,
      serial: this.#options.serial,
      model: 'Scripted',
      software: 'scripted 1',
      session: this.session,
      challenge: this.#challenge,
      keyThumbprint: this.thumbprint,
      phase: this.phase,
      grant: this.grantJWS,
      ...this.hello,
    };
  }

  #shown(
    jws: string,
    caseId: string,
  ): { readonly request: string; readonly comparisonCode: string } {
    const { claims: request, workstationKey } = readRequest(jws);
    const code = comparisonCode({
      cartKeyThumbprint: this.thumbprint,
      workstationKeyThumbprint: workstationKey,
      sessionId: this.session,
      caseId,
      technicianId: request.sub,
    });
    return { request: requestId(jws), comparisonCode: code };
  }

  async #head(): Promise<string> {
    const root = createHash('sha256').digest('base64url');
    const iat = Math.floor(Date.now() / 1000);
    return await this.sign(TYP.journalHead, { iss: this.#options.serial, size: 0, root, iat });
  }

  async #content(
    stream: Stream,
    headers: IncomingHttpHeaders,
    path: string,
    session: Http2Session,
  ): Promise<void> {
    const data = this.files.get(path);
    if (data === undefined) return problem(stream, 404, 'FILE_NOT_FOUND');
    const etag = `"${createHash('sha256').update(data).digest('hex').slice(0, 16)}"`;
    if (headers['if-match'] !== undefined && headers['if-match'] !== etag)
      return problem(stream, 412, 'FILE_CHANGED');
    this.ranges.push(headers.range);
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const rest = data.subarray(from);
    const answer = { ':status': from > 0 ? 206 : 200, etag, 'content-length': rest.length };
    stream.respond(answer, { waitForTrailers: true });
    const digest = this.digestOf(data);
    stream.on('wantTrailers', () =>
      stream.sendTrailers(digest === null ? {} : { 'repr-digest': `sha-256=:${digest}:` }),
    );
    const breakAt = this.breakAfterBytes;
    if (breakAt === null) return void stream.end(rest);
    this.breakAfterBytes = null;
    stream.write(rest.subarray(0, breakAt));
    await this.beforeBreak(from + breakAt);
    session.destroy();
    this.drop();
  }

  #screen(stream: Stream): void {
    stream.respond({ ':status': 200 });
    if (this.onScreen !== null) return this.onScreen(stream);
    stream.write('RFB 003.008\n');
    stream.on('data', (chunk: Buffer) => {
      this.screenBytes.push(chunk);
      stream.write(chunk);
      this.#tell();
    });
  }

  #tell(): void {
    for (const waiter of this.#changed.splice(0)) waiter();
  }
}
