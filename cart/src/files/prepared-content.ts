/** Opens a file for de-identification, and gives where its result lies. The file is held open while its result is made. */
import type { BigIntStats } from 'node:fs';
import type { CaseId, TransferId } from '@chaperone/domain/id/id.ts';
import type {
  Deidentification,
  OpenedFile,
  PreparedFile,
} from '../deidentification/deidentification.ts';
import { FileChanged } from './file-error.ts';
import { openRegularFile } from './tree.ts';

/** What is served: a file in a directory, and of a result the names under which it was asked for. */
export interface ServedFile {
  readonly root: string;
  readonly segments: readonly string[];
  readonly ownName?: string;
  readonly askedPath?: string;
  /** Of a result: what it is by its content, so that a transfer of it goes on when it had to be made again. */
  readonly contentTag?: string;
}

/** Which file is wanted, and by which transfer. */
export interface WantedFile {
  readonly root: string;
  /** Checked by `checkRelativePath`. */
  readonly segments: readonly string[];
  readonly transferId: TransferId;
}

/**
 * @throws ContentPreparing, DeidentificationRefused, FileNotFound, DirectoryUnreadable, FileChanged, StorageFailed
 */
export async function prepare(
  { root, segments, transferId }: WantedFile,
  caseId: CaseId,
  deidentification: Pick<Deidentification, 'prepare'>,
): Promise<PreparedFile> {
  const { version, bytes } = await look(root, segments);
  const open = async (): Promise<OpenedFile> => await openVersion(root, segments, version);
  return await deidentification.prepare({ caseId, version, bytes, open, transferId });
}

async function look(root: string, segments: readonly string[]) {
  await using handle = await openRegularFile(root, segments);
  const stat = await handle.stat({ bigint: true });
  return { version: versionOf(stat), bytes: Number(stat.size) };
}

async function openVersion(
  root: string,
  segments: readonly string[],
  version: string,
): Promise<OpenedFile> {
  const handle = await openRegularFile(root, segments);
  const checkVersion = async (): Promise<BigIntStats> => {
    const stat = await handle.stat({ bigint: true });
    if (versionOf(stat) !== version) throw new FileChanged('The file changed while it was read.');
    return stat;
  };
  try {
    const bytes = Number((await checkVersion()).size);
    return {
      bytes,
      read: async (offset, length) => {
        const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, bytes - offset)));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
        return buffer.subarray(0, bytesRead);
      },
      checkVersion: async () => void (await checkVersion()),
      [Symbol.asyncDispose]: async () => await handle.close(),
    };
  } catch (fault) {
    await handle.close();
    throw fault;
  }
}

function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}
