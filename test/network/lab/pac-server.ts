/** A hospital's web server with PAC files, good and bad; it is no proxy. */
import path from 'node:path';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import type { Namespace } from './namespace.ts';

/** Starts it on port 8080 of an address. */
export async function startPACServer(namespace: Namespace, address: string): Promise<Daemon> {
  const script = path.join(import.meta.dirname, 'pac-here.ts');
  const args = namespace.argumentsFor(process.execPath, [script, address]);
  return await startDaemon('ip', args, (printed) => printed.includes('listening'));
}
