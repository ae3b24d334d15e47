/**
 * A lock on a file that only one process can hold and that dies with it, also after `kill -9`.
 *
 * Node has no flock; SQLite takes the operating system's record locks and keeps them as long as its transaction
 * stays open. The file stays empty. On a network file system the lock is only as good as that system's.
 */
import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { readSqliteFault } from './sqlite.ts';

const RESULT_BUSY = 5;

export class FileLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Takes the lock at once, or returns undefined when somebody holds it. @throws DatabaseFull, DatabaseUnavailable */
  static take(file: string): FileLock | undefined {
    makeEmpty(file);
    const database = new DatabaseSync(file, { timeout: 0 });
    try {
      database.exec('begin exclusive');
      return new FileLock(database);
    } catch (fault) {
      database.close();
      const busy =
        fault instanceof Error &&
        'errcode' in fault &&
        (Number(fault.errcode) & 0xff) === RESULT_BUSY;
      if (busy) return undefined;
      throw readSqliteFault(fault);
    }
  }

  /** Gives the lock back; the file stays, so that nobody locks another file of the same name. */
  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** What a bad disk put into the file must not keep a gateway from starting: there is nothing in it to lose. */
function makeEmpty(file: string): void {
  const fd = openSync(file, 'a', 0o600);
  try {
    if (fstatSync(fd).size > 0) ftruncateSync(fd);
  } finally {
    closeSync(fd);
  }
}
