/** Small files that the ledger keeps beside the database: whole or not there, and on the disk when written. */
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file of mode 0600 under a hidden name, makes it durable and gives it its final name. */
export async function replaceFile(file: string, content: string | Buffer): Promise<void> {
  const directory = path.dirname(file);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const hidden = path.join(directory, `.${path.basename(file)}.new`);
  const handle = await open(hidden, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(hidden, file);
  const holder = await open(directory, 'r');
  try {
    await holder.sync();
  } finally {
    await holder.close();
  }
}

/** Tells whether a fault means that the file is not there. */
export function isMissing(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'ENOENT';
}
