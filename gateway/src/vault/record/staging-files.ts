/**
 * Where files on their way in lie: `staging/<case>/<transfer>.age`, the age format without its last chunk.
 *
 * Always a local directory, also when whole records lie elsewhere: each megabyte is written in place as it comes, a
 * half-received file is read again to go on with it, and a whole one is compared with what the store made of it.
 */
import { access, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { CaseId, TransferId } from '@chaperone/domain/id/id.ts';
import { syncDirectory } from '../../platform/durable-file/durable-file.ts';
import { countBelow, onDisk } from '../record-store/record-store.ts';

export class StagingFiles {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** @param parent the vault's own directory */
  static async open(parent: string): Promise<StagingFiles> {
    const directory = path.join(parent, 'staging');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await syncDirectory(parent);
    return new StagingFiles(directory);
  }

  fileOf(caseId: CaseId, transferId: TransferId): string {
    return path.join(this.#directory, caseId, `${transferId}.age`);
  }

  async has(caseId: CaseId, transferId: TransferId): Promise<boolean> {
    try {
      await access(this.fileOf(caseId, transferId));
      return true;
    } catch {
      return false;
    }
  }

  /** Bytes that the disk still has for whoever is not root. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await onDisk(async () => await statfs(this.#directory));
    return bavail * bsize;
  }

  /** Makes a case's directory, durably. @throws DiskFull, VaultUnavailable */
  async makeRoom(caseId: CaseId): Promise<void> {
    await onDisk(async () => {
      const place = path.join(this.#directory, caseId);
      const made = await mkdir(place, { recursive: true, mode: 0o700 });
      if (made !== undefined) await syncDirectory(this.#directory);
    });
  }

  /** Lists every staged file of every case. */
  async list(): Promise<readonly { readonly transferId: string; readonly file: string }[]> {
    const entries = await readdir(this.#directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => ({
        transferId: path.basename(name, '.age'),
        file: path.join(parentPath, name),
      }));
  }

  /** Removes everything of a case, durably. */
  async removeCase(caseId: CaseId): Promise<void> {
    await rm(path.join(this.#directory, caseId), { recursive: true, force: true });
    await syncDirectory(this.#directory);
  }

  /** Counts what there is of a case. */
  async countOf(caseId: CaseId): Promise<number> {
    return await countBelow(path.join(this.#directory, caseId));
  }
}
