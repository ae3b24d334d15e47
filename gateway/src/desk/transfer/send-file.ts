/**
 * One attempt to bring a file, or the rest of it, from the vault to the cart's inbox.
 *
 * The cart says how much it holds; what is missing goes in one request, so that no answer is waited for under way. What it held
 * before is compared first, block by block, with what the vault gives, and what differs is sent again. The cart compares the
 * digest of the whole before it places the file, and says so.
 */
import { createHash } from 'node:crypto';
import type { GrantId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import {
  BLOCK_BYTES,
  blockRange,
  differingBlocks,
  MENDS_MAX,
} from '@chaperone/domain/transfer/block.ts';
import type { InboxProgress } from '@chaperone/protocol/cart-api/schema.ts';
import type { Vault } from '../../vault/contract.ts';
import { CartMisbehaved } from '../tunnel/tunnel.ts';
import type { CartLink } from '../tunnel/tunnel.ts';
import { CartWithoutFolders, ContentDiffers } from './transfer-error.ts';
import type { HeldTransfer } from './transfer-store.ts';

export interface SendAttempt {
  readonly transfer: HeldTransfer;
  readonly record: CaseRecord;
  readonly link: CartLink;
  readonly grant: GrantId;
  readonly vault: Vault;
  readonly signal: AbortSignal;
  readonly moved: () => void;
}

/** @throws CartUnreachable (go on later), CartRefusal, CartMisbehaved, CartWithoutFolders, ContentDiffers, RecordDamaged, RecordInQuarantine */
export async function sendFile(attempt: SendAttempt): Promise<void> {
  const { transfer, record, link, grant } = attempt;
  let progress = await link.createInbox(grant, announcementOf(attempt));
  if (progress.received > 0 && progress.state === 'receiving') await mend(attempt);
  for (let mends = 0; progress.state !== 'placed';) {
    attempt.signal.throwIfAborted();
    if (progress.state === 'differs') {
      mends += 1;
      const mended = mends <= MENDS_MAX && (await mend(attempt));
      if (!mended)
        throw new ContentDiffers('What the cart holds is not what was sent, block by block.');
    }
    progress = await sendRest(attempt, progress);
  }
  transfer.bytes = record.bytes;
}

function announcementOf({ transfer, record, link }: SendAttempt) {
  const { folder, name, bytes } = record;
  const sha256 = Buffer.from(record.sha256, 'base64url').toString('base64');
  const file = { transfer: transfer.id, name, bytes, sha256 };
  if (!link.knowsBlocks) {
    if (folder === '') return file;
    throw new CartWithoutFolders('This cart takes no folders. Its agent is of an earlier version.');
  }
  return { ...file, blocks: BLOCK_BYTES, ...(folder === '' ? {} : { folder }) } as const;
}

/** Sends what is missing; nothing at the end asks the cart to look at the whole again. */
async function sendRest(
  attempt: SendAttempt,
  { received, state }: InboxProgress,
): Promise<InboxProgress> {
  const { transfer, record, link, grant, vault, signal } = attempt;
  // An empty file is placed by its creation; otherwise there is something left to send, or to be looked at again.
  const isLookedAtAgain = state === 'differs' || link.knowsBlocks;
  if (received > record.bytes || (received === record.bytes && !isLookedAtAgain))
    throw new CartMisbehaved('INBOX_NOT_PLACED');
  const length = record.bytes - received;
  const { bytes } = await vault.content(record.caseId, record.id, { offset: received, length });
  transfer.bytes = received;
  const onTaken = (taken: number): void => {
    transfer.bytes += taken;
    attempt.moved();
  };
  try {
    const rest = { length, bytes, signal, onTaken };
    const progress = await link.appendInbox(grant, transfer.id, received, rest);
    if (progress.received <= received && progress.state === 'receiving') {
      throw new CartMisbehaved('INBOX_WITHOUT_PROGRESS');
    }
    transfer.bytes = progress.received;
    attempt.moved();
    return progress;
  } catch (fault) {
    // What was on its way is not what has arrived: an attempt that the cart kept nothing of has moved nothing.
    transfer.bytes = received;
    throw fault;
  }
}

/**
 * Compares what the cart holds with the record, and sends again the blocks that differ.
 * @returns whether there was one
 */
async function mend(attempt: SendAttempt): Promise<boolean> {
  const { transfer, record, link, grant, vault, signal } = attempt;
  if (!link.knowsBlocks) return false;
  const held = await link.inboxBlocks(grant, transfer.id, signal);
  if (held.bytes > record.bytes) throw new CartMisbehaved('INBOX_TOO_LONG');
  const own = await digestsOf(attempt, held.bytes);
  const differing = differingBlocks(own, held.digests);
  for (const index of differing) {
    const range = blockRange(index, held.bytes);
    const { bytes } = await vault.content(record.caseId, record.id, range);
    const block = { length: range.length, bytes, signal, onTaken: () => undefined };
    await link.mendInbox(grant, transfer.id, range.offset, block);
  }
  return differing.length > 0;
}

/** Gives the digests of the first bytes of the record, block by block. */
async function digestsOf(
  { record, vault, signal }: SendAttempt,
  length: number,
): Promise<readonly Buffer[]> {
  if (length === 0) return [];
  const { bytes } = await vault.content(record.caseId, record.id, { offset: 0, length });
  const digests: Buffer[] = [];
  let block = createHash('sha256');
  let left = BLOCK_BYTES;
  let came = 0;
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + left);
      block.update(part);
      at += part.length;
      left -= part.length;
      came += part.length;
      if (left > 0 && came < length) continue;
      digests.push(block.digest());
      block = createHash('sha256');
      left = BLOCK_BYTES;
    }
  }
  return digests;
}
