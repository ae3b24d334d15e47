/**
 * What a store has under the names of one case or record: objects, their older versions, marks of deletion, and
 * uploads that were begun and not ended. All of it goes when it is removed.
 */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { S3Connection, S3Settings } from './s3-connection.ts';
import type { RecordPlace } from './store.ts';

export interface StoredVersion {
  readonly key: string;
  /** Absent where the bucket never had versions. */
  readonly versionId?: string;
}

export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
}

/** The name of a record. */
export function keyOf({ prefix }: S3Settings, { caseId, recordId }: RecordPlace): string {
  return `${prefix}records/${caseId}/${recordId}.age`;
}

/** What the names of a case's records begin with. */
export function keysOfCase({ prefix }: S3Settings, caseId: CaseId): string {
  return `${prefix}records/${caseId}/`;
}

/** Lists every version of every object, and every mark of deletion. @throws VaultUnavailable */
export async function listVersions(
  { ask }: S3Connection,
  bucket: string,
  prefix: string,
): Promise<readonly StoredVersion[]> {
  const found: StoredVersion[] = [];
  let from: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const asked = { Bucket: bucket, Prefix: prefix, ...from };
    const page = await ask(
      async (client, { ListObjectVersionsCommand }) =>
        await client.send(new ListObjectVersionsCommand(asked)),
    );
    for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      if (Key === undefined) continue;
      found.push({ key: Key, ...(VersionId === undefined ? {} : { versionId: VersionId }) });
    }
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return found;
    from = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextVersionIdMarker === undefined
        ? {}
        : { VersionIdMarker: page.NextVersionIdMarker }),
    };
  }
}

/** Lists uploads that were begun and neither ended nor given up. @throws VaultUnavailable */
export async function listUploads(
  { ask }: S3Connection,
  bucket: string,
  prefix: string,
): Promise<readonly UnfinishedUpload[]> {
  const found: UnfinishedUpload[] = [];
  let from: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const asked = { Bucket: bucket, Prefix: prefix, ...from };
    const page = await ask(
      async (client, { ListMultipartUploadsCommand }) =>
        await client.send(new ListMultipartUploadsCommand(asked)),
    );
    for (const { Key, UploadId } of page.Uploads ?? []) {
      // Some stores take the prefix for a whole name, or not at all.
      if (Key?.startsWith(prefix) === true && UploadId !== undefined)
        found.push({ key: Key, uploadId: UploadId });
    }
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return found;
    from = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }),
    };
  }
}

/** Removes everything whose name begins so. @throws VaultUnavailable */
export async function removeAll(
  connection: S3Connection,
  bucket: string,
  prefix: string,
): Promise<void> {
  await giveUpUploads(connection, bucket, prefix);
  for (const { key, versionId } of await listVersions(connection, bucket, prefix)) {
    const asked = {
      Bucket: bucket,
      Key: key,
      ...(versionId === undefined ? {} : { VersionId: versionId }),
    };
    await connection.ask(
      async (client, { DeleteObjectCommand }) => await client.send(new DeleteObjectCommand(asked)),
    );
  }
}

/** Gives up every upload whose name begins so. @throws VaultUnavailable */
export async function giveUpUploads(
  connection: S3Connection,
  bucket: string,
  prefix: string,
): Promise<void> {
  for (const { key, uploadId } of await listUploads(connection, bucket, prefix)) {
    await connection.ask(
      async (client, { AbortMultipartUploadCommand }) =>
        await client.send(
          new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }),
        ),
    );
  }
}
