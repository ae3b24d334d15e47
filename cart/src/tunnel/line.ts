/**
 * What one session has towards the desk: its two connections, its challenge, and the streams that live under its grant.
 *
 * It begins when the notice has been accepted and ends with the session; a lost connection is dialled again for as
 * long as the session wants it.
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import { RequestVerifier } from '../consent/consent.ts';
import { backoffMs } from './backoff.ts';
import { Connection } from './connection.ts';
import type { ConnectionKind } from './connection.ts';
import { RoadMemory } from '../road/road.ts';
import { CartRefused, dialFailure, GatewayUntrusted } from './dial-failure.ts';
import { dial, ownFault } from './dial.ts';
import type { EventStream } from './event-stream.ts';
import { Guard } from './guard.ts';
import { SessionViews } from './session-views.ts';
import type { OpenedScreen } from './opened-screen.ts';
import type { TunnelOptions } from './tunnel-options.ts';

const CHALLENGE_BYTES = 32;
/** After this many refusals in a row nobody's patience changes the answer. */
const REFUSALS_MAX = 3;
/** The receipt is signed within milliseconds; the last view does not wait for a sick disk. */
const RECEIPT_TIMEOUT_MS = 1000;

/** Answers requests: the router of the cart API. */
export interface RequestTaker {
  request(
    line: Line,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    connection: Connection,
  ): void;
  excess(line: Line, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void;
  malformed(): void;
}

export class Line {
  readonly sessionId: SessionId;
  readonly guard: Guard;
  readonly views: SessionViews;
  readonly events = new Set<EventStream>();
  screen: OpenedScreen | null = null;
  /** The screen that a second technician watches. */
  watched: OpenedScreen | null = null;
  /** How many checkpoints of the ledger the desk has shown. */
  checkpointsShown = 0;
  /** How many requests of an operation are under way, for those that are bounded. */
  readonly underWay = new Map<string, number>();
  readonly #options: TunnelOptions;
  readonly #taker: RequestTaker;
  readonly #stop = new AbortController();
  /** Both connections ask name servers and PAC file once. */
  readonly #memory = new RoadMemory();
  #connections = new Set<Connection>();
  #challenge = '';
  #wasHeldOff = false;
  #verifier: RequestVerifier;
  #ended: Promise<void> | null = null;
  readonly #done: Promise<void>;
  readonly #stopHearing: () => void;

  constructor(options: TunnelOptions, sessionId: SessionId, taker: RequestTaker) {
    this.#options = options;
    this.sessionId = sessionId;
    this.#taker = taker;
    this.guard = new Guard(options.session);
    this.views = new SessionViews(options.session, sessionId, options.watching);
    this.#verifier = this.#newChallenge();
    this.#stopHearing = options.watching.onChange(() => this.changed());
    this.#done = this.#run();
  }

  /** What this line's connections have to sign: new with each interactive connection. */
  get challenge(): string {
    return this.#challenge;
  }
  get verifier(): RequestVerifier {
    return this.#verifier;
  }
  /** Tells whether the running session is still the one that this line was made for. */
  get isCurrent(): boolean {
    return this.#options.session.sessionId === this.sessionId && this.#ended === null;
  }

  /** Notes which version of the protocol is in force with the desk; each interactive connection says it anew. */
  speaks(version: number): void {
    this.views.version = version;
  }

  /** Reviews what lives under the grant, and tells the desk of the change. */
  changed(): void {
    const hasCut = this.guard.review();
    const isHeldOff = this.#options.session.state.interlock !== undefined;
    // What is on its way out already must not go either; a file that ended just before has no stream any more that could be cut.
    if (isHeldOff && (hasCut || !this.#wasHeldOff))
      for (const connection of this.#connections) connection.dropUnsent(() => this.#wasHeldOff);
    this.#wasHeldOff = isHeldOff;
    this.screen?.screen.refresh();
    this.watched?.screen.refresh();
    for (const stream of this.events) stream.tell();
  }

  /**
   * Ends the line with its session. Streams are cut before this returns; then follow the receipt, the last view, and
   * the end of the connections.
   */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.guard.cutAll();
    this.#stopHearing();
    for (const connection of this.#connections) {
      if (connection.kind === 'bulk' || !connection.isGreeted) connection.destroy();
    }
    this.#stop.abort();
    const lastView = this.views.last();
    const { session } = this.#options;
    const receipt = await Promise.race([session.receipt, afterMs(RECEIPT_TIMEOUT_MS, null)]);
    const last = lastView(receipt?.jws ?? null);
    for (const stream of this.events) stream.end(last);
    await Promise.all([...this.#connections].map((connection) => connection.finish()));
    await this.#done;
  }

  async #run(): Promise<void> {
    const { session, log } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    let refusals = 0;
    while (!signal.aborted) {
      try {
        const connection = await this.#connect('interactive', signal);
        failures = refusals = 0;
        await this.#keepBulkBeside(connection);
        if (!signal.aborted) session.linkLost();
      } catch (fault) {
        if (signal.aborted) return;
        const failure = dialFailure(fault);
        const issuer = failure instanceof GatewayUntrusted ? { issuer: failure.issuer } : {};
        // The panel's words are few; the log has what the road itself said.
        const road = failure.cause instanceof DomainError ? { road: failure.cause.code } : {};
        log.warn({ code: failure.code, ...road, ...issuer }, 'the gateway could not be reached');
        session.dialFailed(failure.code);
        refusals = failure instanceof CartRefused ? refusals + 1 : 0;
        if (refusals >= REFUSALS_MAX) {
          if (await this.#isRefusedForGood(signal)) session.end('gateway-refused');
          else if (session.state.phase !== 'dialling') refusals = 0;
        }
        if (signal.aborted) return;
        await this.#pause(failures, signal);
        failures += 1;
      }
    }
  }

  /**
   * Tells whether refusals in a row end the session. Before there is a grant they do by themselves. A granted session has a lease for
   * networks that break: there a connection that ends after the handshake may be one of those, so the gateway is asked.
   */
  async #isRefusedForGood(signal: AbortSignal): Promise<boolean> {
    const { session, isRefused } = this.#options;
    if (session.state.phase === 'dialling') return true;
    return isInSession(session.state) && (await isRefused(signal)) && this.isCurrent;
  }

  /** Dials one connection and waits for the desk's hello on it. @throws as `dial`, CartRefused, GatewayTimedOut */
  async #connect(kind: ConnectionKind, signal: AbortSignal): Promise<Connection> {
    const { dialling, utcMs } = this.#options;
    const road = await this.#options.roadSettings();
    const options = { ...dialling, road, memory: this.#memory, utcMs };
    const socket = await dial(options, signal);
    if (signal.aborted) socket.destroy();
    signal.throwIfAborted();
    if (kind === 'interactive') this.#verifier = this.#newChallenge();
    const connection = this.#take(socket, kind);
    try {
      await connection.greeted;
      return connection;
    } catch (refusal) {
      if (!(refusal instanceof CartRefused)) throw refusal;
      throw ownFault(options, socket, refusal) ?? refusal;
    }
  }

  #take(socket: TLSSocket, kind: ConnectionKind): Connection {
    const { session, monotonicMs } = this.#options;
    const connection = new Connection({
      socket,
      kind,
      monotonicMs,
      isInSession: () => isInSession(session.state),
      onRequest: (stream, headers, on) => this.#taker.request(this, stream, headers, on),
      onExcess: (stream, headers) => this.#taker.excess(this, stream, headers),
      onMalformed: () => this.#taker.malformed(),
    });
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    return connection;
  }

  /** Keeps a bulk connection beside the interactive one; it goes when that one goes. */
  async #keepBulkBeside(interactive: Connection): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stop.signal]);
    const beside = this.#keepBulk(signal);
    await interactive.closed;
    over.abort();
    for (const connection of this.#connections)
      if (connection.kind === 'bulk') connection.destroy();
    await beside;
  }

  async #keepBulk(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const bulk = await this.#connect('bulk', signal);
        failures = 0;
        await bulk.closed;
      } catch (fault) {
        if (signal.aborted) return;
        this.#options.log.warn({ code: dialFailure(fault).code }, 'no bulk connection');
      }
      await this.#pause(failures, signal);
      failures += 1;
    }
  }

  #newChallenge(): RequestVerifier {
    const { randomBytes, identity, monotonicMs, utcMs } = this.#options;
    this.#challenge = Buffer.from(randomBytes(CHALLENGE_BYTES)).toString('base64url');
    return new RequestVerifier({
      serial: identity.serial,
      cartKeyThumbprint: identity.keyThumbprint,
      workstationAuthority: identity.workstationAuthority,
      sessionId: this.sessionId,
      challenge: this.#challenge,
      challengeMonotonicMs: monotonicMs(),
      monotonicMs,
      utcMs,
    });
  }

  async #pause(failures: number, signal: AbortSignal): Promise<void> {
    const [byte = 0] = this.#options.randomBytes(1);
    await afterMs(backoffMs(failures, byte / 255), undefined, signal);
  }
}

function afterMs<T>(ms: number, value: T, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(value);
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve(value);
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
