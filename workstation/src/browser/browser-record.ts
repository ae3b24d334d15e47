/**
 * What was done in the browser's store, written down before and after each step, so that a run that was broken off is gone
 * on with and nothing of ours is forgotten there. It holds no secret.
 */
import path from 'node:path';
import { z } from 'zod';
import { readSmallFile } from '../platform/small-file.ts';
import { removeFile, writeWholeFile } from '../platform/whole-file.ts';
import { BrowserRecordDamaged } from './browser-error.ts';

export const BROWSERS = ['chromium', 'firefox', 'pkcs12', 'none'] as const;
export type BrowserKind = (typeof BROWSERS)[number];

const certificate = z.strictObject({
  /** By which the store names it; a PKCS#12 file has none of its own, there it is only told. */
  nickname: z.string(),
  serialHex: z.string(),
  notBeforeMs: z.number(),
  notAfterMs: z.number(),
});
const schema = z.strictObject({
  version: z.literal(1),
  kind: z.enum(BROWSERS),
  /** The directory of the store, or the PKCS#12 file; null for none. */
  place: z.string().nullable(),
  /** For which gateway, `https://host:port`. */
  gateway: z.string(),
  /** The certification request of a key that waits in the store, DER in base64. */
  request: z.string().nullable(),
  current: certificate.nullable(),
  /** Nicknames of certificates that are to leave the store, with their keys. */
  former: z.array(z.string()),
  /** Whether the gateway's root was put into the store by us. */
  hasRoot: z.boolean(),
  /** By which Chromium chooses the certificate; null before there is one. */
  issuerName: z.string().nullable(),
});

export type BrowserRecord = Readonly<Omit<z.output<typeof schema>, 'version'>>;
export type BrowserCertificate = Readonly<z.output<typeof certificate>>;

const FILE = 'browser.json';

/** Reads the record; null when there is none. @throws BrowserRecordDamaged, FileUnreadable */
export async function loadBrowserRecord(directory: string): Promise<BrowserRecord | null> {
  const text = await readSmallFile(path.join(directory, FILE));
  return text === null ? null : readBrowserRecord(text);
}

/** Reads the text of a record. @throws BrowserRecordDamaged */
export function readBrowserRecord(text: string): BrowserRecord {
  try {
    const { version: _, ...record } = schema.parse(JSON.parse(text));
    return record;
  } catch (cause) {
    throw new BrowserRecordDamaged({ cause });
  }
}

export async function storeBrowserRecord(directory: string, record: BrowserRecord): Promise<void> {
  const text = `${JSON.stringify({ version: 1, ...record }, null, 2)}\n`;
  await writeWholeFile(path.join(directory, FILE), text);
}

export async function removeBrowserRecord(directory: string): Promise<void> {
  await removeFile(path.join(directory, FILE));
}

/** A record of a browser in which nothing has been done yet. */
export function newBrowserRecord(
  kind: BrowserKind,
  place: string | null,
  gateway: string,
): BrowserRecord {
  const nothing = { request: null, current: null, former: [], hasRoot: false, issuerName: null };
  return { kind, place, gateway, ...nothing };
}
