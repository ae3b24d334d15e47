/** Takes a file that a technician uploads to be sent: sealed while it arrives, a record when it is whole. */
import { createHash } from 'node:crypto';
import { checkFileName } from '@chaperone/domain/file-name/file-name.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { CaseKeyMissing } from '../../vault/contract.ts';
import { passed } from '../../platform/memory/passing-bytes.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { Room, Share } from './room.ts';
import { FileTooLarge, UploadBroken } from './transfer-error.ts';

export interface Upload {
  readonly name: string;
  /** What the request announced, or null. */
  readonly bytes: number | null;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * @throws FileNameRefused, FileTooLarge, CaseTooLarge, DiskReserveReached, UploadBroken, CaseKeyMissing, DiskFull,
 *   VaultUnavailable; nothing is left then
 */
export async function takeUpload(
  context: DeskContext,
  serviceCase: StoredCase,
  upload: Upload,
  bytesMax: number,
  room: Room,
): Promise<CaseRecord> {
  const name = checkFileName(upload.name);
  if (upload.bytes !== null && upload.bytes > bytesMax) throw new FileTooLarge(tooLarge(bytesMax));
  const transferId = newId('transfer', context.randomBytes);
  const share = await room.take(serviceCase.id, upload.bytes ?? 0);
  try {
    return await keep(context, serviceCase, transferId, { ...upload, name }, bytesMax, share);
  } finally {
    share.giveBack();
  }
}

async function keep(
  context: DeskContext,
  serviceCase: StoredCase,
  transferId: TransferId,
  upload: Upload,
  bytesMax: number,
  share: Share,
): Promise<CaseRecord> {
  const { name } = upload;
  const staging = await context.vault.openStaging(serviceCase.id, transferId);
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of upload.body) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new FileTooLarge(tooLarge(bytesMax));
      await share.arrived(bytes);
      hash.update(chunk);
      await staging.append(chunk);
      passed(chunk.length);
    }
    if (upload.bytes !== null && bytes !== upload.bytes) {
      throw new UploadBroken('The upload broke off before its end.');
    }
    return await staging.finish({ origin: 'to-send', name, sha256: hash.digest('base64url') });
  } catch (fault) {
    await staging
      .discard()
      .catch((left: unknown) => context.log.warn({ err: left }, 'a broken upload stays for now'));
    throw await told(context, serviceCase, fault);
  }
}

/** Finds what whoever sends the file should be told of its end. */
async function told({ vault }: DeskContext, { id }: StoredCase, fault: unknown): Promise<unknown> {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  // The browser went away, or its network did.
  if (/^(?:ECONN|EPIPE|ERR_STREAM)/.test(code))
    return new UploadBroken('The upload broke off before its end.', { cause: fault });
  if (code !== 'VAULT_UNAVAILABLE') return fault;
  // Resolving a case closes what is being received for it, which then looks like a disk that failed.
  return await vault.records(id).then(
    () => fault,
    (gone: unknown) => (gone instanceof CaseKeyMissing ? gone : fault),
  );
}

function tooLarge(bytesMax: number): string {
  return `A file to send has at most ${bytesMax} bytes.`;
}
