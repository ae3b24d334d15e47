/** A gateway with a real scanner, where a demo has none: its program, and how that is told where clamd listens. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OwnProgram } from '../../tools/demo/program.ts';

/** Beside the gateway's configuration: the socket of its clamd. */
export const CLAMD_FILE = 'clamd-socket';

/** @param folder the system's own @param socket of a clamd, which need not run yet */
export async function scanningGateway(folder: string, socket: string): Promise<OwnProgram> {
  await writeFile(path.join(folder, CLAMD_FILE), socket);
  return { file: path.join(import.meta.dirname, 'scanning-gateway.ts') };
}
