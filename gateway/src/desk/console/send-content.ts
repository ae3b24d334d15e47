/** Answers with a record's bytes, whole or one range (RFC 9110 §14), as they are read: nothing touches a disk here. */
import { Readable } from 'node:stream';
import type { CaseId, RecordId } from '@chaperone/domain/id/id.ts';
import { assertReleased } from '@chaperone/domain/quarantine/quarantine.ts';
import type { FastifyReply } from 'fastify';
import type { Vault } from '../../vault/contract.ts';
import { readRange } from './byte-range.ts';

/** A record that is opened as a page can do nothing at all, whatever it is. */
const INERT = "default-src 'none'; sandbox";

export interface ContentAsked {
  readonly caseId: CaseId;
  readonly recordId: RecordId;
  readonly range: string | undefined;
  readonly type: string;
  /** Null for what is looked at here; a file's name for what is saved. */
  readonly savedAs: string | null;
}

/** @throws RecordUnknown, RecordInQuarantine, RecordDamaged, CaseKeyMissing */
export async function sendContent(
  vault: Vault,
  reply: Pick<FastifyReply, 'status' | 'header' | 'headers' | 'type' | 'send'>,
  { caseId, recordId, range: asked, type, savedAs }: ContentAsked,
): Promise<unknown> {
  const { bytes, quarantine } = await vault.record(caseId, recordId);
  assertReleased(quarantine);
  const range = readRange(asked, bytes);
  if (range === 'unsatisfiable') {
    void reply.status(416).header('content-range', `bytes */${bytes}`);
    return reply.send('');
  }
  const content = await vault.content(caseId, recordId, range ?? undefined);
  const disposition =
    savedAs === null ? 'inline' : `attachment; filename*=UTF-8''${encodeURIComponent(savedAs)}`;
  void reply
    .status(range === null ? 200 : 206)
    .headers({
      'content-length': range?.length ?? bytes,
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'content-disposition': disposition,
      'content-security-policy': INERT,
    })
    .type(type);
  if (range !== null) {
    const last = range.offset + range.length - 1;
    void reply.header('content-range', `bytes ${range.offset}-${last}/${bytes}`);
  }
  return reply.send(Readable.from(content.bytes, { objectMode: false }));
}
