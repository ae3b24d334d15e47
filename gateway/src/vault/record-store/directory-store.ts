/** Records as files of a local directory: `records/<case>/<record>.age`. */
import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { removeDurably, syncDirectory } from '../../platform/durable-file/durable-file.ts';
import { RecordUnknown, VaultUnavailable } from '../contract.ts';
import { onDisk } from './on-disk.ts';
import type { RecordPlace, RecordStore, StoredObject } from './store.ts';

const READ_BYTES_AT_ONCE = 1_048_576;

export class DirectoryStore implements RecordStore {
  readonly readBytesAtOnce = READ_BYTES_AT_ONCE;
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** @param parent the vault's own directory, on the same file system as what is staged */
  static async open(parent: string): Promise<DirectoryStore> {
    const directory = path.join(parent, 'records');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await syncDirectory(parent);
    return new DirectoryStore(directory);
  }

  async makeRoom(caseId: CaseId): Promise<void> {
    await onDisk(async () => {
      const made = await mkdir(this.#ofCase(caseId), { recursive: true, mode: 0o700 });
      if (made !== undefined) await syncDirectory(this.#directory);
    });
  }

  /** A rename is whole or not at all, so there is nothing to compare. */
  async take(stagedFile: string, place: RecordPlace): Promise<void> {
    const file = this.#fileOf(place);
    await onDisk(async () => {
      await rename(stagedFile, file);
      await syncDirectory(path.dirname(file));
      await syncDirectory(path.dirname(stagedFile));
    });
  }

  async has(place: RecordPlace): Promise<boolean> {
    try {
      await access(this.#fileOf(place));
      return true;
    } catch {
      return false;
    }
  }

  async open(place: RecordPlace): Promise<StoredObject> {
    const handle = await openExisting(this.#fileOf(place));
    try {
      const { size } = await onDisk(async () => await handle.stat());
      return {
        sealedBytes: size,
        read: async (at, bytes) =>
          await onDisk(async () => {
            const block = Buffer.allocUnsafe(bytes);
            let filled = 0;
            while (filled < bytes) {
              const { bytesRead } = await handle.read(block, filled, bytes - filled, at + filled);
              if (bytesRead === 0) break;
              filled += bytesRead;
            }
            return block.subarray(0, filled);
          }),
        close: async () => await handle.close(),
      };
    } catch (fault) {
      await handle.close();
      throw fault;
    }
  }

  async remove(place: RecordPlace): Promise<void> {
    await removeDurably(this.#fileOf(place));
  }

  async removeCase(caseId: CaseId): Promise<void> {
    await rm(this.#ofCase(caseId), { recursive: true, force: true });
    await syncDirectory(this.#directory);
  }

  /** The case's directory itself counts as something that is left. */
  async countOf(caseId: CaseId): Promise<number> {
    return await countBelow(this.#ofCase(caseId));
  }

  async close(): Promise<void> {
    // Each file is closed by whoever reads it.
  }

  #ofCase(caseId: CaseId): string {
    return path.join(this.#directory, caseId);
  }

  #fileOf({ caseId, recordId }: RecordPlace): string {
    return path.join(this.#ofCase(caseId), `${recordId}.age`);
  }
}

/** Counts a directory and all that is in it; 0 when it is not there. */
export async function countBelow(directory: string): Promise<number> {
  try {
    return 1 + (await readdir(directory, { recursive: true })).length;
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return 0;
    throw fault;
  }
}

async function openExisting(file: string): ReturnType<typeof open> {
  try {
    return await open(file, 'r');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new RecordUnknown('There is no such record.', { cause });
    }
    throw new VaultUnavailable('The vault cannot read its disk.', { cause });
  }
}
