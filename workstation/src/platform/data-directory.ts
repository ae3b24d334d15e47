/**
 * Where the program keeps what it has, and that no two of it are at work there at once.
 *
 * The lock is a socket in Linux' abstract namespace: the kernel takes it back however the process ends.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class DataDirectoryBusy extends DomainError {
  readonly code = 'DATA_DIRECTORY_BUSY';
  constructor(options?: { readonly cause?: unknown }) {
    super('Another "chaperone workstation" is at work here. Wait until it has ended.', options);
  }
}

/** Gives the directory of this account, by the XDG Base Directory Specification. */
export function defaultDataDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment['XDG_DATA_HOME'];
  const base =
    given !== undefined && path.isAbsolute(given) ? given : path.join(homedir(), '.local', 'share');
  return path.join(base, 'chaperone', 'workstation');
}

/** Makes the directory ready and keeps other runs away from it. @throws DataDirectoryBusy */
export async function holdDataDirectory(directory: string): Promise<AsyncDisposable> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const place = createHash('sha256')
    .update(await realpath(directory))
    .digest('hex');
  const lock = createServer((socket) => socket.destroy());
  lock.listen(`\0chaperone-workstation-${place}`);
  try {
    await once(lock, 'listening');
  } catch (cause) {
    throw new DataDirectoryBusy({ cause });
  }
  lock.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      lock.close();
      await once(lock, 'close');
    },
  };
}
