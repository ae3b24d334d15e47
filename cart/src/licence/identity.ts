/**
 * The cart's identity on disk: its key, born here, and what the gateway and its root gave for it.
 *
 * | file in `identity/` | holds |
 * |---|---|
 * | `cart.key.pem` | the private key, mode 0600; it never leaves the cart |
 * | `cart.cert.pem` | its certificate |
 * | `cart-root.pem` | the pinned roots of gateway and carts, the oldest first: one, or two while the root changes |
 * | `workstation-ca.pem` | the pinned root of workstations |
 * | `anchors.json` | `{ jws, ledgerKey }`: the root's signed word for the last two, and for the licence root |
 * | `licence.jws` | what its licence allows, signed by the licence root; absent when that came from a gateway of an earlier version |
 *
 * `identity` is a symbolic link into `identities/`, one directory per certificate: all files change at once.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { readLicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import type { LicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import { readAnchors } from '@chaperone/protocol/est/anchors.ts';
import type { Anchors } from '@chaperone/protocol/est/anchors.ts';
import { isKeyPair, keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import type { ReadCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { IdentityDamaged, NotEnrolled } from './enrolment-error.ts';
import {
  isNeighbour,
  neighbour,
  pointLink,
  syncDirectory,
  writeNewFile,
  writeWholeFile,
} from '../platform/whole-file.ts';
import { anchorRoots, issuerAmong, readRoots } from './pinned-roots.ts';

export interface CartIdentity {
  readonly serial: CartSerial;
  /** Private. */
  readonly key: KeyObject;
  /** Private, PKCS#8: for TLS. */
  readonly keyPem: string;
  readonly certificatePem: string;
  /** Lower-case hexadecimal. */
  readonly certificateSerialHex: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The roots that it believes, the oldest first. */
  readonly cartRootPem: string;
  /** The one among them that issued its certificate. */
  readonly ownRootPem: string;
  /** Fingerprint of the one that certifies now, as far as the cart has heard. */
  readonly issuingRoot: string;
  readonly workstationCAPem: string;
  /** The ledger's verifier key, one line in C2SP note form. */
  readonly ledgerKey: string;
  /** SHA-256 of the SPKI, base64url. */
  readonly keyThumbprint: string;
  /** When the anchors were signed; a cart never goes back to older ones. */
  readonly anchorsIssuedAtMs: number;
  /** PEM of the licence root; null when this identity came from a gateway of an earlier version. */
  readonly licenceCAPem: string | null;
  /** What its licence allows; null exactly when there is no licence root. */
  readonly licence: HeldLicence | null;
}

/** What the licence authority says that this cart may do, and from when to when. */
export type HeldLicence = LicenceStatement;

/** What makes an identity. */
export interface IdentityParts {
  readonly keyPem: string;
  readonly certificatePem: string;
  /** The pinned roots, the oldest first. */
  readonly cartRootPem: string;
  /** The signed anchors. */
  readonly anchorsJWS: string;
  readonly anchors: Pick<Anchors, 'workstationCA' | 'ledgerKey' | 'issuedAtMs'>;
  /** The signed terms; null exactly when the anchors name no licence root. */
  readonly licenceJWS: string | null;
}

const LINK = 'identity';
const STORE = 'identities';
const FILES = {
  key: 'cart.key.pem',
  certificate: 'cart.cert.pem',
  root: 'cart-root.pem',
  workstationCA: 'workstation-ca.pem',
  anchors: 'anchors.json',
} as const;
const LICENCE_FILE = 'licence.jws';
const FILE_BYTES_MAX = 64 * 1024;
const anchorsSchema = z.strictObject({ jws: z.string(), ledgerKey: z.string() });

/** How often an identity is read again because it was exchanged meanwhile: the cart itself exchanges it a few times a year. */
const READS_MAX = 20;

/**
 * Reads the cart's identity and checks that its parts belong together. It does not judge the time: an expired
 * certificate is renewed or refused elsewhere. One that is exchanged meanwhile is read again, so that it is the one or the
 * other, and never called damaged.
 * @param directory the agent's data directory
 * @throws NotEnrolled, IdentityDamaged
 */
export async function loadIdentity(directory: string): Promise<CartIdentity> {
  return await readInPlace(directory, loadFrom);
}

/** Reads something of the identity in the one directory that it is in, and again if the link was made anew meanwhile. */
async function readInPlace<T>(directory: string, read: (place: string) => Promise<T>): Promise<T> {
  for (let reads = 1; ; reads += 1) {
    const before = await linkStamp(directory);
    const target = await pointedTo(directory);
    if (before === null || target === null) throw new NotEnrolled();
    try {
      return await read(join(directory, target));
    } catch (fault) {
      if (reads >= READS_MAX || (await linkStamp(directory)) === before) throw fault;
    }
  }
}

/** What is another one whenever the link is made anew, also when it points to the same name again; null: there is none. */
async function linkStamp(directory: string): Promise<string | null> {
  return await unlessMissing(async () => {
    const { ino, ctimeNs } = await lstat(join(directory, LINK), { bigint: true });
    return `${ino} ${ctimeNs}`;
  });
}

/** Where the identity lies, from the data directory; null: there is none. */
async function pointedTo(directory: string): Promise<string | null> {
  return await unlessMissing(async () => {
    try {
      return await readlink(join(directory, LINK));
    } catch (fault) {
      // Somebody has put a directory back in place of the link, from a backup: it is read like any other.
      if ((fault as NodeJS.ErrnoException).code === 'EINVAL') return LINK;
      throw fault;
    }
  });
}

async function unlessMissing(read: () => Promise<string>): Promise<string | null> {
  try {
    return await read();
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
}

async function loadFrom(place: string): Promise<CartIdentity> {
  const read = async (file: string): Promise<string> => await readPart(join(place, file));
  const keyPem = await read(FILES.key);
  const { mode } = await stat(join(place, FILES.key));
  if ((mode & 0o077) !== 0)
    throw new IdentityDamaged('others on this machine may read its private key');
  const certificatePem = await read(FILES.certificate);
  const cartRootPem = await read(FILES.root);
  const workstationCAPem = await read(FILES.workstationCA);
  const anchorsText = await read(FILES.anchors);
  try {
    const roots = readRoots(cartRootPem);
    if (roots === undefined) throw new IdentityDamaged('it holds no root, or too many');
    const peer = readPeerCertificate(single(certificatePem));
    const ownRoot = issuerAmong(peer, roots);
    if (ownRoot === undefined)
      throw new IdentityDamaged('its certificate is not from a root that it believes');
    const key = createPrivateKey(keyPem);
    const { jws, ledgerKey } = anchorsSchema.parse(JSON.parse(anchorsText));
    const anchors = await readSigned(jws, roots);
    const isOwn =
      keyThumbprint(createPublicKey(key)) === peer.keyThumbprint && isKeyPair(key, peer.publicKey);
    if (!isOwn) {
      throw new IdentityDamaged('key and certificate do not belong together');
    }
    if (anchors.workstationCA !== workstationCAPem || anchors.ledgerKey !== ledgerKey) {
      throw new IdentityDamaged('its trust anchors are not those that its root signed');
    }
    return {
      serial: peer.serial,
      key,
      keyPem,
      certificatePem,
      certificateSerialHex: peer.certificateSerialHex,
      notBeforeMs: peer.notBeforeMs,
      notAfterMs: peer.notAfterMs,
      cartRootPem,
      ownRootPem: encodePEM('CERTIFICATE', ownRoot.der),
      issuingRoot: anchors.issuing,
      workstationCAPem,
      ledgerKey,
      keyThumbprint: peer.keyThumbprint,
      anchorsIssuedAtMs: anchors.issuedAtMs,
      ...(await readLicence(place, anchors, peer.serial)),
    };
  } catch (cause) {
    if (cause instanceof IdentityDamaged) throw cause;
    throw new IdentityDamaged('a part of it cannot be read', { cause });
  }
}

/** Reads the anchors by the pinned root that signed them; every pinned root must be one that they name. */
async function readSigned(jws: string, roots: readonly ReadCertificate[]): Promise<Anchors> {
  for (const root of roots) {
    const anchors = await readAnchors(jws, root.der).catch(() => undefined);
    if (anchors === undefined) continue;
    const named = new Set(anchorRoots(anchors).map(({ fingerprint }) => fingerprint));
    if (roots.every(({ fingerprint }) => named.has(fingerprint))) return anchors;
  }
  throw new IdentityDamaged('its roots are not those that one of them signed');
}

/** Tells whether there is an identity, whole or not. */
export async function hasIdentity(directory: string): Promise<boolean> {
  return (await pointedTo(directory)) !== null;
}

/** Puts an identity in the place of the one before, all at once, and removes the one before. */
export async function storeIdentity(directory: string, parts: IdentityParts): Promise<void> {
  const { certificateSerialHex } = readPeerCertificate(single(parts.certificatePem));
  const store = join(directory, STORE);
  await mkdir(store, { recursive: true, mode: 0o700 });
  const name = await freeName(directory, certificateSerialHex, parts.anchors.issuedAtMs);
  const place = join(store, name);
  const making = neighbour(place);
  await mkdir(making, { mode: 0o700 });
  const contents: Record<keyof typeof FILES, string> = {
    key: parts.keyPem,
    certificate: parts.certificatePem,
    root: parts.cartRootPem,
    workstationCA: parts.anchors.workstationCA,
    anchors: `${JSON.stringify({ jws: parts.anchorsJWS, ledgerKey: parts.anchors.ledgerKey })}\n`,
  };
  for (const part of Object.keys(FILES) as (keyof typeof FILES)[]) {
    await writeNewFile(join(making, FILES[part]), contents[part]);
  }
  if (parts.licenceJWS !== null) await writeNewFile(join(making, LICENCE_FILE), parts.licenceJWS);
  await syncDirectory(making);
  // There is one when the cart was stopped between this step and the next; nothing pointed to it.
  await rm(place, { recursive: true, force: true });
  await rename(making, place);
  await syncDirectory(store);
  // A stop between making a link and giving it its name left one behind.
  for (const left of await readdir(directory))
    if (isNeighbour(left, LINK)) await rm(join(directory, left), { force: true });
  await pointLink(join(directory, LINK), join(STORE, name));
  for (const other of await readdir(store)) {
    if (other !== name) await rm(join(store, other), { recursive: true, force: true });
  }
}

/** A name that the link does not point to: the same certificate may get other anchors. */
async function freeName(directory: string, serialHex: string, issuedAtMs: number): Promise<string> {
  const pointed = (await pointedTo(directory)) ?? '';
  return basename(pointed) === serialHex ? `${serialHex}-${issuedAtMs}` : serialHex;
}

/** Reads the signed terms as they lie there. @throws IdentityDamaged */
export async function readLicenceJWS(directory: string): Promise<string> {
  return await readInPlace(directory, async (place) => await readPart(join(place, LICENCE_FILE)));
}

/** Puts later terms in the place of those that are held; the rest of the identity stays. The caller has read them. */
export async function storeLicence(directory: string, licenceJWS: string): Promise<void> {
  await writeWholeFile(join(await realpath(join(directory, LINK)), LICENCE_FILE), licenceJWS);
}

/** Who was given an identity by a version with a licence root has terms beside it: without them it is not whole. */
async function readLicence(
  place: string,
  anchors: Anchors,
  serial: CartSerial,
): Promise<Pick<CartIdentity, 'licenceCAPem' | 'licence'>> {
  const { licenceCA: licenceCAPem } = anchors;
  if (licenceCAPem === null) return { licenceCAPem, licence: null };
  const jws = await readPart(join(place, LICENCE_FILE));
  const licence = await readLicenceStatement(jws, single(licenceCAPem));
  if (licence.serial !== serial)
    throw new IdentityDamaged('its licence is for another serial number');
  return { licenceCAPem, licence };
}

/** Reads PEM text that must hold exactly one certificate. */
export function single(pem: string): Uint8Array {
  const [der, second] = decodePEM('CERTIFICATE', pem);
  if (der === undefined || second !== undefined)
    throw new IdentityDamaged('a file holds several certificates');
  return der;
}

async function readPart(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) throw new IdentityDamaged('a file is far too long');
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof IdentityDamaged) throw cause;
    throw new IdentityDamaged('a file is missing or cannot be read', { cause });
  }
}
