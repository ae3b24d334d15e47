/**
 * Where a case's files lie.
 *
 * | path | holds |
 * |---|---|
 * | `records/<case>/<record>.age` | a whole, verified record |
 * | `staging/<case>/<transfer>.age` | one on its way: the same format without its last chunk |
 */
import { mkdir, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { CaseId, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
import { syncDirectory } from '../../platform/durable-file/durable-file.ts';
import { onDisk } from './on-disk.ts';

export class RecordFiles {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(directory: string): Promise<RecordFiles> {
    for (const part of ['records', 'staging']) {
      await mkdir(path.join(directory, part), { recursive: true, mode: 0o700 });
    }
    await syncDirectory(directory);
    return new RecordFiles(directory);
  }

  recordFile(caseId: CaseId, recordId: RecordId): string {
    return path.join(this.#directory, 'records', caseId, `${recordId}.age`);
  }

  stagedFile(caseId: CaseId, transferId: TransferId): string {
    return path.join(this.#directory, 'staging', caseId, `${transferId}.age`);
  }

  /** Bytes that the disk still has for whoever is not root. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await onDisk(async () => await statfs(this.#directory));
    return bavail * bsize;
  }

  /** Makes a case's two directories, durably. @throws DiskFull, VaultUnavailable */
  async makeRoom(caseId: CaseId): Promise<void> {
    await onDisk(async () => {
      for (const part of ['records', 'staging']) {
        const place = path.join(this.#directory, part, caseId);
        const made = await mkdir(place, { recursive: true, mode: 0o700 });
        if (made !== undefined) await syncDirectory(path.dirname(place));
      }
    });
  }

  /** Lists every staged file of every case. */
  async staged(): Promise<readonly { readonly transferId: string; readonly file: string }[]> {
    const directory = path.join(this.#directory, 'staging');
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => ({
        transferId: path.basename(name, '.age'),
        file: path.join(parentPath, name),
      }));
  }

  /** Removes everything of a case, durably. */
  async removeCase(caseId: CaseId): Promise<void> {
    for (const part of ['records', 'staging']) {
      await rm(path.join(this.#directory, part, caseId), { recursive: true, force: true });
      await syncDirectory(path.join(this.#directory, part));
    }
  }

  /** Names the files (and what else there may be) of a case. */
  async list(part: 'records' | 'staging', caseId: CaseId): Promise<readonly string[]> {
    const directory = path.join(this.#directory, part, caseId);
    try {
      // The directory itself counts as something that is left.
      return ['.', ...(await readdir(directory, { recursive: true }))];
    } catch (fault) {
      if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return [];
      throw fault;
    }
  }
}
