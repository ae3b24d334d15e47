/** Brings the browser to where it should be: certificate in its store, policy in its place. Enrolling and renewing share it. */
import path from 'node:path';
import { writeWholeFile } from '../platform/whole-file.ts';
import {
  loadBrowserRecord,
  newBrowserRecord,
  storeBrowserRecord,
} from '../browser/browser-record.ts';
import type { BrowserRecord } from '../browser/browser-record.ts';
import { certifyBrowser, cleanStore } from '../browser/certify-browser.ts';
import { storeOf } from '../browser/choose-browser.ts';
import type { ChosenBrowser } from '../browser/choose-browser.ts';
import { placeSelectionPolicy } from '../browser/selection-policy.ts';
import type { PolicyState } from '../browser/selection-policy.ts';
import { certify } from '../gateway/routes.ts';
import type { Identity } from '../identity/identity.ts';
import { makePKCS12, newPassphrase } from '../identity/pkcs12.ts';

export interface FurnishOptions {
  readonly directory: string;
  readonly identity: Identity;
  readonly browser: ChosenBrowser;
  /** Of a browser's store that has a password. */
  readonly storePasswordFile?: string | undefined;
  /** For a PKCS#12 file; one is made up when there is none. */
  readonly passphrase?: string | undefined;
  /** Replaces a certificate that is in its place. */
  readonly renewed: boolean;
  readonly policyFolders?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

export interface Furnished {
  readonly record: BrowserRecord;
  readonly policies: readonly PolicyState[];
  /** A pass-phrase that was made up just now: to be shown once. */
  readonly passphrase: string | null;
  /** The PKCS#12 file and the gateway's root, to be imported by a person, when they were written just now. */
  readonly toImport: { readonly file: string; readonly root: string } | null;
}

/** @throws what the store and the gateway refuse with (`browser-error.ts`, `gateway-error.ts`) */
export async function furnishBrowser(options: FurnishOptions): Promise<Furnished> {
  const { directory, identity, browser, renewed } = options;
  const record = await recordFor(options);
  const isWhole = record.current !== null && record.request === null && record.former.length === 0;
  const nothing = { policies: [], passphrase: null, toImport: null };
  if (browser.kind === 'none') return { record, ...nothing };
  if (browser.kind === 'pkcs12')
    return isWhole && !renewed ? { record, ...nothing } : await furnishFile(options, record);
  const store = storeOf(browser, options.storePasswordFile);
  if (store === null) return { record, ...nothing };
  const done =
    isWhole && !renewed
      ? record
      : await certifyBrowser(
          {
            directory,
            identity,
            store,
            certify: async (request, publicKey) =>
              (await certify(identity, 'browser', request, publicKey, options.signal)).issued,
          },
          record,
        );
  return { ...nothing, record: done, policies: await policiesFor(options, done) };
}

/** The record of this browser. What an earlier run did in another one is taken out there first. */
async function recordFor(options: FurnishOptions): Promise<BrowserRecord> {
  const { directory, identity, browser } = options;
  const held = await loadBrowserRecord(directory);
  if (held !== null && held.kind === browser.kind && held.place === browser.place) return held;
  if (held !== null) {
    const store = storeOf(held, options.storePasswordFile);
    if (store !== null) await cleanStore(store, held);
  }
  const made = newBrowserRecord(browser.kind, browser.place, identity.gateway);
  await storeBrowserRecord(directory, made);
  return made;
}

async function policiesFor(
  { browser, identity, policyFolders }: FurnishOptions,
  { issuerName }: BrowserRecord,
): Promise<readonly PolicyState[]> {
  // Firefox asks a person once and remembers; what it could be told instead would show the certificate to everybody.
  if (browser.kind !== 'chromium' || issuerName === null) return [];
  return await placeSelectionPolicy(identity.gateway, issuerName, policyFolders);
}

async function furnishFile(options: FurnishOptions, record: BrowserRecord): Promise<Furnished> {
  const { directory, identity, browser, signal } = options;
  const file = browser.place ?? '';
  const passphrase = options.passphrase ?? newPassphrase();
  const issued = await makePKCS12(
    file,
    passphrase,
    async (request, publicKey) =>
      (await certify(identity, 'browser', request, publicKey, signal)).issued,
  );
  const root = rootFileOf(file);
  await writeWholeFile(root, identity.browserRoot);
  const { certificateSerialHex: serialHex, notBeforeMs, notAfterMs, issuerName } = issued;
  const nickname = `Chaperone ${issued.workstation}`;
  const current = { nickname, serialHex, notBeforeMs, notAfterMs };
  const done = { ...record, current, issuerName };
  await storeBrowserRecord(directory, done);
  return {
    record: done,
    policies: [],
    passphrase: options.passphrase === undefined ? passphrase : null,
    toImport: { file, root },
  };
}

/** Where the root is written that is imported beside a PKCS#12 file. */
export function rootFileOf(file: string): string {
  const { dir, name } = path.parse(file);
  return path.join(dir, `${name}.root.pem`);
}
