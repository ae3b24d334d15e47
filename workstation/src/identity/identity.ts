/**
 * The identity of the program `chaperone workstation`: its key, born here, and what the gateway gave for it.
 *
 * All of it is one file, `identity.json`, mode 0600, so that it changes all at once. The key proves the workstation to the
 * gateway, renews the certificates and signs reports; it is not the browser's key, and neither signs a session request.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isKeyPair, keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { readSmallFile } from '../platform/small-file.ts';
import { removeFile, writeWholeFile } from '../platform/whole-file.ts';
import { readIssued } from './issued.ts';
import { IdentityDamaged, NotEnrolled } from './identity-error.ts';

/** What the file holds. */
export interface IdentityParts {
  /** `https://host:port`. */
  readonly gateway: string;
  /** `wrks-…`. */
  readonly workstation: string;
  readonly label: string;
  /** SHA-256 of the licence code that it came by: the same code again is no mistake. */
  readonly licenceCodeHash: string;
  /** PEM of the only root that is believed of the gateway. */
  readonly browserRoot: string;
  /** PKCS#8, PEM. */
  readonly key: string;
  /** DER, base64, leaf first. */
  readonly chain: readonly string[];
}

export interface Identity extends IdentityParts {
  /** Private. */
  readonly privateKey: KeyObject;
  /** The leaf, PEM: for TLS. */
  readonly certificate: string;
  /** Lower-case hexadecimal. */
  readonly certificateSerialHex: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const FILE = 'identity.json';
const schema = z.strictObject({
  version: z.literal(1),
  gateway: z.string(),
  workstation: z.string(),
  label: z.string(),
  licenceCodeHash: z.string(),
  browserRoot: z.string(),
  key: z.string(),
  chain: z.array(z.string()).min(1),
});

/**
 * Reads the identity and checks that its parts belong together. It does not judge the time.
 * @throws NotEnrolled, IdentityDamaged, FileUnreadable
 */
export async function loadIdentity(directory: string): Promise<Identity> {
  const file = path.join(directory, FILE);
  const text = await readSmallFile(file);
  if (text === null) throw new NotEnrolled();
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0)
    throw new IdentityDamaged('others on this machine may read its private key');
  return readIdentity(text);
}

/** Reads the text of an identity file. @throws IdentityDamaged */
export function readIdentity(text: string): Identity {
  try {
    const { version: _, ...parts } = schema.parse(JSON.parse(text));
    const issued = readIssued(parts.chain, 'peer');
    const privateKey = createPrivateKey(parts.key);
    const isOwn =
      keyThumbprint(createPublicKey(privateKey)) === issued.keyThumbprint &&
      isKeyPair(privateKey, issued.publicKey);
    if (!isOwn) throw new IdentityDamaged('key and certificate do not belong together');
    if (issued.workstation !== parts.workstation)
      throw new IdentityDamaged('its certificate is of another workstation');
    const { certificateSerialHex, notBeforeMs, notAfterMs } = issued;
    const certificate = encodePEM('CERTIFICATE', issued.der);
    return { ...parts, privateKey, certificate, certificateSerialHex, notBeforeMs, notAfterMs };
  } catch (cause) {
    if (cause instanceof IdentityDamaged) throw cause;
    throw new IdentityDamaged('its file cannot be read', { cause });
  }
}

/** Puts an identity in the place of the one before. */
export async function storeIdentity(directory: string, parts: IdentityParts): Promise<Identity> {
  const text = `${JSON.stringify({ version: 1, ...parts }, null, 2)}\n`;
  const identity = readIdentity(text);
  await writeWholeFile(path.join(directory, FILE), text);
  return identity;
}

export async function removeIdentity(directory: string): Promise<void> {
  await removeFile(path.join(directory, FILE));
}
