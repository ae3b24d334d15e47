/**
 * One attempt to bring a file, or the rest of it, from the vault to the cart's inbox.
 *
 * The cart says how much it holds; what is missing goes in one request, so that no answer is waited for under way. The cart compares the digest before it
 * places the file, and says so.
 */
import type { GrantId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import type { Vault } from '../../vault/contract.ts';
import { CartMisbehaved } from '../tunnel/tunnel.ts';
import type { CartLink } from '../tunnel/tunnel.ts';
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

/** @throws CartUnreachable (go on later), CartRefusal, CartMisbehaved, RecordDamaged */
export async function sendFile(attempt: SendAttempt): Promise<void> {
  const { transfer, record, link, grant, vault, signal } = attempt;
  const sha256 = Buffer.from(record.sha256, 'base64url').toString('base64');
  const file = { transfer: transfer.id, name: record.name, bytes: record.bytes, sha256 };
  let progress = await link.createInbox(grant, file);
  while (progress.state !== 'placed') {
    signal.throwIfAborted();
    const { received } = progress;
    // An empty file is placed by its creation; otherwise there is something left to send.
    if (received >= record.bytes) throw new CartMisbehaved('INBOX_NOT_PLACED');
    const length = record.bytes - received;
    const { bytes } = await vault.content(record.caseId, record.id, { offset: received, length });
    transfer.bytes = received;
    const onTaken = (taken: number): void => {
      transfer.bytes += taken;
      attempt.moved();
    };
    try {
      const rest = { length, bytes, signal, onTaken };
      progress = await link.appendInbox(grant, transfer.id, received, rest);
    } catch (fault) {
      // What was on its way is not what has arrived: an attempt that the cart kept nothing of has moved nothing.
      transfer.bytes = received;
      throw fault;
    }
    if (progress.received <= received && progress.state !== 'placed') {
      throw new CartMisbehaved('INBOX_WITHOUT_PROGRESS');
    }
    transfer.bytes = progress.received;
    attempt.moved();
  }
  transfer.bytes = record.bytes;
}
