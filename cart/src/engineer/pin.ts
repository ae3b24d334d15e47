/**
 * The field engineer's PIN: as a scrypt hash (RFC 7914) in the data directory, and how often it was typed wrongly.
 *
 * | file, mode 0600 | holds |
 * |---|---|
 * | `engineer-pin.json` | `{ version: 1, salt, hash }`, base64url |
 * | `engineer-tries.json` | `{ version: 1, failed }`: wrong PINs since the last right one |
 *
 * Six digits have a million values: what keeps them is the lock-out, and the hash only slows down who has read the disk, which is
 * root. The count is on the disk before a PIN is tried, so that neither a power cut nor `kill -9` buys a try.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { hashedPin, isHashOf, pinHashShape } from '../platform/pin-hash.ts';
import { writeWholeFile } from '../platform/whole-file.ts';
import { EngineerPinMalformed } from './engineer-refused.ts';

const PIN_FILE = 'engineer-pin.json';
const TRIES_FILE = 'engineer-tries.json';
const PIN = /^\d{6,12}$/;

const pinSchema = z.strictObject({ version: z.literal(1), ...pinHashShape });
const triesSchema = z.strictObject({ version: z.literal(1), failed: z.number().int().min(0) });

export type StoredPin = z.infer<typeof pinSchema>;

/** Checks a PIN that is to be set. @throws EngineerPinMalformed */
export function admitPin(pin: string): void {
  if (!PIN.test(pin)) throw new EngineerPinMalformed('A PIN has 6 to 12 digits.');
  const steps = new Set(
    [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index])),
  );
  const [step] = steps;
  if (steps.size === 1 && step !== undefined && Math.abs(step) <= 1) {
    throw new EngineerPinMalformed(
      'This PIN is too easy to guess: take one that is no row of digits and not the same digit again and again.',
    );
  }
}

/** Sets the PIN; wrong tries are forgotten. @throws EngineerPinMalformed */
export async function storePin(dataDirectory: string, pin: string): Promise<void> {
  admitPin(pin);
  const stored = { version: 1, ...(await hashedPin(pin)) };
  await writeWholeFile(path.join(dataDirectory, PIN_FILE), JSON.stringify(stored));
  await writeTries(dataDirectory, 0);
}

/** Reads what is stored; null when no PIN is set. One that cannot be read opens nothing: it is set anew. */
export async function readPin(dataDirectory: string): Promise<StoredPin | null> {
  const stored = await readWhole(path.join(dataDirectory, PIN_FILE), pinSchema);
  return stored === 'damaged' ? null : stored;
}

/** Compares a PIN, in a time that does not depend on how much is right. */
export async function isPin(stored: StoredPin, pin: string): Promise<boolean> {
  return await isHashOf(stored, pin);
}

/**
 * Reads how many wrong PINs there were. A count that cannot be read is taken for the most: whoever can damage the file gains no
 * tries by it, and the right PIN after the longest wait, or a PIN set anew by root, begins the count again.
 */
export async function readTries(dataDirectory: string): Promise<number> {
  const tries = await readWhole(path.join(dataDirectory, TRIES_FILE), triesSchema);
  if (tries === 'damaged') return Number.MAX_SAFE_INTEGER - 1;
  return tries?.failed ?? 0;
}

export async function writeTries(dataDirectory: string, failed: number): Promise<void> {
  const text = JSON.stringify({ version: 1, failed });
  await writeWholeFile(path.join(dataDirectory, TRIES_FILE), text);
}

async function readWhole<S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<z.infer<S> | 'damaged' | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return 'damaged';
  }
}
