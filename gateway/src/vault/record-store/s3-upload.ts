/**
 * Puts one local file into a store: in parts, several at a time, each with its MD5.
 *
 * The object appears when all parts are there and the upload is ended. It is then read back and compared: a store's
 * own word (ETag) is not of one meaning, and the local file is the only other copy.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { VaultUnavailable } from '../contract.ts';
import { onDisk } from './on-disk.ts';
import { readObject } from './s3-read.ts';
import type { S3Connection, S3Object } from './s3-connection.ts';

const MIB = 1_048_576;
/** Bytes of a part; more for files that would need more than `PARTS_MAX`. */
const PART_BYTES = 16 * MIB;
/** S3 takes 10,000. */
const PARTS_MAX = 9_000;
/** Parts on their way at the same time. */
const PARTS_AT_ONCE = 3;

export interface Upload extends S3Object {
  readonly partBytes?: number | undefined;
}

/** @throws DiskFull, VaultUnavailable; nothing of the upload is left then that could be removed */
export async function putFile(upload: Upload, file: string): Promise<void> {
  const handle = await onDisk(async () => await open(file, 'r'));
  try {
    const { size } = await onDisk(async () => await handle.stat());
    const partBytes = Math.max(
      upload.partBytes ?? PART_BYTES,
      Math.ceil(size / PARTS_MAX / MIB) * MIB,
    );
    if (size <= partBytes) await putWhole(upload, await readPart(handle, 0, size));
    else await putParts(upload, handle, size, partBytes);
    await compare(upload, handle, size);
  } finally {
    await handle.close();
  }
}

async function putWhole({ connection, bucket, key }: Upload, body: Buffer): Promise<void> {
  const asked = { Bucket: bucket, Key: key, Body: body, ContentMD5: md5Of(body) };
  await connection.ask(
    async (client, { PutObjectCommand }) => await client.send(new PutObjectCommand(asked)),
  );
}

async function putParts(
  upload: Upload,
  handle: FileHandle,
  size: number,
  partBytes: number,
): Promise<void> {
  const { connection, bucket, key } = upload;
  const object = { Bucket: bucket, Key: key };
  const { UploadId } = await connection.ask(
    async (client, { CreateMultipartUploadCommand }) =>
      await client.send(new CreateMultipartUploadCommand(object)),
  );
  if (UploadId === undefined) throw new VaultUnavailable('The store of records began no upload.');
  const begun = { ...object, UploadId };
  try {
    const parts = await sendParts(connection, begun, handle, size, partBytes);
    await connection.ask(
      async (client, { CompleteMultipartUploadCommand }) =>
        await client.send(
          new CompleteMultipartUploadCommand({ ...begun, MultipartUpload: { Parts: parts } }),
        ),
    );
  } catch (fault) {
    // When the store is away, it is given up before the next attempt, or with the case.
    await connection
      .ask(
        async (client, { AbortMultipartUploadCommand }) =>
          await client.send(new AbortMultipartUploadCommand(begun)),
      )
      .catch(() => undefined);
    throw fault;
  }
}

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string;
}

async function sendParts(
  { ask }: S3Connection,
  begun: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
  handle: FileHandle,
  size: number,
  partBytes: number,
): Promise<SentPart[]> {
  const count = Math.ceil(size / partBytes);
  const sent: SentPart[] = [];
  let next = 0;
  let failed = false;
  const sendSome = async (): Promise<void> => {
    while (next < count && !failed) {
      const at = next;
      next += 1;
      const body = await readPart(
        handle,
        at * partBytes,
        Math.min(partBytes, size - at * partBytes),
      );
      const asked = { ...begun, PartNumber: at + 1, Body: body, ContentMD5: md5Of(body) };
      const { ETag } = await ask(
        async (client, { UploadPartCommand }) => await client.send(new UploadPartCommand(asked)),
      );
      if (ETag === undefined)
        throw new VaultUnavailable('The store of records took a part without saying so.');
      sent.push({ PartNumber: at + 1, ETag });
    }
  };
  const lanes = Array.from({ length: Math.min(PARTS_AT_ONCE, count) }, async () => {
    try {
      await sendSome();
    } catch (fault) {
      failed = true;
      throw fault;
    }
  });
  const ended = await Promise.allSettled(lanes);
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
  return sent.toSorted((one, other) => one.PartNumber - other.PartNumber);
}

/** Reads the object again from its start to its end, beside the file. @throws VaultUnavailable when they differ */
async function compare(upload: Upload, handle: FileHandle, size: number): Promise<void> {
  for (let at = 0; at < size; at += PART_BYTES) {
    const bytes = Math.min(PART_BYTES, size - at);
    const [own, stored] = await Promise.all([
      readPart(handle, at, bytes),
      readObject(upload, at, bytes),
    ]);
    if (stored.totalBytes !== size || !own.equals(stored.bytes))
      throw new VaultUnavailable(
        'The store of records gives back other bytes than it was given (vault.records).',
      );
  }
}

async function readPart(handle: FileHandle, place: number, bytes: number): Promise<Buffer> {
  const part = Buffer.allocUnsafe(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await onDisk(
      async () => await handle.read(part, filled, bytes - filled, place + filled),
    );
    if (bytesRead === 0)
      throw new VaultUnavailable('A staged file became shorter while it was stored.');
    filled += bytesRead;
  }
  return part;
}

function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}
