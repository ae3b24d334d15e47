/**
 * A cart's link over reverse HTTP/2: one interactive connection, and a bulk one that may come and go beside it.
 *
 * It turns methods into the requests of docs/protocol.md, section 5. It keeps no session state.
 */
import { constants } from 'node:http2';
import type { OutgoingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { GrantId, TransferId } from '@chaperone/domain/id/id.ts';
import {
  directories,
  inboxProgress,
  journalPage,
  listing,
  offerAnswer,
  sessionView,
} from '@chaperone/protocol/cart-api/schema.ts';
import type {
  Directories,
  Hello,
  InboxFile,
  InboxProgress,
  JournalPage,
  Listing,
  Offer,
  OfferAnswer,
  SessionView,
} from '@chaperone/protocol/cart-api/schema.ts';
import {
  GRANT_HEADER,
  SCREEN_AUTHORITY,
  TRANSFER_HEADER,
} from '@chaperone/protocol/cart-api/version.ts';
import { BesideScreen } from './beside-screen.ts';
import type { CartIdentity, CartLink, Content, ContentAsk, InboxRest } from './cart-link.ts';
import type { Connection } from './connection.ts';
import { readLines } from './line-reader.ts';
import { StreamBody } from './stream-body.ts';
import { giveUpWhenStill } from './still-stream.ts';
import { CartMisbehaved, CartUnreachable } from './tunnel-error.ts';

/** 5,000 entries with names of 255 bytes, escaped. */
const LISTING_BYTES_MAX = 8 * 1024 * 1024;
/** 500 lines of 4,096 bytes, quoted. */
const JOURNAL_BYTES_MAX = 8 * 1024 * 1024;
/** Milliseconds for the largest of these answers over a slow uplink. */
const LONG_ANSWER_TIMEOUT_MS = 60_000;
/** One view of a session holds one grant of at most 16 KiB and one receipt. */
const EVENT_LINE_BYTES_MAX = 64 * 1024;
/** Views that a cart may send at once and then each second; its state changes a few times a minute. */
const EVENTS_BURST_MAX = 200;
const EVENTS_PER_SECOND_MAX = 20;
/** How long a request for content waits for the cart's second connection, milliseconds. */
const BULK_WAIT_MS = 10_000;
const ETAG = /^(?:W\/)?"[\u0021\u0023-\u007e]{1,200}"$/;
const DIGEST = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/;

export class HttpCartLink implements CartLink {
  readonly identity: CartIdentity;
  readonly hello: Hello;
  readonly #interactive: Connection;
  readonly #besideScreen: BesideScreen;
  #bulk: Connection | null = null;
  #inSession = false;
  #bulkWaiters: (() => void)[] = [];

  constructor(identity: CartIdentity, hello: Hello, interactive: Connection) {
    this.identity = identity;
    this.hello = hello;
    this.#interactive = interactive;
    this.#besideScreen = new BesideScreen(interactive, () => this.#bulk);
    // A lost interactive connection takes the bulk one with it (docs/protocol.md, section 4).
    this.ended.addEventListener('abort', () => this.#bulk?.close('interactive-ended'), {
      once: true,
    });
  }

  get ended(): AbortSignal {
    return this.#interactive.ended;
  }

  /** Puts a bulk connection beside; a newer one takes the place of an older one. */
  attachBulk(connection: Connection): void {
    this.#bulk?.close('replaced');
    this.#bulk = connection;
    connection.becomeBulk();
    connection.setInSession(this.#inSession);
    for (const waiter of this.#bulkWaiters.splice(0)) waiter();
  }

  setInSession(inSession: boolean): void {
    if (this.#inSession === inSession) return;
    this.#inSession = inSession;
    if (!this.ended.aborted) this.#interactive.setInSession(inSession);
    if (this.#bulk?.ended.aborted === false) this.#bulk.setInSession(inSession);
  }

  async offer(offer: Offer): Promise<OfferAnswer> {
    return await this.#interactive.askFor(offerAnswer, {
      method: 'PUT',
      path: '/v1/offer',
      json: offer,
    });
  }

  async *events(): AsyncIterable<SessionView> {
    const { stream } = await this.#interactive.open(
      { ':method': 'GET', ':path': '/v1/events' },
      this.ended,
      true,
    );
    let tokens = EVENTS_BURST_MAX;
    let atMs = performance.now();
    try {
      for await (const line of readLines(stream, EVENT_LINE_BYTES_MAX)) {
        const nowMs = performance.now();
        tokens =
          Math.min(EVENTS_BURST_MAX, tokens + ((nowMs - atMs) / 1000) * EVENTS_PER_SECOND_MAX) - 1;
        atMs = nowMs;
        if (tokens < 0) throw this.#interactive.violate('EVENTS_FLOODED');
        const view = sessionView.safeParse(parseJSON(line));
        if (!view.success) throw this.#interactive.violate('EVENT_MALFORMED');
        yield view.data;
      }
    } catch (fault) {
      if (fault instanceof CartMisbehaved) {
        // The reader of lines does not know the connection.
        this.#interactive.close(fault.rule);
        throw fault;
      }
      throw new CartUnreachable('The connection to the cart was lost.', { cause: fault });
    } finally {
      stream.close(constants.NGHTTP2_CANCEL);
      await this.#interactive.lastWord();
    }
  }

  async resume(request: string): Promise<void> {
    await this.#interactive.tell({ method: 'POST', path: '/v1/session/resume', json: { request } });
  }

  async end(reason: 'technician-left' | 'case-resolved' | 'gateway-ended'): Promise<void> {
    await this.#interactive.tell({ method: 'POST', path: '/v1/session/end', json: { reason } });
  }

  async openScreen(grant: GrantId): Promise<Duplex> {
    const { stream } = await this.#interactive.open(
      { ':method': 'CONNECT', ':authority': SCREEN_AUTHORITY, [GRANT_HEADER]: grant },
      this.ended,
      false,
    );
    this.#besideScreen.screenOpened(stream);
    return stream;
  }

  async directories(grant: GrantId): Promise<Directories> {
    return await this.#interactive.askFor(directories, {
      method: 'GET',
      path: '/v1/directories',
      headers: granted(grant),
    });
  }

  async list(grant: GrantId, directory: string, path: string): Promise<Listing> {
    return await this.#interactive.askFor(listing, {
      method: 'GET',
      path: `/v1/files/${encodeURIComponent(directory)}?path=${encodeURIComponent(path)}`,
      headers: granted(grant),
      answerBytesMax: LISTING_BYTES_MAX,
      timeoutMs: LONG_ANSWER_TIMEOUT_MS,
    });
  }

  async content(ask: ContentAsk, signal: AbortSignal): Promise<Content> {
    const bulk = await this.#whenBulk();
    const headers: OutgoingHttpHeaders = {
      ':method': 'GET',
      ':path': `/v1/content/${encodeURIComponent(ask.directory)}?path=${encodeURIComponent(ask.path)}`,
      ...granted(ask.grant),
      [TRANSFER_HEADER]: ask.transfer,
    };
    if (ask.from > 0) headers['range'] = `bytes=${ask.from}-`;
    if (ask.etag !== null) headers['if-match'] = ask.etag;
    const answer = await bulk.open(headers, signal, true);
    const left = Number(answer.headers['content-length'] ?? Number.NaN);
    const etag = answer.headers.etag ?? '';
    const partial = answer.status === (ask.from > 0 ? 206 : 200);
    if (!partial || !Number.isSafeInteger(left) || left < 0 || !ETAG.test(etag)) {
      throw bulk.violate('CONTENT_MALFORMED');
    }
    giveUpWhenStill(answer.stream);
    this.#besideScreen.fileBegun(answer.stream);
    return {
      bytesTotal: ask.from + left,
      etag,
      body: new StreamBody(answer.stream),
      digest: () => {
        const sent = answer.trailers()['repr-digest'];
        const digest = typeof sent === 'string' ? DIGEST.exec(sent)?.[1] : undefined;
        if (digest === undefined) throw bulk.violate('CONTENT_WITHOUT_DIGEST');
        return digest;
      },
    };
  }

  async createInbox(grant: GrantId, file: InboxFile): Promise<InboxProgress> {
    const bulk = await this.#whenBulk();
    const ask = { method: 'POST', path: '/v1/inbox', headers: granted(grant), json: file } as const;
    return await bulk.askFor(inboxProgress, ask);
  }

  async inbox(grant: GrantId, transfer: TransferId): Promise<InboxProgress> {
    const bulk = await this.#whenBulk();
    return await bulk.askFor(inboxProgress, {
      method: 'GET',
      path: `/v1/inbox/${transfer}`,
      headers: granted(grant),
    });
  }

  async appendInbox(
    grant: GrantId,
    transfer: TransferId,
    offset: number,
    rest: InboxRest,
  ): Promise<InboxProgress> {
    const bulk = await this.#whenBulk();
    const headers = {
      ':method': 'PATCH',
      ':path': `/v1/inbox/${transfer}`,
      ...granted(grant),
      'upload-offset': offset,
      'content-type': 'application/octet-stream',
      'content-length': rest.length,
    };
    return await bulk.sendFor(inboxProgress, headers, rest.bytes, rest);
  }

  async cancelInbox(grant: GrantId, transfer: TransferId): Promise<void> {
    const bulk = await this.#whenBulk();
    await bulk.tell({ method: 'DELETE', path: `/v1/inbox/${transfer}`, headers: granted(grant) });
  }

  async journal(from: number): Promise<JournalPage> {
    return await this.#interactive.askFor(journalPage, {
      method: 'GET',
      path: `/v1/journal?from=${from}`,
      answerBytesMax: JOURNAL_BYTES_MAX,
      timeoutMs: LONG_ANSWER_TIMEOUT_MS,
    });
  }

  close(why: string): void {
    this.#interactive.close(why);
  }

  async #whenBulk(): Promise<Connection> {
    const give = (): Connection | null => (this.#bulk?.ended.aborted === false ? this.#bulk : null);
    const there = give();
    if (there !== null) return there;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.ended.removeEventListener('abort', go);
        this.#bulkWaiters = this.#bulkWaiters.filter((each) => each !== go);
        resolve();
      };
      const timer = setTimeout(go, BULK_WAIT_MS);
      this.#bulkWaiters.push(go);
      this.ended.addEventListener('abort', go, { once: true });
      if (this.ended.aborted) go();
    });
    const now = give();
    if (now === null) throw new CartUnreachable('The cart has no second connection for files.');
    return now;
  }
}

function granted(grant: GrantId): OutgoingHttpHeaders {
  return { [GRANT_HEADER]: grant };
}

function parseJSON(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
