/**
 * A key of the program that waits for its certificate.
 *
 * It is on the disk before it is sent to anybody: when the answer of an enrolment is lost, the next attempt uses the same
 * key, and the gateway gives the same certificate for the used code.
 */
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { readSmallFile } from '../platform/small-file.ts';
import { removeFile, writeWholeFile } from '../platform/whole-file.ts';

export interface WaitingKey {
  readonly privateKey: KeyObject;
  /** PKCS#8, PEM. */
  readonly key: string;
}

/** An enrolment's key and a renewal's are never mixed up. */
export type WaitingFor = 'enrolment' | 'renewal';

const schema = z.strictObject({
  /** Of an enrolment: the digest of its licence code. Another code is redeemed with another key. */
  occasion: z.string(),
  key: z.string(),
});

/** Gives the key of an attempt that was broken off on the same occasion, or a new one. */
export async function holdWaitingKey(
  directory: string,
  purpose: WaitingFor,
  occasion: string,
): Promise<WaitingKey> {
  const held = readWaitingKey(await readSmallFile(fileOf(directory, purpose)));
  if (held?.occasion === occasion) return held;
  const { privateKey } = await newKeyPair('p256-sha256');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await writeWholeFile(fileOf(directory, purpose), `${JSON.stringify({ occasion, key })}\n`);
  return { privateKey, key };
}

/** Forgets the key once it is stored with its certificate. */
export async function dropWaitingKey(directory: string, purpose: WaitingFor): Promise<void> {
  await removeFile(fileOf(directory, purpose));
}

/** Reads the text of such a file; null for a damaged one: what it was meant for can only be done with a new key. */
export function readWaitingKey(
  text: string | null,
): (WaitingKey & { readonly occasion: string }) | null {
  if (text === null) return null;
  try {
    const { occasion, key } = schema.parse(JSON.parse(text));
    return { occasion, key, privateKey: createPrivateKey(key) };
  } catch {
    return null;
  }
}

function fileOf(directory: string, purpose: WaitingFor): string {
  return path.join(directory, `${purpose}.json`);
}
