/**
 * Makes sure, before anything is stored, that a bucket can keep the vault's promise: what is removed is gone, in every
 * version. A bucket that locks objects, or that does not let the gateway see and remove old versions and unfinished
 * uploads, is refused. An object for the trial is written, read, replaced, removed and looked for.
 */
import { randomBytes } from 'node:crypto';
import { RecordUnknown, VaultUnavailable } from '../contract.ts';
import type { S3Connection, S3Settings } from './s3-connection.ts';
import { listUploads, listVersions, removeAll } from './s3-names.ts';
import { readObject } from './s3-read.ts';
import { RecordStoreUnfit } from './store.ts';

/** @throws RecordStoreUnfit, VaultUnavailable when the store does not answer at all */
export async function assertFit(connection: S3Connection, settings: S3Settings): Promise<void> {
  const { bucket, prefix } = settings;
  await assertThere(connection, bucket);
  if (await locksObjects(connection, bucket))
    throw new RecordStoreUnfit(
      `The bucket ${bucket} has Object Lock: what is removed from it stays. Give the vault another (vault.records.bucket).`,
    );
  const key = `${prefix}trial/${randomBytes(8).toString('hex')}`;
  try {
    for (const body of ['a', 'ab']) {
      await connection.ask(
        async (client, { PutObjectCommand }) =>
          await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })),
      );
    }
    await readObject({ connection, bucket, key }, 1, 1);
    await listUploads(connection, bucket, key);
    await removeAll(connection, bucket, key);
  } catch (cause) {
    if (cause instanceof RecordUnknown || isAway(cause)) throw asAway(cause);
    throw unfit(
      bucket,
      'cannot be written, read, listed with its versions and unfinished uploads, and emptied',
      cause,
    );
  }
  if ((await listVersions(connection, bucket, key)).length > 0)
    throw unfit(bucket, 'keeps versions of what was removed');
}

async function assertThere({ ask }: S3Connection, bucket: string): Promise<void> {
  try {
    await ask(
      async (client, { HeadBucketCommand }) =>
        await client.send(new HeadBucketCommand({ Bucket: bucket })),
    );
  } catch (fault) {
    if (!(fault instanceof RecordUnknown)) throw fault;
    throw new VaultUnavailable(
      'The store of records does not have the bucket (vault.records.bucket).',
      { cause: fault },
    );
  }
}

async function locksObjects({ ask }: S3Connection, bucket: string): Promise<boolean> {
  try {
    const { ObjectLockConfiguration } = await ask(
      async (client, { GetObjectLockConfigurationCommand }) =>
        await client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket })),
    );
    return ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
  } catch (fault) {
    // A store that does not know such locks has none; the trial shows whether removing works.
    if (statusOf(fault) !== undefined && !isAway(fault)) return false;
    throw fault;
  }
}

function unfit(bucket: string, what: string, cause?: unknown): RecordStoreUnfit {
  return new RecordStoreUnfit(`The bucket ${bucket} ${what} (vault.records).`, { cause });
}

function asAway(cause: unknown): Error {
  return cause instanceof VaultUnavailable
    ? cause
    : new VaultUnavailable('The store of records loses what it was given.', { cause });
}

/** No answer, or one of a store in trouble: the bucket cannot be judged by it. */
function isAway(fault: unknown): boolean {
  const status = statusOf(fault);
  return (
    fault instanceof VaultUnavailable && (status === undefined || status >= 500) && status !== 501
  );
}

function statusOf(fault: unknown): number | undefined {
  const cause = fault instanceof Error ? fault.cause : undefined;
  const { $metadata } = (cause ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}
