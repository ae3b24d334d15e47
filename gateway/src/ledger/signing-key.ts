/**
 * The ledger's signing key: Ed25519, one file of mode 0600 in the ledger's own directory.
 *
 * It is made once, when the ledger is established, and never again: a missing key beside existing entries is a
 * broken ledger, not a reason to make another. It signs checkpoints and certificates of destruction.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { NoteSigner } from '@chaperone/protocol/tree/signed-note.ts';
import { formatVerifierKey, verifierKeyOf } from '@chaperone/protocol/tree/verifier-key.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { writeDurably } from '../platform/durable-file/durable-file.ts';
import { LedgerBroken } from './contract.ts';

const FILE = 'signing.key';

export interface SigningKey {
  readonly verifierKey: VerifierKey;
  /** `name+hash+base64`. */
  readonly verifierLine: string;
  readonly signNote: NoteSigner;
  /** For JWS (EdDSA). */
  readonly statementKey: KeyObject;
}

/**
 * Opens the key, or makes it.
 *
 * @param established whether the ledger has entries already: then the key must be there
 * @throws LedgerBroken
 */
export async function openSigningKey(
  directory: string,
  origin: string,
  established: boolean,
): Promise<SigningKey> {
  const file = path.join(directory, FILE);
  const key = (await readKey(file)) ?? (established ? missing() : await makeKey(file));
  const publicKey = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
  const verifierKey = verifierKeyOf(origin, Uint8Array.from(Buffer.from(publicKey, 'base64url')));
  return {
    verifierKey,
    verifierLine: formatVerifierKey(verifierKey),
    signNote: async (message) => Uint8Array.from(sign(null, message, key)),
    statementKey: key,
  };
}

async function readKey(file: string): Promise<KeyObject | undefined> {
  try {
    const key = createPrivateKey(await readFile(file));
    if (key.asymmetricKeyType !== 'ed25519')
      throw new Error(`a key of type ${key.asymmetricKeyType}`);
    return key;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new LedgerBroken("The ledger's signing key cannot be read.", { cause });
  }
}

async function makeKey(file: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeDurably(file, pem, { never: 'replace' });
  return privateKey;
}

function missing(): never {
  throw new LedgerBroken(
    "The ledger's signing key is missing although the ledger has entries. Restore it from its own copy.",
  );
}
