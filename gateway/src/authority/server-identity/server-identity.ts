/**
 * The gateway's own certificates: `tunnel` under the cart root, `console` and `portal` under the browser root.
 *
 * Each lives with its key in one file, so that both change together. It is made at opening when there is none, when
 * the configured names have changed, when its last third has begun, or when it was revoked.
 */
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { isKeyPair, keyThumbprint, newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { judgeCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { writeDurably } from '../../platform/durable-file/durable-file.ts';
import type { Root } from '../establishment/establishment.ts';
import type { Revocations } from '../revocation/revocation.ts';

/** What a TLS server presents. */
export interface ServerIdentity {
  /** PKCS#8, PEM. */
  readonly key: string;
  /** PEM, without the root, which the other end has pinned. */
  readonly cert: string;
}

/** What certifies a server's key; it answers with DER. */
export interface ServerCertifier {
  server(
    chain: 'cart' | 'browser',
    place: string,
    publicKey: KeyObject,
    hostNames: readonly string[],
  ): Promise<Uint8Array>;
}

export interface ServerIdentityTerms {
  readonly directory: string;
  readonly place: 'tunnel' | 'console' | 'portal';
  readonly root: Root;
  readonly hostNames: readonly string[];
  readonly issuance: ServerCertifier;
  readonly revocations: Revocations;
  /** UTC. */
  readonly nowMs: number;
}

/** Reads the identity of a place, or makes a new one. */
export async function holdServerIdentity(terms: ServerIdentityTerms): Promise<ServerIdentity> {
  const path = join(terms.directory, 'servers', `${terms.place}.pem`);
  const held = await readHeld(path);
  if (held !== undefined && (await isGood(held, terms))) return held;
  const chain = terms.place === 'tunnel' ? 'cart' : 'browser';
  const { privateKey, publicKey } = await newKeyPair(terms.root.profile);
  const der = await terms.issuance.server(chain, terms.place, publicKey, terms.hostNames);
  const made = {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: encodePEM('CERTIFICATE', der),
  };
  await writeDurably(path, `${made.key}${made.cert}`);
  return made;
}

async function readHeld(path: string): Promise<ServerIdentity | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fault;
  }
  const at = text.indexOf('-----BEGIN CERTIFICATE-----');
  return at <= 0 ? undefined : { key: text.slice(0, at), cert: text.slice(at) };
}

async function isGood(held: ServerIdentity, terms: ServerIdentityTerms): Promise<boolean> {
  try {
    const [der] = decodePEM('CERTIFICATE', held.cert);
    if (der === undefined) return false;
    const read = readCertificate(der);
    judgeCertificate(read, readCertificate(terms.root.certificate), 'server', terms.nowMs);
    const isFresh = terms.nowMs < read.notAfterMs - (read.notAfterMs - read.notBeforeMs) / 3;
    const key = createPrivateKey(held.key);
    const isOwn =
      keyThumbprint(createPublicKey(key)) === read.keyThumbprint && isKeyPair(key, read.publicKey);
    const names = new X509Certificate(der).subjectAltName ?? '';
    const isNamed = names === expectedNames(terms.hostNames);
    return (
      isFresh && isOwn && isNamed && !(await terms.revocations.isRevoked(read.certificateSerialHex))
    );
  } catch {
    // Whatever is wrong with it, a new one takes its place.
    return false;
  }
}

/** The names as Node prints them. */
function expectedNames(hostNames: readonly string[]): string {
  return hostNames
    .map((name) => (isIP(name) === 0 ? `DNS:${name}` : `IP Address:${name}`))
    .join(', ');
}
