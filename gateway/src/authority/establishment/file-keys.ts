/** Root keys in files of mode 0600. */
import { createPrivateKey } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { signerOf } from '@chaperone/protocol/x509/signer.ts';
import type { Signer } from '@chaperone/protocol/x509/signer.ts';
import { syncDirectory, writeDurably } from '../../platform/durable-file/durable-file.ts';
import {
  AuthorityDamaged,
  AuthorityKeyExposed,
  AuthorityKeysElsewhere,
} from './establishment-error.ts';
import { hasPart, readPart } from './part.ts';
import type { RootKeys, RootPlace } from './root-keys.ts';
import { tokenKeyFile } from './token-key-file.ts';

/** The file that holds a root's key. */
export function rootKeyFile({ directory, name }: RootPlace): string {
  return join(directory, `${name}.key.pem`);
}

/** Keeps root keys in files beside the certificates. */
export const FILE_KEYS: RootKeys = {
  async make(place, profile) {
    const { privateKey } = await newKeyPair(profile);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeDurably(rootKeyFile(place), pem, { never: 'replace' });
    return signerOf(privateKey);
  },

  async open(place) {
    if (await hasPart(tokenKeyFile(place))) throw new AuthorityKeysElsewhere('pkcs11');
    const pem = await readPart(rootKeyFile(place));
    const { mode } = await stat(rootKeyFile(place));
    if ((mode & 0o077) !== 0) throw new AuthorityKeyExposed(basename(rootKeyFile(place)));
    return signerFor(place.name, pem);
  },

  has: async (place) => (await hasPart(rootKeyFile(place))) || (await hasPart(tokenKeyFile(place))),

  async remove(place) {
    if (await hasPart(tokenKeyFile(place))) throw new AuthorityKeysElsewhere('pkcs11');
    await rm(rootKeyFile(place), { force: true });
    await syncDirectory(place.directory);
  },

  // The directory that they were made in is removed.
  discard: async () => undefined,
  close: async () => undefined,
};

/** OpenSSL refuses some damaged keys when they are read, others only when they are to sign. */
function signerFor(name: string, pem: string): Signer {
  const damaged = (cause: unknown): AuthorityDamaged =>
    new AuthorityDamaged(`The key of the ${name} root cannot be used.`, { cause });
  try {
    const signer = signerOf(createPrivateKey(pem));
    return {
      publicKey: signer.publicKey,
      sign: async (algorithm, bytes) =>
        await signer.sign(algorithm, bytes).catch((cause: unknown) => {
          throw damaged(cause);
        }),
    };
  } catch (cause) {
    throw damaged(cause);
  }
}
