/** Opens the store of records that the configuration names. */
import { DirectoryStore } from './directory-store.ts';
import { S3Store } from './s3-store.ts';
import type { S3Settings } from './s3-connection.ts';
import type { RecordStore } from './store.ts';

export { RecordStoreUnfit } from './store.ts';
export { countBelow } from './directory-store.ts';
export { onDisk } from './on-disk.ts';
export type { S3Settings } from './s3-connection.ts';
export type { RecordPlace, RecordStore, StoredObject } from './store.ts';

export type RecordStoreSettings =
  /** Files below the vault's own directory. */
  { readonly kind: 'directory' } | ({ readonly kind: 's3' } & S3Settings);

/**
 * Opens it, and makes sure that what is removed from it is gone.
 * @param directory the vault's own
 * @throws RecordStoreUnfit, VaultUnavailable
 */
export async function openRecordStore(
  settings: RecordStoreSettings,
  directory: string,
): Promise<RecordStore> {
  switch (settings.kind) {
    case 'directory':
      return await DirectoryStore.open(directory);
    case 's3':
      return await S3Store.open(settings);
  }
}
