/**
 * Gives the browser its certificate: the key is made inside its store, and this program never sees it.
 *
 * Each step is written down before the next, and each may be done again: a run that was broken off anywhere is gone on with.
 * The new certificate is in the store before the old one leaves it.
 */
import type { KeyObject } from 'node:crypto';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { decodeBase64, encodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { readKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import type { Issued } from '../identity/issued.ts';
import type { Identity } from '../identity/identity.ts';
import { storeBrowserRecord } from './browser-record.ts';
import type { BrowserCertificate, BrowserRecord } from './browser-record.ts';
import type { NSSStore } from './nss-store.ts';

/** Has the gateway certify a browser's key. */
export type CertifyKey = (request: Uint8Array, publicKey: KeyObject) => Promise<Issued>;

export interface BrowserWork {
  /** The program's data directory, where the record is kept. */
  readonly directory: string;
  readonly identity: Identity;
  readonly store: NSSStore;
  readonly certify: CertifyKey;
}

/** Of the request only; the gateway gives the certificate its own name. */
const REQUEST_NAME = 'Chaperone workstation';
export const ROOT_NICKNAME = 'Chaperone service centre';

/** @returns the record as it stands when all is done */
export async function certifyBrowser(
  work: BrowserWork,
  before: BrowserRecord,
): Promise<BrowserRecord> {
  const { directory, identity, store } = work;
  let record = before;
  const note = async (change: Partial<BrowserRecord>): Promise<void> => {
    record = { ...record, ...change };
    await storeBrowserRecord(directory, record);
  };
  await store.open();
  await removeFormer(store, record);
  if (record.former.length > 0) await note({ former: [] });
  if (!record.hasRoot) {
    await store.trustForServers(ROOT_NICKNAME, rootOf(identity));
    await note({ hasRoot: true });
  }
  const waiting = await heldRequest(store, record.request);
  const request = waiting?.request ?? (await store.makeRequest(REQUEST_NAME));
  const { publicKey } = readKeyCertificationRequest(request);
  if (waiting === null) await note({ request: encodeBase64(request) });
  const issued = await work.certify(request, publicKey);
  const made = certificateOf(identity.workstation, issued);
  await removeStrays(store, identity.workstation, [made, record.current]);
  if (!(await store.nicknames()).includes(made.nickname))
    await store.addCertificate(made.nickname, issued.der);
  const { current } = record;
  const former = current === null || current.nickname === made.nickname ? [] : [current.nickname];
  await note({ request: null, current: made, former, issuerName: issued.issuerName });
  await removeFormer(store, record);
  await note({ former: [] });
  return record;
}

/** Takes out what was replaced, now or by a run that was broken off. */
async function removeFormer(store: NSSStore, { former }: BrowserRecord): Promise<void> {
  for (const nickname of former) await store.removeWithKey(nickname);
}

/** Takes everything of ours out of the store. */
export async function cleanStore(store: NSSStore, record: BrowserRecord): Promise<void> {
  // A profile that was deleted took everything with it.
  if (!(await store.exists())) return;
  await store.open();
  const { current, former, request, hasRoot } = record;
  for (const nickname of [...former, ...(current === null ? [] : [current.nickname])])
    await store.removeWithKey(nickname);
  const waiting = await heldRequest(store, request);
  if (waiting !== null) await store.removeKeyOf(waiting.publicKey);
  if (hasRoot) await store.removeCertificate(ROOT_NICKNAME);
}

/** The request of a run that was broken off, as long as the store still holds its key. */
async function heldRequest(store: NSSStore, text: string | null) {
  const request = text === null ? undefined : decodeBase64(text);
  if (request === undefined) return null;
  const { publicKey } = readKeyCertificationRequest(request);
  return (await store.holdsKeyOf(publicKey)) ? { request, publicKey } : null;
}

/** A certificate that was put in by a run that ended before it could write so: its key is the waiting one, and stays. */
async function removeStrays(
  store: NSSStore,
  workstation: string,
  known: readonly (BrowserCertificate | null)[],
): Promise<void> {
  const keep = new Set(known.map((certificate) => certificate?.nickname));
  for (const nickname of await store.nicknames()) {
    const isOurs = nickname.startsWith(prefixOf(workstation));
    if (isOurs && !keep.has(nickname)) await store.removeCertificate(nickname);
  }
}

function certificateOf(
  workstation: string,
  { certificateSerialHex, notBeforeMs, notAfterMs }: Issued,
): BrowserCertificate {
  const nickname = `${prefixOf(workstation)}${certificateSerialHex.slice(0, 12)}`;
  return { nickname, serialHex: certificateSerialHex, notBeforeMs, notAfterMs };
}

function prefixOf(workstation: string): string {
  return `Chaperone ${workstation} `;
}

function rootOf({ browserRoot }: Identity): Uint8Array {
  return decodePEM('CERTIFICATE', browserRoot)[0] ?? new Uint8Array();
}
