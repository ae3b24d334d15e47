/** Root keys that are made in a token and never leave it. */
import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { digestFor } from '@chaperone/protocol/x509/signer.ts';
import type { Signer } from '@chaperone/protocol/x509/signer.ts';
import { syncDirectory } from '../../platform/durable-file/durable-file.ts';
import { AuthorityKeysElsewhere } from './establishment-error.ts';
import { rootKeyFile } from './file-keys.ts';
import { hasPart } from './part.ts';
import { Token } from '../../platform/token/token.ts';
import type { TokenSettings } from '../../platform/token/token.ts';
import type { RootKeys } from './root-keys.ts';
import { readKeyId, tokenKeyFile, writeKeyId } from './token-key-file.ts';

const ID_BYTES = 16;

/** Keeps root keys in a token, which is opened with the first key. */
export function tokenKeys(settings: TokenSettings): RootKeys {
  const token = new Token(settings);
  const made: string[] = [];
  return {
    async make(place, profile) {
      const keyId = randomBytes(ID_BYTES).toString('hex');
      made.push(keyId);
      const keyKind = profile === 'rsa3072-sha3-256' ? 'rsa3072' : 'p256';
      const label = `chaperone ${place.name} root`;
      const publicKey = await token.make(keyId, keyKind, label);
      await writeKeyId(place, keyId);
      return signerIn(token, keyId, publicKey);
    },

    async open(place, publicKey) {
      if (!(await hasPart(tokenKeyFile(place))) && (await hasPart(rootKeyFile(place))))
        throw new AuthorityKeysElsewhere('files');
      const keyId = await readKeyId(place);
      await token.check(keyId);
      return signerIn(token, keyId, publicKey);
    },

    has: async (place) =>
      (await hasPart(tokenKeyFile(place))) || (await hasPart(rootKeyFile(place))),

    async remove(place) {
      if (await hasPart(rootKeyFile(place))) throw new AuthorityKeysElsewhere('files');
      await token.remove(await readKeyId(place));
      await rm(tokenKeyFile(place), { force: true });
      await syncDirectory(place.directory);
    },

    async discard() {
      for (const keyId of made.splice(0)) await token.remove(keyId);
    },

    close: async () => await token.close(),
  };
}

function signerIn(token: Token, keyId: string, publicKey: KeyObject): Signer {
  return {
    publicKey,
    sign: async (algorithm, bytes) =>
      await token.sign(keyId, algorithm, digestFor(algorithm, bytes)),
  };
}
