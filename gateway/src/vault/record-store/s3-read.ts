/** Reads a range of one object, again when an answer was cut off on its way. */
import { VaultUnavailable } from '../contract.ts';
import type { S3Object } from './s3-connection.ts';

/** Times that a range is asked for whose answer was cut off; the client asks again for what failed before. */
const ANSWERS_MAX = 3;

export interface ReadRange {
  readonly bytes: Buffer;
  /** Of the whole object. */
  readonly totalBytes: number;
}

/** @throws RecordUnknown, VaultUnavailable */
export async function readObject(
  { connection, bucket, key }: S3Object,
  place: number,
  bytes: number,
): Promise<ReadRange> {
  const asked = { Bucket: bucket, Key: key, Range: `bytes=${place}-${place + bytes - 1}` };
  for (let answers = 1; ; answers += 1) {
    try {
      return await connection.ask(async (client, { GetObjectCommand }) => {
        const answer = await client.send(new GetObjectCommand(asked));
        const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
        const totalBytes = totalOf(answer.ContentRange);
        const expected = Math.max(0, Math.min(bytes, totalBytes - place));
        if (body.length !== expected)
          throw new VaultUnavailable('An answer of the store of records was cut off.');
        return { bytes: body, totalBytes };
      });
    } catch (fault) {
      if (!(fault instanceof VaultUnavailable) || answers === ANSWERS_MAX) throw fault;
    }
  }
}

/** Reads `bytes 0-9/100`. A store that does not say it did not understand the range. @throws VaultUnavailable */
function totalOf(contentRange: string | undefined): number {
  const total = /^bytes \d{1,16}-\d{1,16}\/(\d{1,16})$/.exec(contentRange ?? '')?.[1];
  if (total === undefined) throw new VaultUnavailable('The store of records gives no ranges.');
  return Number(total);
}
