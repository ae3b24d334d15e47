/**
 * A cart's link over reverse HTTP/2: one interactive connection, and a bulk one that may come and go beside it.
 *
 * It turns methods into the requests of docs/protocol.md, section 5. It keeps no session state.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:http2';
import type { OutgoingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import type { GrantId, SessionId, TransferId } from '@chaperone/domain/id/id.ts';
import { receiptFilesPage, rememberedLedger } from '@chaperone/protocol/cart-api/evidence.ts';
import type {
  CountersignedReceipt,
  ReceiptFilesPage,
  RememberedLedger,
  ShownLedger,
} from '@chaperone/protocol/cart-api/evidence.ts';
import { maskView } from '@chaperone/protocol/cart-api/masks.ts';
import type { MaskView, UnmaskAskBody } from '@chaperone/protocol/cart-api/masks.ts';
import { watchAnswer } from '@chaperone/protocol/cart-api/watching.ts';
import type { WatchAnswer } from '@chaperone/protocol/cart-api/watching.ts';
import {
  cartReport,
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
  QueueStanding,
  SessionView,
} from '@chaperone/protocol/cart-api/schema.ts';
import { BLOCK_BYTES, blockCount, DIGEST_BYTES } from '@chaperone/domain/transfer/block.ts';
import {
  DEIDENTIFIED_HEADER,
  BLOCKS_HEADER,
  BLOCKS_SINCE_VERSION,
  GRANT_HEADER,
  MASKS_SINCE_VERSION,
  RECORDING_TOLD_SINCE_VERSION,
  SCREEN_AUTHORITY,
  TRANSFER_HEADER,
  WATCHING_SINCE_VERSION,
} from '@chaperone/protocol/cart-api/version.ts';
import { BesideScreen } from './beside-screen.ts';
import type {
  CartIdentity,
  CartLink,
  Content,
  ContentAsk,
  InboxBlocks,
  InboxRest,
  PartAsk,
} from './cart-link.ts';
import type { Connection } from './connection.ts';
import { readLines } from './line-reader.ts';
import { StreamBody, gathered } from './stream-body.ts';
import { giveUpWhenStill } from './still-stream.ts';
import { CartMisbehaved, CartUnreachable } from './tunnel-error.ts';

/** 5,000 entries with names of 255 bytes, escaped. */
const LISTING_BYTES_MAX = 8 * 1024 * 1024;
/** 1,100 names of 81 characters with their times. */
const MASKS_BYTES_MAX = 256 * 1024;
/** 500 lines of 4,096 bytes, quoted. */
const JOURNAL_BYTES_MAX = 8 * 1024 * 1024;
/** Lines of 4 Mi characters, quoted and in UTF-8, and a receipt. */
const RECEIPT_FILES_BYTES_MAX = 16 * 1024 * 1024;
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
/** Digests of a file of 64 TiB: no cart keeps a larger one, and a list is held in memory. */
const BLOCKS_BYTES_MAX = 2 * 1024 * 1024;
const OFFSET = /^\d{1,15}$/;
const DIGEST = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/;

export class HttpCartLink implements CartLink {
  readonly identity: CartIdentity;
  readonly hello: Hello;
  readonly #interactive: Connection;
  readonly #besideScreen: BesideScreen;
  #bulk: Connection | null = null;
  /** Of bulk connections whose place another took. */
  #replacedBytes = 0;
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

  get knowsBlocks(): boolean {
    return this.hello.protocol.max >= BLOCKS_SINCE_VERSION;
  }

  get showsRecording(): boolean {
    return this.hello.protocol.max >= RECORDING_TOLD_SINCE_VERSION;
  }

  get bytes(): number {
    return this.#replacedBytes + this.#interactive.bytes + (this.#bulk?.bytes ?? 0);
  }

  get ended(): AbortSignal {
    return this.#interactive.ended;
  }

  /** Puts a bulk connection beside; a newer one takes the place of an older one. */
  attachBulk(connection: Connection): void {
    this.#bulk?.close('replaced');
    this.#replacedBytes += this.#bulk?.bytes ?? 0;
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

  async masks(grant: GrantId | null): Promise<MaskView | null> {
    if (!this.#knowsMasks) return null;
    return await this.#interactive.askFor(maskView, {
      method: 'GET',
      path: '/v1/masks',
      ...(grant !== null && { headers: granted(grant) }),
      answerBytesMax: MASKS_BYTES_MAX,
    });
  }

  async askUnmask(grant: GrantId, ask: UnmaskAskBody): Promise<void> {
    await this.#interactive.tell({
      method: 'POST',
      path: '/v1/masks/ask',
      json: ask,
      headers: granted(grant),
    });
  }

  get #knowsMasks(): boolean {
    return this.hello.protocol.max >= MASKS_SINCE_VERSION;
  }

  get knowsWatching(): boolean {
    return this.hello.protocol.max >= WATCHING_SINCE_VERSION;
  }

  async askWatch(grant: GrantId, request: string): Promise<WatchAnswer> {
    return await this.#interactive.askFor(watchAnswer, {
      method: 'POST',
      path: '/v1/watch',
      headers: granted(grant),
      json: { request },
    });
  }

  async leaveWatch(): Promise<void> {
    await this.#interactive.tell({ method: 'POST', path: '/v1/watch/leave', json: {} });
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
    const withBlocks = ask.withBlocks && ask.from > 0;
    if (ask.from > 0) headers['range'] = `bytes=${ask.from}-`;
    if (withBlocks) headers[BLOCKS_HEADER] = BLOCK_BYTES;
    if (ask.etag !== null) headers['if-match'] = ask.etag;
    const answer = await bulk.open(headers, signal, true);
    const listed = withBlocks ? blockCount(ask.from) : 0;
    const left = Number(answer.headers['content-length'] ?? Number.NaN) - listed * DIGEST_BYTES;
    const etag = answer.headers.etag ?? '';
    const fits = answer.status === (ask.from > 0 && !withBlocks ? 206 : 200);
    const isListed = !withBlocks || answer.headers[BLOCKS_HEADER] === String(BLOCK_BYTES);
    if (!fits || !isListed || !Number.isSafeInteger(left) || left < 0 || !ETAG.test(etag)) {
      throw bulk.violate('CONTENT_MALFORMED');
    }
    giveUpWhenStill(answer.stream);
    this.#besideScreen.fileBegun(answer.stream);
    return {
      bytesTotal: ask.from + left,
      etag,
      isDeidentified: answer.headers[DEIDENTIFIED_HEADER] === 'yes',
      blockCount: listed,
      body: new StreamBody(answer.stream),
      digest: () => {
        const sent = answer.trailers()['repr-digest'];
        const digest = typeof sent === 'string' ? DIGEST.exec(sent)?.[1] : undefined;
        if (digest === undefined) throw bulk.violate('CONTENT_WITHOUT_DIGEST');
        return digest;
      },
    };
  }

  async report(grant: GrantId, transfer: TransferId): Promise<DeidentificationReport> {
    const bulk = await this.#whenBulk();
    const path = `/v1/deidentification/${transfer}`;
    return await bulk.askFor(cartReport, { method: 'GET', path, headers: granted(grant) });
  }

  async part(ask: PartAsk, signal: AbortSignal): Promise<Buffer> {
    const bulk = await this.#whenBulk();
    const headers: OutgoingHttpHeaders = {
      ':method': 'GET',
      ':path': `/v1/content/${encodeURIComponent(ask.directory)}?path=${encodeURIComponent(ask.path)}`,
      ...granted(ask.grant),
      [TRANSFER_HEADER]: ask.transfer,
      range: `bytes=${ask.offset}-${ask.offset + ask.length - 1}`,
    };
    if (ask.etag !== null) headers['if-match'] = ask.etag;
    const answer = await bulk.open(headers, signal, true);
    if (answer.status !== 206 || answer.headers['content-length'] !== String(ask.length)) {
      throw bulk.violate('CONTENT_MALFORMED');
    }
    giveUpWhenStill(answer.stream);
    this.#besideScreen.fileBegun(answer.stream);
    const part = await gathered(new StreamBody(answer.stream), ask.length);
    const sent = answer.trailers()['content-digest'];
    const digest = typeof sent === 'string' ? DIGEST.exec(sent)?.[1] : undefined;
    if (digest === undefined) throw bulk.violate('CONTENT_WITHOUT_DIGEST');
    if (createHash('sha256').update(part).digest('base64') !== digest)
      throw new CartUnreachable('A block is not what the cart sent: it is asked for again.');
    return part;
  }

  async createInbox(grant: GrantId, file: InboxFile): Promise<InboxProgress> {
    const bulk = await this.#whenBulk();
    const ask = { method: 'POST', path: '/v1/inbox', headers: granted(grant), json: file } as const;
    // A cart that has a file of this name and size reads it before it answers.
    return await bulk.askFor(inboxProgress, { ...ask, timeoutMs: LONG_ANSWER_TIMEOUT_MS });
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
    return await this.#patch(`/v1/inbox/${transfer}`, grant, offset, rest);
  }

  async #patch(
    path: string,
    grant: GrantId,
    offset: number,
    rest: InboxRest,
  ): Promise<InboxProgress> {
    const bulk = await this.#whenBulk();
    const headers = {
      ':method': 'PATCH',
      ':path': path,
      ...granted(grant),
      'upload-offset': offset,
      'content-type': 'application/octet-stream',
      'content-length': rest.length,
    };
    return await bulk.sendFor(inboxProgress, headers, rest.bytes, rest);
  }

  async inboxBlocks(
    grant: GrantId,
    transfer: TransferId,
    signal: AbortSignal,
  ): Promise<InboxBlocks> {
    const bulk = await this.#whenBulk();
    const path = `/v1/blocks/${transfer}`;
    const answer = await bulk.open(
      { ':method': 'GET', ':path': path, ...granted(grant) },
      signal,
      true,
    );
    const offset = String(answer.headers['upload-offset'] ?? '');
    const listBytes = OFFSET.test(offset) ? blockCount(Number(offset)) * DIGEST_BYTES : -1;
    const fits = answer.headers['content-length'] === String(listBytes);
    if (!fits || listBytes > BLOCKS_BYTES_MAX) throw bulk.violate('BLOCKS_MALFORMED');
    giveUpWhenStill(answer.stream, LONG_ANSWER_TIMEOUT_MS);
    const digests = await gathered(new StreamBody(answer.stream), listBytes);
    return { bytes: Number(offset), digests };
  }

  async mendInbox(
    grant: GrantId,
    transfer: TransferId,
    offset: number,
    block: InboxRest,
  ): Promise<InboxProgress> {
    return await this.#patch(`/v1/blocks/${transfer}`, grant, offset, block);
  }

  async queue(grant: GrantId, standing: QueueStanding): Promise<void> {
    await this.#interactive.tell({
      method: 'PUT',
      path: '/v1/queue',
      headers: granted(grant),
      json: standing,
    });
  }

  async cancelInbox(grant: GrantId, transfer: TransferId): Promise<void> {
    const bulk = await this.#whenBulk();
    await bulk.tell({ method: 'DELETE', path: `/v1/inbox/${transfer}`, headers: granted(grant) });
  }

  async cancelPreparation(grant: GrantId, transfer: TransferId): Promise<void> {
    const bulk = await this.#whenBulk();
    const path = `/v1/deidentification/${transfer}`;
    await bulk.tell({ method: 'DELETE', path, headers: granted(grant) });
  }

  async journal(from: number): Promise<JournalPage> {
    return await this.#interactive.askFor(journalPage, {
      method: 'GET',
      path: `/v1/journal?from=${from}`,
      answerBytesMax: JOURNAL_BYTES_MAX,
      timeoutMs: LONG_ANSWER_TIMEOUT_MS,
    });
  }

  async rememberedLedger(): Promise<RememberedLedger> {
    return await this.#interactive.askFor(rememberedLedger, { method: 'GET', path: '/v1/ledger' });
  }

  async showLedger(shown: ShownLedger): Promise<void> {
    await this.#interactive.tell({ method: 'PUT', path: '/v1/ledger', json: shown });
  }

  async receiptFiles(session: SessionId, from: number): Promise<ReceiptFilesPage> {
    return await this.#interactive.askFor(receiptFilesPage, {
      method: 'GET',
      path: `/v1/receipt-files/${session}?from=${from}`,
      answerBytesMax: RECEIPT_FILES_BYTES_MAX,
      timeoutMs: LONG_ANSWER_TIMEOUT_MS,
    });
  }

  async giveCountersignature(session: SessionId, given: CountersignedReceipt): Promise<void> {
    const path = `/v1/receipts/${session}`;
    await this.#interactive.tell({ method: 'PUT', path, json: given });
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
