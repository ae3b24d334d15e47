/** Runs a program of the workspace to its end and keeps what it printed. */
import { spawn } from 'node:child_process';
import { ROOT } from '../workspace/workspace.ts';

export interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

/**
 * Runs a JavaScript program under this Node, at the workspace's root; never rejects.
 *
 * @param file path from the root, for example `node_modules/oxlint/bin/oxlint`
 */
export function runNode(file: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => {
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8').trim() });
    });
  });
}
