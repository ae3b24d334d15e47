/**
 * What a cart keeps of its facility's policy.
 *
 * | file in the data directory, mode 0600 | holds |
 * |---|---|
 * | `facility-key.json` | `{ version: 1, publicKey, highestVersion }`: the pinned key (PEM), and the highest version that was ever taken |
 * | `facility-policy.json` | `{ version: 1, policies: [{ policy, installedUtcMs }] }`: the one in force and a later one that waits for its day, as signed |
 *
 * Without the first there is no facility policy. With it, a second that is missing or damaged admits nothing, and the highest version
 * still keeps older ones out: it is written before a policy is.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { POLICY_CHARACTERS_MAX } from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { z } from 'zod';
import { writeWholeFile } from '../platform/whole-file.ts';

const KEY_FILE = 'facility-key.json';
const POLICY_FILE = 'facility-policy.json';
/** The one in force, and the next. */
export const POLICIES_MAX = 2;

const keySchema = z.strictObject({
  version: z.literal(1),
  publicKey: z.string().max(1024),
  highestVersion: z.int().min(0),
});
const policySchema = z.strictObject({
  version: z.literal(1),
  policies: z
    .array(
      z.strictObject({
        policy: z.string().max(POLICY_CHARACTERS_MAX),
        installedUtcMs: z.int().min(0),
      }),
    )
    .min(1)
    .max(POLICIES_MAX),
});

export interface KeptKey {
  readonly publicKey: string;
  readonly highestVersion: number;
}

/** A policy as it was signed, and when this cart took it. */
export interface KeptPolicy {
  readonly policy: string;
  readonly installedUtcMs: number;
}

/** Reads the pinned key; null when none is. */
export async function readKey(directory: string): Promise<KeptKey | 'damaged' | null> {
  return await readWhole(path.join(directory, KEY_FILE), keySchema);
}

export async function writeKey(
  directory: string,
  { publicKey, highestVersion }: KeptKey,
): Promise<void> {
  const text = JSON.stringify({ version: 1, publicKey, highestVersion });
  await writeWholeFile(path.join(directory, KEY_FILE), text);
}

/** Forgets key and policies. The policies first: what is left after a power cut in between admits nothing. */
export async function removeKey(directory: string): Promise<void> {
  await removePolicies(directory);
  await rm(path.join(directory, KEY_FILE), { force: true });
}

/** Reads the policies as they were signed; null when there are none. */
export async function readPolicies(
  directory: string,
): Promise<readonly KeptPolicy[] | 'damaged' | null> {
  const kept = await readWhole(path.join(directory, POLICY_FILE), policySchema);
  return kept === null || kept === 'damaged' ? kept : kept.policies;
}

export async function writePolicies(
  directory: string,
  policies: readonly KeptPolicy[],
): Promise<void> {
  await writeWholeFile(path.join(directory, POLICY_FILE), JSON.stringify({ version: 1, policies }));
}

export async function removePolicies(directory: string): Promise<void> {
  await rm(path.join(directory, POLICY_FILE), { force: true });
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
    // Unreadable is not the same as not there: it admits nothing.
    return 'damaged';
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return 'damaged';
  }
}
