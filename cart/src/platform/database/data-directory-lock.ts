/**
 * Keeps a second agent away from a data directory.
 *
 * The lock is one that SQLite takes on a file and the kernel gives back when the process ends, however it ends: after
 * `kill -9` nothing stale is left and nobody has to guess whether a process id was given away again. There is
 * no data in that file.
 */
import { statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class DataDirectoryInUse extends DomainError {
  readonly code = 'DATA_DIRECTORY_IN_USE';
}

export interface DataDirectoryLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/** Takes the lock of a directory that exists. @throws DataDirectoryInUse */
export function lockDataDirectory(directory: string): DataDirectoryLock {
  const file = path.join(directory, 'agent.lock');
  // What a bad disk put into it must not keep the agent from starting: there is nothing in it to lose.
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) truncateSync(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new DataDirectoryInUse(
      `Another agent is running on the data directory ${directory}. Stop it first.`,
      { cause },
    );
  }
  return { release: () => database.close() };
}

function isBusy(fault: unknown): boolean {
  return fault instanceof Error && 'errcode' in fault && fault.errcode === SQLITE_BUSY;
}
