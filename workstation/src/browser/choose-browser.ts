/** Which browser gets the certificate, and that its store will take it before a licence code is used up for it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkPKCS12 } from '../identity/pkcs12.ts';
import { BrowserNotFound } from './browser-error.ts';
import type { BrowserKind, BrowserRecord } from './browser-record.ts';
import { chromiumStore, firefoxStore } from './find-store.ts';
import { NSSStore } from './nss-store.ts';

/** What a person said; nothing of it has to be. */
export interface BrowserWish {
  readonly kind?: BrowserKind | undefined;
  /** The directory of the store, or the PKCS#12 file. */
  readonly place?: string | undefined;
}

export interface ChosenBrowser {
  readonly kind: BrowserKind;
  readonly place: string | null;
}

const CHROMIUM_PROGRAMS = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/**
 * Chooses what was said, or what an earlier run chose, or what is on this machine.
 * @throws BrowserNotFound, FileUnreadable
 */
export async function chooseBrowser(
  wish: BrowserWish,
  record: BrowserRecord | null,
): Promise<ChosenBrowser> {
  if (wish.kind === undefined && wish.place === undefined && record !== null) return record;
  const kind = wish.kind ?? (await kindHere());
  const place = wish.place === undefined ? undefined : path.resolve(wish.place);
  switch (kind) {
    case 'chromium':
      return { kind, place: place ?? chromiumStore() };
    case 'firefox':
      return { kind, place: place ?? (await firefoxStore()) };
    case 'pkcs12':
      if (place === undefined)
        throw new BrowserNotFound('Say into which file: --browser pkcs12 FILE.');
      return { kind, place };
    case 'none':
      return { kind, place: null };
  }
}

/**
 * Makes sure that the place will take a key and a certificate.
 * @throws CertutilMissing, OpenSSLMissing, StoreLocked, StoreNotWritable, StoreDamaged, StoreFailed
 */
export async function prepareBrowser(
  { kind, place }: ChosenBrowser,
  passwordFile: string | undefined,
): Promise<void> {
  const store = storeOf({ kind, place }, passwordFile);
  if (store !== null) await store.open();
  if (kind === 'pkcs12') await checkPKCS12();
}

/** Gives the browser's own store; null where there is none. */
export function storeOf(
  { kind, place }: ChosenBrowser,
  passwordFile: string | undefined,
): NSSStore | null {
  const isStore = (kind === 'chromium' || kind === 'firefox') && place !== null;
  return isStore ? new NSSStore(place, passwordFile) : null;
}

async function kindHere(): Promise<BrowserKind> {
  if (CHROMIUM_PROGRAMS.some((program) => existsSync(program))) return 'chromium';
  try {
    await firefoxStore();
    return 'firefox';
  } catch (cause) {
    throw new BrowserNotFound(
      'There is neither Chromium nor a profile of Firefox here. Say --browser pkcs12 FILE for a file to import ' +
        'elsewhere, or --browser none.',
      { cause },
    );
  }
}
