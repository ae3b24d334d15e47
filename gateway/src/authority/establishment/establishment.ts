/**
 * How the authority comes to be: once, by an explicit act, whole or not at all.
 *
 * The roots are made in a neighbouring directory that is then renamed, so there is never half an authority
 * under its own name, and of two that establish at once one fails. Nothing here is ever overwritten. Opening checks
 * every file against the manifest and the keys against their certificates.
 *
 * | file | holds |
 * |---|---|
 * | `authority.json` | when, by whom, fingerprints; its presence says that the authority is whole |
 * | `<root>.cert.pem` | the roots `cart` (later ones `cart-2` …), `workstation`, `browser`, `facility`, `licence` |
 * | `<root>.key.pem` or `.key.json` | their keys, or where in a token they are (decision 0014) |
 * | `cart-<n>.new-with-old.pem`, `.old-with-new.pem` | what leads from one cart root to the next (`cart-roots.ts`) |
 * | `servers/` | the certificates of tunnel, console and portal with their keys (`server-identity/`) |
 *
 * An authority of an earlier version lacks the roots `facility` or `licence` and gets them at its next start (`addMissingRoots`).
 */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CartChainProfile, SignatureProfile } from '@chaperone/protocol/x509/algorithm.ts';
import { syncDirectory } from '../../platform/durable-file/durable-file.ts';
import type { AuthorityLedger } from '../authority-ledger.ts';
import { loadCartRoots } from './cart-roots.ts';
import type { CartRoots } from './cart-roots.ts';
import { AuthorityAlreadyEstablished, AuthorityDamaged } from './establishment-error.ts';
import { FILE_KEYS } from './file-keys.ts';
import { MANIFEST, entriesOf, readManifest, writeManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { readPart } from './part.ts';
import { loadRoot, makeRoot, readRootCertificate } from './root.ts';
import type { Root } from './root.ts';
import type { RootKeys } from './root-keys.ts';

export * from './establishment-error.ts';
export { FILE_KEYS } from './file-keys.ts';
export { cartRootEntries, cartRootsPEM, crossFile, loadCartRoots } from './cart-roots.ts';
export { readManifest, writeManifest } from './manifest.ts';
export type { CartRootEntry, Manifest } from './manifest.ts';
export { ROOT_LIFE_MS, makeRoot, readRoot, subjectOf } from './root.ts';
export type { CartRoots } from './cart-roots.ts';
export type { Root } from './root.ts';
export type { RootKeys } from './root-keys.ts';
export { tokenKeys } from './token-keys.ts';

const ROOT_NAMES = ['cart', 'workstation', 'browser', 'facility', 'licence'] as const;
type RootName = (typeof ROOT_NAMES)[number];

/** What authorities of earlier versions lack, in the order in which it came. */
const LATER_ROOTS = ['facility', 'licence'] as const;

/** As the configuration calls them. */
export const CART_KEY_KINDS = ['p256', 'rsa3072'] as const;
export type CartKeyKind = (typeof CART_KEY_KINDS)[number];

/** What was made, by whom, as the ledger is told. */
export type AuthorityFacts = Readonly<Omit<Manifest, 'format' | 'cartRoots'>>;

export interface EstablishedAuthority {
  readonly facts: AuthorityFacts;
  /** Those that certify. */
  readonly roots: Readonly<Record<RootName, Root>>;
  /** The roots of the cart chain: which ones count, and what leads from one to the next. */
  readonly cartRoots: CartRoots;
}

export interface EstablishOptions {
  /** Where the authority is to live; it must not exist yet, or be empty. */
  readonly directory: string;
  /** Whose service centre it is; it becomes part of the roots' names. */
  readonly serviceCentre: string;
  /** Who asked for it, for the ledger. */
  readonly by: string;
  /** The kind of key of the cart root; fixed from then on. P-256 unless said otherwise. */
  readonly cartKey?: CartKeyKind;
  /** Says in every root's name that nothing under it is to be trusted outside a demonstration. */
  readonly demo?: boolean;
  /** UTC. */
  readonly nowMs: number;
  /** Where the roots' keys are made; in files unless said otherwise. */
  readonly keys?: RootKeys;
}

const COMMON_NAME_CHARACTERS_MAX = 64;
const SERVICE_CENTRE_CHARACTERS_MAX = 30;
/** No establishment takes this long: what is older was left by a process that died. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

/**
 * Makes the authority: an explicit act that happens once.
 * @returns the facts that the caller appends to the ledger
 * @throws AuthorityAlreadyEstablished, AuthorityDamaged when something else is in the directory
 */
export async function establishAuthority(options: EstablishOptions): Promise<AuthorityFacts> {
  const { directory } = options;
  await refuseEstablished(directory);
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  await removeLeftovers(directory, options.nowMs);
  const making = `${directory}.making-${randomBytes(8).toString('hex')}`;
  try {
    const facts = await makeIn(making, options);
    await rename(making, directory);
    await syncDirectory(dirname(directory));
    return facts;
  } catch (fault) {
    await rm(making, { recursive: true, force: true });
    // What cannot be taken back now never signed anything that is kept; the first fault is the one to be told.
    await options.keys?.discard().catch(() => undefined);
    const { code } = fault as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw new AuthorityAlreadyEstablished();
    throw fault;
  }
}

/**
 * Reads an established authority and checks it.
 * @throws AuthorityNotEstablished, AuthorityDamaged, AuthorityKeyExposed, AuthorityKeysElsewhere, and for keys in a token
 *   TokenUnusable, TokenKeyUnfit, TokenUnavailable, SecretFileUnusable
 */
export async function loadAuthority(
  directory: string,
  keys: RootKeys = FILE_KEYS,
): Promise<EstablishedAuthority> {
  const manifest = await readManifest(directory);
  const { format: _format, cartRoots: _cartRoots, ...facts } = manifest;
  const load = async (name: Exclude<RootName, 'cart'>): Promise<Root> =>
    await loadRoot(
      { directory, name },
      profileOf(name, facts.cartChain),
      facts.fingerprints[name] ?? '',
      keys,
    );
  const cartRoots = await loadCartRoots(directory, manifest, keys);
  return {
    facts,
    cartRoots,
    roots: {
      cart: cartRoots.issuing,
      workstation: await load('workstation'),
      browser: await load('browser'),
      facility: await load('facility'),
      licence: await load('licence'),
    },
  };
}

/**
 * Gives an authority of an earlier version the roots that it lacks, each once, at its next start.
 *
 * The ledger hears of a root before the manifest names it, and only a root that the manifest names signs anything. What a
 * start that was cut off left behind was never named: it is made anew, and the ledger's last entry counts.
 * @throws AuthorityNotEstablished, AuthorityDamaged, what opening the keys and what the ledger throws
 */
export async function addMissingRoots(
  directory: string,
  ledger: AuthorityLedger,
  nowMs: number,
  keys: RootKeys = FILE_KEYS,
): Promise<void> {
  for (const name of LATER_ROOTS) {
    const manifest = await readManifest(directory);
    if (manifest.fingerprints[name] !== undefined) continue;
    const commonName = await commonNameBeside(directory, name, keys);
    for (const file of [`${name}.key.pem`, `${name}.key.json`, `${name}.cert.pem`])
      await rm(join(directory, file), { force: true });
    const algorithm = profileOf(name, manifest.cartChain);
    const { fingerprint } = await makeRoot(directory, name, algorithm, { commonName, nowMs, keys });
    await ledger.append({ kind: `${name}-root-established`, fingerprint, algorithm });
    const fingerprints = { ...manifest.fingerprints, [name]: fingerprint };
    await writeManifest(directory, { ...manifest, fingerprints });
  }
}

/** The roots of one authority differ in one word of their names, and their keys are in one place. */
async function commonNameBeside(
  directory: string,
  name: RootName,
  keys: RootKeys,
): Promise<string> {
  const beside = readRootCertificate(
    'workstation',
    await readPart(join(directory, 'workstation.cert.pem')),
  );
  if (beside.subject.kind !== 'other')
    throw new AuthorityDamaged('The certificate of the workstation root is another one.');
  await keys.open({ directory, name: 'workstation' }, beside.publicKey);
  return beside.subject.commonName.replace(/ workstation root$/, ` ${name} root`);
}

async function makeIn(directory: string, options: EstablishOptions): Promise<AuthorityFacts> {
  const cartChain: CartChainProfile = `${options.cartKey ?? 'p256'}-sha3-256`;
  await mkdir(directory, { mode: 0o700 });
  const fingerprints = { cart: '', workstation: '', browser: '', facility: '', licence: '' };
  for (const name of ROOT_NAMES) {
    const { fingerprint } = await makeRoot(directory, name, profileOf(name, cartChain), {
      commonName: commonNameOf(name, options),
      nowMs: options.nowMs,
      keys: options.keys ?? FILE_KEYS,
    });
    fingerprints[name] = fingerprint;
  }
  const facts = {
    establishedAtMs: options.nowMs,
    establishedBy: options.by,
    demo: options.demo === true,
    cartChain,
    fingerprints,
  };
  await mkdir(join(directory, 'servers'), { mode: 0o700 });
  await writeManifest(directory, { format: 1, ...facts }, 'first');
  await syncDirectory(directory);
  return facts;
}

/** @throws AuthorityAlreadyEstablished, AuthorityDamaged when something else is in the directory */
export async function refuseEstablished(directory: string): Promise<void> {
  const present = await entriesOf(directory);
  if (present.includes(MANIFEST)) throw new AuthorityAlreadyEstablished();
  if (present.length > 0) throw new AuthorityDamaged('The directory holds something else.');
}

/** Removes what an establishment that was killed left beside the directory; its keys never signed anything. */
async function removeLeftovers(directory: string, nowMs: number): Promise<void> {
  const parent = dirname(directory);
  for (const name of await entriesOf(parent)) {
    if (!name.startsWith(`${basename(directory)}.making-`)) continue;
    const path = join(parent, name);
    const { mtimeMs } = await stat(path);
    if (nowMs - mtimeMs > LEFTOVER_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}

function profileOf(name: RootName, cartChain: CartChainProfile): SignatureProfile {
  return name === 'cart' ? cartChain : 'p256-sha256';
}

function commonNameOf(name: RootName, options: EstablishOptions): string {
  const centre = options.serviceCentre.slice(0, SERVICE_CENTRE_CHARACTERS_MAX).trim();
  const demo = options.demo === true ? 'DEMO ONLY ' : '';
  return `${demo}${centre} ${name} root`.slice(0, COMMON_NAME_CHARACTERS_MAX).trim();
}
