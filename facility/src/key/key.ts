/**
 * The facility's policy key: a pair on P-256, the private half in a file that only its owner reads.
 *
 * It is made once and kept apart, best on a medium in a safe: a new one has to be pinned on each cart by a field engineer.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import {
  facilityKeyFingerprint,
  readFacilityKey,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';

const PRIVATE_MODE = 0o600;
const PUBLIC_MODE = 0o644;
const KEY_BYTES_MAX = 16 * 1024;

export class FileRefused extends DomainError {
  readonly code = 'FACILITY_FILE_REFUSED';
}

/**
 * Makes a key pair. Neither file may be there.
 * @returns the fingerprint, which the field engineer compares
 * @throws FileRefused
 */
export async function makeKey(privateFile: string, publicFile: string): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  // The public half first: a private key whose other half could not be written would be found later, and used.
  await writeNew(publicFile, pem, PUBLIC_MODE);
  await writeNew(privateFile, secret, PRIVATE_MODE);
  return facilityKeyFingerprint(publicKey);
}

/** Reads the private key; a file that others can read is refused. @throws FileRefused */
export async function readPrivateKey(file: string): Promise<KeyObject> {
  const { mode } = await stat(file).catch(unreadable(file));
  if ((mode & 0o077) !== 0)
    throw new FileRefused(
      `Others can read ${file}. Make it yours alone (chmod 600) and think of who may have seen it.`,
    );
  const pem = await readText(file, KEY_BYTES_MAX);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new FileRefused(`${file} is not a private key.`, { cause });
  }
  // The same rule as for the public half: P-256 and nothing else.
  readFacilityKey(createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString());
  return key;
}

/** Reads the public key. @throws FileRefused, FacilityKeyMalformed */
export async function readPublicKey(file: string): Promise<KeyObject> {
  return readFacilityKey(await readText(file, KEY_BYTES_MAX));
}

/** Writes a file that must not be there. @throws FileRefused */
export async function writeNew(file: string, text: string, mode = PUBLIC_MODE): Promise<void> {
  const handle = await open(file, 'wx', mode).catch((cause: unknown) => {
    const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new FileRefused(
      isThere ? `${file} is there already; nothing was written.` : `${file} cannot be written.`,
      { cause },
    );
  });
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws FileRefused */
export async function readText(file: string, bytesMax: number): Promise<string> {
  const { size } = await stat(file).catch(unreadable(file));
  if (size > bytesMax) throw new FileRefused(`${file} is far too long.`);
  return await readFile(file, 'utf8').catch(unreadable(file));
}

function unreadable(file: string): (cause: unknown) => never {
  return (cause) => {
    throw new FileRefused(`${file} cannot be read.`, { cause });
  };
}
