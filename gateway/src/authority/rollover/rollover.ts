/**
 * How the cart root changes in the life of a service centre, in three steps that somebody takes at the gateway's machine while
 * the gateway is stopped. Decision 0017.
 *
 *   settled → announced → replacing → settled
 *
 * *Announce* makes the new root and certifies the old and the new key by each other; carts hear of it, and hold both. *Activate*
 * has the new root certify: server and carts. *Finish* takes the old one away: its certificates are revoked, then its key is
 * destroyed. Each step is in the ledger before the manifest names it, and the manifest is what counts; whatever a stop in
 * between left behind is made anew or cleared away. There is no way back: carts that heard of the new root believe only what it
 * signs.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKDATE_MS, certify, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { Database } from '../../platform/database/database.ts';
import { writeDurably } from '../../platform/durable-file/durable-file.ts';
import type { AuthorityLedger } from '../authority-ledger.ts';
import {
  FILE_KEYS,
  ROOT_LIFE_MS,
  cartRootEntries,
  crossFile,
  loadCartRoots,
  makeRoot,
  readManifest,
  readRoot,
  subjectOf,
  writeManifest,
} from '../establishment/establishment.ts';
import type { CartRootEntry, Manifest, Root, RootKeys } from '../establishment/establishment.ts';
import { openRegistry } from '../registry/registry.ts';
import { cartCertificates } from './carts-by-root.ts';
import { RolloverCartsWaiting, RolloverOutOfTurn } from './rollover-error.ts';

export { RolloverCartsWaiting, RolloverOutOfTurn } from './rollover-error.ts';

export interface RolloverOptions {
  /** The authority's, established. */
  readonly directory: string;
  readonly keys?: RootKeys;
  readonly database: Database;
  readonly ledger: AuthorityLedger;
  /** Who does it. */
  readonly by: string;
  /** UTC. */
  readonly nowMs: number;
}

export const ROLLOVER_PHASES = ['settled', 'announced', 'replacing'] as const;

export interface RolloverStanding {
  readonly phase: (typeof ROLLOVER_PHASES)[number];
  /** The oldest first. */
  readonly roots: readonly Omit<CartRootEntry, 'name'>[];
  /** Carts in force that have no certificate of the newest root, and when theirs ends; those that end first come first. */
  readonly waiting: readonly { readonly serial: string; readonly expiresUtcMs: number }[];
  /** How many have one. */
  readonly renewed: number;
}

/** Says how far a change of the root is. */
export async function rolloverStanding(
  options: Pick<RolloverOptions, 'directory' | 'database' | 'nowMs'>,
): Promise<RolloverStanding> {
  const { directory, database, nowMs } = options;
  const manifest = await readManifest(directory);
  const newest = await readNewestRoot(directory, manifest);
  const ends = new Map<string, number>();
  const renewed = new Set<string>();
  for await (const each of cartCertificates(database, newest, nowMs)) {
    ends.set(each.serial, Math.max(ends.get(each.serial) ?? 0, each.notAfterMs));
    if (each.isOfRoot) renewed.add(each.serial);
  }
  return {
    phase: phaseOf(manifest),
    roots: cartRootEntries(manifest).map(({ name: _name, ...rest }) => rest),
    waiting: [...ends]
      .filter(([serial]) => !renewed.has(serial))
      .map(([serial, expiresUtcMs]) => ({ serial, expiresUtcMs }))
      .toSorted((a, b) => a.expiresUtcMs - b.expiresUtcMs),
    renewed: renewed.size,
  };
}

/** Makes the next root, which certifies nothing yet. @throws RolloverOutOfTurn, and what making a key throws */
export async function announceRoot(options: RolloverOptions): Promise<RolloverStanding> {
  const { directory, ledger, by, nowMs, keys = FILE_KEYS } = options;
  const manifest = await readManifest(directory);
  if (phaseOf(manifest) !== 'settled') throw outOfTurn(manifest);
  const entries = cartRootEntries(manifest);
  const name = `cart-${entries.length + 1}`;
  const { issuing } = await loadCartRoots(directory, manifest, keys);
  await removeFiles(directory, name);
  const commonName = subjectOf(issuing);
  // The same name as before: the certificates that lead from one to the other are then self-issued. RFC 4210 section 4.4
  const next = await makeRoot(directory, name, manifest.cartChain, { commonName, nowMs, keys });
  await writeCross(crossFile(directory, name, 'new-with-old'), issuing, next, nowMs);
  await writeCross(crossFile(directory, name, 'old-with-new'), next, issuing, nowMs);
  const { fingerprint } = next;
  const algorithm = manifest.cartChain;
  await ledger.append({ kind: 'cart-root-announced', fingerprint, algorithm, by });
  const entry = { name, fingerprint, state: 'announced', sinceMs: nowMs, by } as const;
  await writeManifest(directory, { ...manifest, cartRoots: [...entries, entry] });
  return await rolloverStanding(options);
}

/** Has the announced root certify from now on; the old one counts beside it. @throws RolloverOutOfTurn */
export async function activateRoot(options: RolloverOptions): Promise<RolloverStanding> {
  const { directory, ledger, by, nowMs } = options;
  const manifest = await readManifest(directory);
  if (phaseOf(manifest) !== 'announced') throw outOfTurn(manifest);
  const cartRoots = cartRootEntries(manifest).map((entry): CartRootEntry => {
    if (entry.state === 'announced') return { ...entry, state: 'issuing', sinceMs: nowMs, by };
    return entry.state === 'issuing' ? { ...entry, state: 'leaving', sinceMs: nowMs, by } : entry;
  });
  const cart = cartRoots.find(({ state }) => state === 'issuing')?.fingerprint ?? '';
  await ledger.append({
    kind: 'cart-root-activated',
    fingerprint: cart,
    algorithm: manifest.cartChain,
    by,
  });
  const fingerprints = { ...manifest.fingerprints, cart };
  await writeManifest(directory, { ...manifest, fingerprints, cartRoots });
  return await rolloverStanding(options);
}

/**
 * Takes the old root away. Every cart in force must have a certificate of the new one, or be named as one that is left behind.
 * @param leave serials
 * @throws RolloverOutOfTurn, RolloverCartsWaiting
 */
export async function finishRollover(
  options: RolloverOptions,
  leave: readonly string[],
): Promise<RolloverStanding> {
  const { directory, ledger, by, nowMs } = options;
  const manifest = await readManifest(directory);
  if (phaseOf(manifest) !== 'replacing') throw outOfTurn(manifest);
  const { waiting } = await rolloverStanding(options);
  const left = waiting.map(({ serial }) => serial).filter((serial) => leave.includes(serial));
  if (left.length < waiting.length) {
    const others = waiting.filter(({ serial }) => !leave.includes(serial));
    throw new RolloverCartsWaiting(others.map(({ serial }) => serial));
  }
  const entries = cartRootEntries(manifest);
  const leaving = entries.find(({ state }) => state === 'leaving');
  const { fingerprint = '' } = leaving ?? {};
  const algorithm = manifest.cartChain;
  await ledger.append({ kind: 'cart-root-retired', fingerprint, algorithm, by, left });
  const cartRoots = entries.map((entry): CartRootEntry =>
    entry.state === 'leaving' ? { ...entry, state: 'gone', sinceMs: nowMs, by } : entry,
  );
  await writeManifest(directory, { ...manifest, cartRoots });
  await clearGoneRoots(options);
  return await rolloverStanding(options);
}

/**
 * Revokes what roots certified that are gone, and destroys their keys. The start of a gateway does it, too: the step that took
 * a root away may have been cut off.
 */
export async function clearGoneRoots(
  options: Pick<RolloverOptions, 'directory' | 'keys' | 'database' | 'nowMs'>,
): Promise<void> {
  const { directory, database, nowMs, keys = FILE_KEYS } = options;
  const manifest = await readManifest(directory);
  if (!cartRootEntries(manifest).some(({ state }) => state === 'gone')) return;
  const registry = openRegistry(database);
  const { past } = await loadCartRoots(directory, manifest, keys);
  for (const root of past) {
    const place = { directory, name: root.name };
    if (!(await keys.has(place))) continue;
    for await (const each of cartCertificates(database, root.certificate, nowMs)) {
      const { certificateSerialHex, isOfRoot } = each;
      if (isOfRoot) await registry.revoke({ certificateSerialHex }, 'superseded', nowMs);
    }
    // Last, for it says that nothing is left to be done.
    await keys.remove(place);
  }
}

/** DER of the newest root; no key is opened for it. */
async function readNewestRoot(directory: string, manifest: Manifest): Promise<Uint8Array> {
  const name = cartRootEntries(manifest).at(-1)?.name ?? 'cart';
  return (await readRoot(directory, name)).der;
}

function phaseOf(manifest: Manifest): RolloverStanding['phase'] {
  const states = cartRootEntries(manifest).map(({ state }) => state);
  if (states.includes('announced')) return 'announced';
  return states.includes('leaving') ? 'replacing' : 'settled';
}

function outOfTurn(manifest: Manifest): RolloverOutOfTurn {
  const said = {
    settled: 'No new cart root was announced. Begin with: chaperone gateway rollover announce',
    announced: 'A new cart root is announced. Go on with: chaperone gateway rollover activate',
    replacing: 'The new cart root certifies already. Go on with: chaperone gateway rollover finish',
  };
  return new RolloverOutOfTurn(said[phaseOf(manifest)]);
}

/** Certifies the key of one root by another one. */
async function writeCross(path: string, by: Root, of: Root, nowMs: number): Promise<void> {
  const der = await certify(by, {
    subject: { kind: 'other', commonName: subjectOf(of) },
    purpose: 'authority',
    publicKey: of.signer.publicKey,
    notBeforeMs: Math.max(nowMs - BACKDATE_MS, readCertificate(by.certificate).notBeforeMs),
    notAfterMs: nowMs + ROOT_LIFE_MS,
  });
  await writeDurably(path, encodePEM('CERTIFICATE', der));
}

/** An attempt that was cut off left them; nothing was ever certified by their key. */
async function removeFiles(directory: string, name: string): Promise<void> {
  for (const end of ['key.pem', 'key.json', 'cert.pem', 'new-with-old.pem', 'old-with-new.pem'])
    await rm(join(directory, `${name}.${end}`), { force: true });
}
