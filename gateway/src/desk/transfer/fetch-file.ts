/**
 * One attempt to bring a file, or the rest of it, from the cart into the vault.
 *
 * Each byte is sealed before it touches the disk. The file becomes a record only when the whole has the digest that the
 * cart sent after its last byte (RFC 9530). A broken attempt leaves what arrived for the next one, which compares it with the
 * cart's file block by block and fetches again what differs, and nothing else. Carts of version 1 of the protocol tell no
 * digests of blocks: with those a file that is spoilt begins anew.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import type { GrantId, RecordId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import {
  blockRange,
  blockStart,
  DIGEST_BYTES,
  differingBlocks,
  MENDS_MAX,
} from '@chaperone/domain/transfer/block.ts';
import type { Staging } from '../../vault/contract.ts';
import { CartRefusal, CartUnreachable } from '../tunnel/tunnel.ts';
import type { CartLink, Content, ContentAsk, Preparation } from '../tunnel/tunnel.ts';
import type { Share } from './room.ts';
import { CartSentOriginal, ContentDiffers, FileTooLarge } from './transfer-error.ts';
import type { HeldTransfer } from './transfer-store.ts';

export interface FetchAttempt {
  readonly transfer: HeldTransfer;
  readonly link: CartLink;
  readonly grant: GrantId;
  readonly staging: Staging;
  readonly bytesMax: number;
  /** Whether the case promises that nothing else leaves its cart. */
  readonly deidentifiedOnly: boolean;
  /** Keeps what a cart says that it changed. */
  readonly keepReport: (record: RecordId, report: DeidentificationReport) => Promise<void>;
  /** Times that the whole was not what the cart said; each time its blocks are compared. */
  readonly looks: number;
  /** Finds room for the file once its size is known. */
  readonly take: (bytes: number, arrivedBytes: number) => Promise<Share>;
  readonly signal: AbortSignal;
  /** Keeps the file's version before the first byte is kept. */
  readonly begin: () => Promise<void>;
  readonly moved: () => void;
  readonly verifying: () => Promise<void>;
  /** Told how far the cart is with what it makes of the file, and that it is done (null). */
  readonly preparing: (preparation: Preparation | null) => void;
}

/**
 * @throws CartUnreachable, CartRefusal, CartMisbehaved, CartSentOriginal, FileTooLarge, ContentDiffers, and what the vault and
 *   `take` throw
 */
export async function fetchFile(attempt: FetchAttempt): Promise<CaseRecord> {
  const { transfer, link, grant, staging } = attempt;
  const received = staging.receivedBytes;
  const { id, directory, path, etag } = transfer;
  const from = link.knowsBlocks ? blockStart(received) : firstOf(received, transfer.bytesTotal);
  const withBlocks = link.knowsBlocks;
  const ask: ContentAsk = { grant, transfer: id, directory, path, from, etag, withBlocks };
  const content = await whenReady(attempt, ask);
  let differing: readonly number[];
  try {
    if (attempt.deidentifiedOnly && !content.isDeidentified) {
      // The cart decides what leaves it; what it should not have sent is not kept either.
      throw new CartSentOriginal('The cart sent a file as it is, against what the case promises.');
    }
    if (content.bytesTotal > attempt.bytesMax) {
      throw new FileTooLarge('This file is larger than this gateway takes.');
    }
    const share = await attempt.take(content.bytesTotal, received);
    transfer.etag = content.etag;
    transfer.bytesTotal = content.bytesTotal;
    transfer.bytes = received;
    await attempt.begin();
    differing = await take(content, received - from, attempt, share);
  } finally {
    content.body.destroy();
  }
  if (staging.receivedBytes !== content.bytesTotal) {
    throw new CartUnreachable('The file broke off before its end.');
  }
  const sha256 = Buffer.from(content.digest(), 'base64').toString('base64url');
  await mend(attempt, content, differing);
  if (link.knowsBlocks && staging.digest() !== sha256) {
    // Once more it is read back and compared. A whole that differs though no block of it does is not what was asked for.
    const isHopeless = attempt.looks >= MENDS_MAX || (attempt.looks > 0 && differing.length === 0);
    if (!isHopeless) throw new ContentDiffers('What arrived is compared with the cart again.');
  }
  await attempt.verifying();
  const origin = content.isDeidentified ? 'de-identified' : 'fetched';
  // Asked for before the file is a record: a result without its report is none.
  const report = content.isDeidentified ? await link.report(grant, id) : null;
  const { name, folder } = transfer;
  const record = await staging.finish({ origin, name, folder, sha256 });
  if (report !== null) await attempt.keepReport(record.id, report);
  return record;
}

/**
 * Asks until the cart has made of the file what may leave: for minutes, if it takes them. The session bounds it, and who
 * waits may hold or cancel it.
 */
async function whenReady(
  { link, signal, preparing }: FetchAttempt,
  ask: ContentAsk,
): Promise<Content> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      const content = await link.content(ask, signal);
      if (!isFirst) preparing(null);
      return content;
    } catch (fault) {
      if (!(fault instanceof CartRefusal) || fault.cartCode !== 'CONTENT_PREPARING') throw fault;
      if (fault.preparation === null || signal.aborted) throw fault;
      preparing(fault.preparation);
      await setTimeout(fault.preparation.askAgainMs, undefined, { signal, ref: false }).catch(
        () => {
          throw new CartUnreachable('The session was cut while the cart made the file ready.');
        },
      );
    }
  }
}

/** When only the digest is missing, one byte is asked for again: a range cannot be empty (RFC 9110 §14.1.2). */
function firstOf(received: number, bytesTotal: number): number {
  return received > 0 && received === bytesTotal ? received - 1 : received;
}

/**
 * Takes the list of blocks, then what is missing.
 * @param overlap bytes of the content that are here already: compared, and not kept again
 * @returns the blocks that differ from the cart's
 */
async function take(
  { body, blockCount }: Content,
  overlap: number,
  attempt: FetchAttempt,
  share: Share,
): Promise<readonly number[]> {
  const { transfer, staging, signal, moved, link } = attempt;
  const opened = staging.openedBlocks;
  const list = new Listed(blockCount * DIGEST_BYTES);
  const tail = overlap > 0 && link.knowsBlocks ? createHash('sha256') : null;
  let skip = overlap;
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      const came = list.takeFrom(chunk);
      const known = came.subarray(0, Math.min(skip, came.length));
      tail?.update(known);
      skip -= known.length;
      const fresh = came.subarray(known.length);
      if (fresh.length === 0) continue;
      if (transfer.bytes + fresh.length > transfer.bytesTotal) {
        throw new CartUnreachable('The cart sent more than it announced.');
      }
      await share.arrived(transfer.bytes + fresh.length);
      await staging.append(fresh);
      transfer.bytes += fresh.length;
      moved();
    }
  } catch (fault) {
    throw lostOr(fault, signal);
  }
  const differing = differingBlocks(opened, list.bytes);
  return tail === null || skip > 0 || isSame(opened, blockCount, tail)
    ? differing
    : [...differing, blockCount];
}

function isSame(opened: Staging['openedBlocks'], index: number, tail: Hash): boolean {
  const held = opened[index] ?? null;
  return held !== null && tail.digest().equals(held);
}

/** Fetches again the blocks that differ, and puts them where they belong. */
async function mend(
  { staging, link, grant, transfer, signal }: FetchAttempt,
  { bytesTotal, etag }: Content,
  differing: readonly number[],
): Promise<void> {
  if (differing.length === 0) return;
  const { id, directory, path } = transfer;
  const blocks = differing.map((index) => {
    const part = { ...blockRange(index, bytesTotal), grant, transfer: id, directory, path, etag };
    return [index, async () => await link.part(part, signal)] as const;
  });
  try {
    await staging.mend(new Map(blocks));
  } catch (fault) {
    throw lostOr(fault, signal);
  }
}

/** A stream that breaks throws Node's own errors; the disk's and ours are told apart by their class. */
function lostOr(fault: unknown, signal: AbortSignal): unknown {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  if (signal.aborted || /^(?:ERR_HTTP2|ERR_STREAM|ECONN|EPIPE)/.test(code)) {
    return new CartUnreachable('The connection to the cart was lost.', { cause: fault });
  }
  return fault;
}

/** The list of digests at the beginning of a body. */
class Listed {
  readonly bytes: Buffer;
  #came = 0;

  constructor(length: number) {
    this.bytes = Buffer.alloc(length);
  }

  /** Takes what belongs to the list, and gives the rest. */
  takeFrom(chunk: Buffer): Buffer {
    const part = chunk.subarray(0, this.bytes.length - this.#came);
    part.copy(this.bytes, this.#came);
    this.#came += part.length;
    return chunk.subarray(part.length);
  }
}

/** Tells whether what is staged cannot be gone on with over this link: its blocks are spoilt, and the cart tells no digests. */
export function mustBeginAnew(staging: Staging, link: CartLink): boolean {
  return !link.knowsBlocks && staging.openedBlocks.includes(null);
}
