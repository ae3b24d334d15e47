/** When the whole system was last upgraded, by apt's own history. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Machine } from '../../contract.ts';
import { inMachine, readHead, readTail } from '../../machine-file/machine-file.ts';
import { readLastUpgrade } from './history-log.ts';

const LOG = 'var/log/apt/history.log';
/** The months before: logrotate keeps twelve, and nobody allows more. */
const ROTATED_MAX = 12;
const TAIL_BYTES = 1024 * 1024;
const UNPACKED_BYTES_MAX = 16 * 1024 * 1024;

/** Gives the end of the last upgrade, milliseconds UTC; null when the history knows of none. */
export async function lastUpgradeUtcMs({ root }: Machine): Promise<number | null> {
  const current = await readTail(inMachine(root, LOG), TAIL_BYTES);
  const found = current === null ? null : readLastUpgrade(current.toString('utf8'));
  if (found !== null) return found;
  for (let month = 1; month <= ROTATED_MAX; month += 1) {
    const older = await unpacked(inMachine(root, `${LOG}.${month}.gz`));
    if (older === null) return null;
    const upgraded = readLastUpgrade(older);
    if (upgraded !== null) return upgraded;
  }
  return null;
}

async function unpacked(file: string): Promise<string | null> {
  const packed = await readHead(file, TAIL_BYTES);
  if (packed === null) return null;
  try {
    const text = await promisify(gunzip)(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
    return text.toString('utf8');
  } catch {
    return null;
  }
}
