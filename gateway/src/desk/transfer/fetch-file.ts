/**
 * One attempt to bring a file, or the rest of it, from the cart into the vault.
 *
 * Each byte is sealed before it touches the disk. The file becomes a record only when the whole has the digest that the
 * cart sent after its last byte (RFC 9530). A broken attempt leaves what arrived for the next one.
 */
import type { GrantId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import type { Staging } from '../../vault/contract.ts';
import { CartUnreachable } from '../tunnel/tunnel.ts';
import type { CartLink } from '../tunnel/tunnel.ts';
import type { Share } from './room.ts';
import { FileTooLarge } from './transfer-error.ts';
import type { HeldTransfer } from './transfer-store.ts';

export interface FetchAttempt {
  readonly transfer: HeldTransfer;
  readonly link: CartLink;
  readonly grant: GrantId;
  readonly staging: Staging;
  readonly bytesMax: number;
  /** Finds room for the file once its size is known. */
  readonly take: (bytes: number, arrivedBytes: number) => Promise<Share>;
  readonly signal: AbortSignal;
  /** Keeps the file's version before the first byte is kept. */
  readonly begin: () => Promise<void>;
  readonly moved: () => void;
  readonly verifying: () => Promise<void>;
}

/**
 * @throws CartUnreachable (go on later), CartRefusal, FileTooLarge, CaseTooLarge, DiskReserveReached, RecordDigestMismatch,
 *   DiskFull, VaultUnavailable
 */
export async function fetchFile(attempt: FetchAttempt): Promise<CaseRecord> {
  const { transfer, link, grant, staging, signal } = attempt;
  const received = staging.receivedBytes;
  // When only the digest is missing, one byte is asked for again: a range cannot be empty (RFC 9110 §14.1.2).
  const overlap = received > 0 && received === transfer.bytesTotal ? 1 : 0;
  const { id, directory, path, etag } = transfer;
  const ask = { grant, transfer: id, directory, path, from: received - overlap, etag };
  const content = await link.content(ask, signal);
  try {
    if (content.bytesTotal > attempt.bytesMax) {
      throw new FileTooLarge('This file is larger than this gateway takes.');
    }
    const share = await attempt.take(content.bytesTotal, received);
    transfer.etag = content.etag;
    transfer.bytesTotal = content.bytesTotal;
    transfer.bytes = received;
    await attempt.begin();
    await take(content.body, overlap, attempt, share);
  } finally {
    content.body.destroy();
  }
  if (staging.receivedBytes !== content.bytesTotal) {
    throw new CartUnreachable('The file broke off before its end.');
  }
  const digest = content.digest();
  await attempt.verifying();
  const sha256 = Buffer.from(digest, 'base64').toString('base64url');
  return await staging.finish({ origin: 'fetched', name: transfer.name, sha256 });
}

async function take(
  body: AsyncIterable<Buffer>,
  overlap: number,
  attempt: FetchAttempt,
  share: Share,
): Promise<void> {
  const { transfer, staging, signal, moved } = attempt;
  let skip = overlap;
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      const fresh = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - fresh.length;
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
    // A stream that breaks throws Node's own errors; the disk's and ours are told apart by their class.
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
    if (signal.aborted || /^(?:ERR_HTTP2|ERR_STREAM|ECONN|EPIPE)/.test(code)) {
      throw new CartUnreachable('The connection to the cart was lost.', { cause: fault });
    }
    throw fault;
  }
}
