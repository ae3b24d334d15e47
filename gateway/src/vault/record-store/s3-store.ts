/**
 * Records as objects of an S3-compatible store: `<prefix>records/<case>/<record>.age`.
 *
 * Names are random and used once, so nothing is ever replaced but by another attempt with the same file. Removing takes
 * every version, mark of deletion and unfinished upload. Decision 0028.
 */
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { syncDirectory } from '../../platform/durable-file/durable-file.ts';
import { RecordUnknown } from '../contract.ts';
import { onDisk } from './on-disk.ts';
import { connectS3 } from './s3-connection.ts';
import type { S3Connection, S3Settings } from './s3-connection.ts';
import { assertFit } from './s3-fitness.ts';
import {
  giveUpUploads,
  keyOf,
  keysOfCase,
  listUploads,
  listVersions,
  removeAll,
} from './s3-names.ts';
import { readObject } from './s3-read.ts';
import { putFile } from './s3-upload.ts';
import type { RecordPlace, RecordStore, StoredObject } from './store.ts';

/** 8 MiB: an answer takes its round trip, however short it is. */
const READ_BYTES_AT_ONCE = 8 * 1_048_576;

export class S3Store implements RecordStore {
  readonly readBytesAtOnce = READ_BYTES_AT_ONCE;
  readonly #settings: S3Settings;
  readonly #connection: S3Connection;

  private constructor(settings: S3Settings, connection: S3Connection) {
    this.#settings = settings;
    this.#connection = connection;
  }

  /** Connects and tries the bucket. @throws RecordStoreUnfit, VaultUnavailable */
  static async open(settings: S3Settings): Promise<S3Store> {
    const connection = await connectS3(settings);
    try {
      await assertFit(connection, settings);
      return new S3Store(settings, connection);
    } catch (fault) {
      connection.close();
      throw fault;
    }
  }

  async makeRoom(_caseId: CaseId): Promise<void> {
    // Names need no room of their own.
  }

  async take(stagedFile: string, place: RecordPlace): Promise<void> {
    const { bucket, partBytes } = this.#settings;
    const key = keyOf(this.#settings, place);
    const upload = { connection: this.#connection, bucket, key, partBytes };
    // What an attempt before a crash left.
    await giveUpUploads(this.#connection, bucket, upload.key);
    await putFile(upload, stagedFile);
    await onDisk(async () => {
      await unlink(stagedFile);
      await syncDirectory(path.dirname(stagedFile));
    });
  }

  async has(place: RecordPlace): Promise<boolean> {
    try {
      await this.#sizeOf(place);
      return true;
    } catch (fault) {
      if (fault instanceof RecordUnknown) return false;
      throw fault;
    }
  }

  async open(place: RecordPlace): Promise<StoredObject> {
    const sealedBytes = await this.#sizeOf(place);
    const { bucket } = this.#settings;
    const object = { connection: this.#connection, bucket, key: keyOf(this.#settings, place) };
    return {
      sealedBytes,
      read: async (at, bytes) => {
        if (at >= sealedBytes || bytes === 0) return Buffer.alloc(0);
        return (await readObject(object, at, bytes)).bytes;
      },
      close: async () => {
        // Each read was an answer of its own.
      },
    };
  }

  async remove(place: RecordPlace): Promise<void> {
    await removeAll(this.#connection, this.#settings.bucket, keyOf(this.#settings, place));
  }

  async removeCase(caseId: CaseId): Promise<void> {
    await removeAll(this.#connection, this.#settings.bucket, keysOfCase(this.#settings, caseId));
  }

  async countOf(caseId: CaseId): Promise<number> {
    const { bucket } = this.#settings;
    const prefix = keysOfCase(this.#settings, caseId);
    const versions = await listVersions(this.#connection, bucket, prefix);
    const uploads = await listUploads(this.#connection, bucket, prefix);
    return versions.length + uploads.length;
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  async #sizeOf(place: RecordPlace): Promise<number> {
    const asked = { Bucket: this.#settings.bucket, Key: keyOf(this.#settings, place) };
    const { ContentLength } = await this.#connection.ask(
      async (client, { HeadObjectCommand }) => await client.send(new HeadObjectCommand(asked)),
    );
    return ContentLength ?? 0;
  }
}
