/**
 * The keyring's first form, read once and then replaced: one file for each case.
 *
 * | file | holds |
 * |---|---|
 * | `wrapping.<N>.key` | the wrapping key of generation N, 32 bytes, and perhaps the first 8 of SHA-256 over them and N |
 * | `<case id>.<N>.key` | a case's secret under that key: nonce 12, cipher text 32, tag 16 (AES-256-GCM) |
 */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { isId, parseId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { RecordDamaged } from '../contract.ts';
import { KEY_BYTES, unwrap } from './wrapped-secret.ts';

const CHECK_BYTES = 8;
const CASE_FILE = /^(case-[0-9a-z]{26})\.([1-9][0-9]{0,9})\.key$/;

/** Reads the wrapping key. @throws RecordDamaged */
export function readFirstWrappingKey(content: Buffer, generation: number): Buffer {
  const key = Buffer.from(content.subarray(0, KEY_BYTES));
  const hash = createHash('sha256').update(`chaperone wrapping key v1 ${generation}`).update(key);
  // A key that stands alone has no check; what is flipped does not become shorter.
  const isChecked = content.length !== KEY_BYTES;
  const check = hash.digest().subarray(0, CHECK_BYTES);
  if (isChecked && !content.subarray(KEY_BYTES).equals(check)) {
    throw new RecordDamaged(
      `The keyring's wrapping.${generation}.key is damaged: no record of any case can be opened. Restore it from the disk's own mirror.`,
    );
  }
  return key;
}

/** Reads the secrets of one generation. What is damaged is left out: it is lost. */
export async function readFirstSecrets(
  directory: string,
  generation: number,
  key: Buffer,
): Promise<ReadonlyMap<CaseId, Buffer>> {
  const secrets = new Map<CaseId, Buffer>();
  for (const name of await readdir(directory)) {
    const [, id = '', of] = CASE_FILE.exec(name) ?? [];
    if (Number(of) !== generation || !isId('case', id)) continue;
    const caseId = parseId('case', id);
    const label = `chaperone case secret v1 ${id} ${generation}`;
    const secret = unwrap(key, label, await readFile(path.join(directory, name)));
    if (secret !== undefined) secrets.set(caseId, secret);
  }
  return secrets;
}

/** Names the files of secrets of the first form. */
export async function firstFormFiles(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).filter((name) => CASE_FILE.test(name));
}
