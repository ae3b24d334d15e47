/**
 * A key that waits for its certificate.
 *
 * It is on the disk before it is sent to anybody: when the answer of an enrolment is lost, the next attempt uses the same
 * key, and the gateway gives the same certificate for the used code.
 */
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { syncDirectory, writeWholeFile } from '../platform/whole-file.ts';

export interface WaitingKey {
  readonly key: KeyObject;
  readonly keyPem: string;
}

/** An enrolment's key and a renewal's are never mixed up. */
export type WaitingFor = 'enrolment' | 'renewal';

/** Gives the key of an attempt that was broken off, or a new one. */
export async function holdWaitingKey(directory: string, purpose: WaitingFor): Promise<WaitingKey> {
  const folder = join(directory, purpose);
  const path = join(folder, 'cart.key.pem');
  const held = await readHeld(path);
  if (held !== undefined) return held;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await syncDirectory(directory);
  const { privateKey } = await newKeyPair('p256-sha256');
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await writeWholeFile(path, keyPem);
  return { key: privateKey, keyPem };
}

/** Forgets the key once its certificate is stored beside it. */
export async function dropWaitingKey(directory: string, purpose: WaitingFor): Promise<void> {
  await rm(join(directory, purpose), { recursive: true, force: true });
}

async function readHeld(path: string): Promise<WaitingKey | undefined> {
  try {
    const keyPem = await readFile(path, 'utf8');
    return { key: createPrivateKey(keyPem), keyPem };
  } catch {
    // None, or a damaged one: whatever it was meant for can only be done with a new key.
    return undefined;
  }
}
