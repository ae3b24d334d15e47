/**
 * The roots of the cart chain, one after the other in the life of a service centre. Decision 0017.
 *
 * One certifies. While the root changes there are two, and for each step from one to the next two more certificates: the new
 * key certified by the old root, by which a peer that knows only the old one believes the new one, and the other way round.
 * All have the same name, so that these are self-issued and count for no length of a path. @see RFC 4210 section 4.4,
 * RFC 7030 section 4.1.3
 */
import { join } from 'node:path';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { AuthorityDamaged } from './establishment-error.ts';
import type { CartRootEntry, Manifest } from './manifest.ts';
import { readPart } from './part.ts';
import { loadRoot, readRootCertificate } from './root.ts';
import type { Root } from './root.ts';
import type { RootKeys } from './root-keys.ts';

/** A root that certifies nothing any more; its key is gone. */
export interface PastRoot {
  /** Name of its files. */
  readonly name: string;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly certificatePEM: string;
  readonly fingerprint: string;
}

export interface CartRoots {
  /** The one that certifies now. */
  readonly issuing: Root;
  /** The one that comes, or the one that goes; null while there is one. */
  readonly other: (Root & { readonly state: 'announced' | 'leaving' }) | null;
  /** Those whose certificates are admitted, the oldest first. */
  readonly accepted: readonly Root[];
  /** The oldest first. */
  readonly past: readonly PastRoot[];
  /** DER: each new root certified by the one before it, the oldest first, as far as the certifying one. */
  readonly bridges: readonly Uint8Array[];
  /** DER: the same, and each root certified by the one after it. */
  readonly links: readonly Uint8Array[];
  /** DER: what EST gives beside the roots while one takes the place of the other. */
  readonly crossed: readonly Uint8Array[];
}

/** The file in which a later root is certified by the one before it, or certifies that one. */
export function crossFile(
  directory: string,
  name: string,
  kind: 'new-with-old' | 'old-with-new',
): string {
  return join(directory, `${name}.${kind}.pem`);
}

/** What the manifest says of the roots; before the first change there is one. */
export function cartRootEntries(manifest: Manifest): readonly CartRootEntry[] {
  const { establishedAtMs: sinceMs, establishedBy: by } = manifest;
  const first = { name: 'cart', fingerprint: manifest.fingerprints.cart, sinceMs, by } as const;
  return manifest.cartRoots ?? [{ ...first, state: 'issuing' }];
}

/** @throws AuthorityDamaged, and what opening the keys throws */
export async function loadCartRoots(
  directory: string,
  manifest: Manifest,
  keys: RootKeys,
): Promise<CartRoots> {
  const entries = cartRootEntries(manifest);
  let issuing: Root | undefined;
  let other: CartRoots['other'] = null;
  const accepted: Root[] = [];
  const past: PastRoot[] = [];
  for (const { name, fingerprint, state } of entries) {
    if (state === 'gone') {
      past.push(await loadPastRoot(directory, name, fingerprint));
      continue;
    }
    const root = await loadRoot({ directory, name }, manifest.cartChain, fingerprint, keys);
    accepted.push(root);
    if (state === 'issuing') issuing = root;
    else other = { ...root, state };
  }
  const isOrdered = accepted.length <= 2 && (accepted.length === 2) === (other !== null);
  if (issuing === undefined || !isOrdered || issuing.fingerprint !== manifest.fingerprints.cart)
    throw new AuthorityDamaged('Its manifest does not say which root certifies carts.');
  const bridges = await loadLinks(directory, entries, 'new-with-old');
  const links = [...bridges, ...(await loadLinks(directory, entries, 'old-with-new'))];
  const crossed = other === null ? [] : await loadCrossed(directory, entries);
  return { issuing, other, accepted, past, bridges, links, crossed };
}

async function loadPastRoot(
  directory: string,
  name: string,
  fingerprint: string,
): Promise<PastRoot> {
  const certificatePEM = await readPart(join(directory, `${name}.cert.pem`));
  const read = readRootCertificate(name, certificatePEM);
  if (read.fingerprint !== fingerprint)
    throw new AuthorityDamaged(`The certificate of the ${name} root is another one.`);
  return { name, certificate: read.der, certificatePEM, fingerprint };
}

/** What leads from each root to the next one, as far as the one that certifies. */
async function loadLinks(
  directory: string,
  entries: readonly CartRootEntry[],
  kind: 'new-with-old' | 'old-with-new',
): Promise<readonly Uint8Array[]> {
  const links: Uint8Array[] = [];
  const certifies = entries.findIndex(({ state }) => state === 'issuing');
  for (const { name } of entries.slice(1, certifies + 1))
    links.push(await loadCross(crossFile(directory, name, kind)));
  return links;
}

async function loadCrossed(
  directory: string,
  entries: readonly CartRootEntry[],
): Promise<readonly Uint8Array[]> {
  const name = entries.at(-1)?.name ?? '';
  return [
    await loadCross(crossFile(directory, name, 'new-with-old')),
    await loadCross(crossFile(directory, name, 'old-with-new')),
  ];
}

async function loadCross(path: string): Promise<Uint8Array> {
  const text = await readPart(path);
  try {
    const [der] = decodePEM('CERTIFICATE', text);
    if (der !== undefined && readCertificate(der).purpose === 'authority') return der;
    throw new AuthorityDamaged(`${path} holds no certificate of a root.`);
  } catch (cause) {
    if (cause instanceof AuthorityDamaged) throw cause;
    throw new AuthorityDamaged(`${path} cannot be read.`, { cause });
  }
}

/** PEM of every root that there ever was, the oldest first, and of what leads from one to the next: for whoever verifies. */
export function cartRootsPEM({ past, accepted, links, crossed }: CartRoots): string {
  const roots = [...past, ...accepted].map(({ certificatePEM }) => certificatePEM);
  // To a root that was announced only, too: without it, it would be a stranger beside the one that certifies.
  const leading = [...links, ...crossed].map((der) => encodePEM('CERTIFICATE', der));
  return [...roots, ...new Set(leading)].join('');
}
