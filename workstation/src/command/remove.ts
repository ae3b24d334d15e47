/** Takes keys and certificates out of all places where the program put them. The gateway is not asked. */
import { loadBrowserRecord, removeBrowserRecord } from '../browser/browser-record.ts';
import type { BrowserRecord } from '../browser/browser-record.ts';
import { BrowserRecordDamaged } from '../browser/browser-error.ts';
import { cleanStore } from '../browser/certify-browser.ts';
import { storeOf } from '../browser/choose-browser.ts';
import { removeSelectionPolicy } from '../browser/selection-policy.ts';
import { removeIdentity } from '../identity/identity.ts';
import { dropWaitingKey } from '../identity/waiting-key.ts';
import { holdDataDirectory } from '../platform/data-directory.ts';
import { removeFile } from '../platform/whole-file.ts';
import { rootFileOf } from './furnish-browser.ts';

export interface RemoveOptions {
  readonly directory: string;
  readonly storePasswordFile?: string | undefined;
  readonly policyFolders?: readonly string[] | undefined;
}

export interface Removed {
  /** Policy files that only root can remove. */
  readonly policiesLeft: readonly string[];
  /** Whether it could be told what is in the browser's store. */
  readonly isStoreKnown: boolean;
}

/**
 * The browser's store comes first: as long as anything is in it, the record of it stays.
 * @throws DataDirectoryBusy, and what the browser's store refuses with
 */
export async function remove(options: RemoveOptions): Promise<Removed> {
  const { directory, storePasswordFile } = options;
  await using _ = await holdDataDirectory(directory);
  const record = await knownRecord(directory);
  let policiesLeft: readonly string[] = [];
  if (record !== null && record !== 'damaged') {
    const { kind, place, gateway, issuerName } = record;
    const store = storeOf(record, storePasswordFile);
    if (store !== null) await cleanStore(store, record);
    if (kind === 'pkcs12' && place !== null) {
      await removeFile(place);
      await removeFile(rootFileOf(place));
    }
    if (kind === 'chromium' && issuerName !== null)
      policiesLeft = await removeSelectionPolicy(gateway, issuerName, options.policyFolders);
  }
  await removeBrowserRecord(directory);
  await dropWaitingKey(directory, 'enrolment');
  await dropWaitingKey(directory, 'renewal');
  await removeIdentity(directory);
  return { policiesLeft, isStoreKnown: record !== 'damaged' };
}

async function knownRecord(directory: string): Promise<BrowserRecord | 'damaged' | null> {
  try {
    return await loadBrowserRecord(directory);
  } catch (fault) {
    if (fault instanceof BrowserRecordDamaged) return 'damaged';
    throw fault;
  }
}
