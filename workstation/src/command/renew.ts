/**
 * Renews what has passed two thirds of its life: the program's certificate, then the browser's. Called often, it mostly finds
 * nothing to do; it suits a timer that runs daily.
 *
 * The new one is in its place before the old one goes, here and at the gateway, which keeps the old one until the next
 * renewal. Each certificate gets a new key.
 */
import { makeKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { loadBrowserRecord } from '../browser/browser-record.ts';
import type { BrowserRecord } from '../browser/browser-record.ts';
import { certify } from '../gateway/routes.ts';
import { loadIdentity, storeIdentity } from '../identity/identity.ts';
import type { Identity } from '../identity/identity.ts';
import { IdentityExpired } from '../identity/identity-error.ts';
import { isRenewalDue } from '../identity/renewal-due.ts';
import { dropWaitingKey, holdWaitingKey } from '../identity/waiting-key.ts';
import { holdDataDirectory } from '../platform/data-directory.ts';
import { furnishBrowser } from './furnish-browser.ts';
import type { Furnished } from './furnish-browser.ts';

export interface RenewOptions {
  readonly directory: string;
  /** Renews what is not due yet, too. */
  readonly force: boolean;
  readonly storePasswordFile?: string | undefined;
  /** For a PKCS#12 file. */
  readonly passphrase?: string | undefined;
  /** Whether a made-up pass-phrase would be seen by a person; a timer's log is no place for it. */
  readonly isAttended: boolean;
  readonly policyFolders?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** UTC. */
  readonly nowMs?: () => number;
}

export interface Renewed {
  readonly identity: Identity;
  readonly program: 'renewed' | 'not-due';
  /** `by-hand`: a PKCS#12 file is due, and nobody is there to take its pass-phrase. */
  readonly browser: 'renewed' | 'not-due' | 'none' | 'by-hand';
  readonly furnished: Furnished | null;
}

/**
 * @throws NotEnrolled, IdentityDamaged, IdentityExpired, DataDirectoryBusy, what the gateway and the browser's store refuse
 *   with, and the signal's reason
 */
export async function renew(options: RenewOptions): Promise<Renewed> {
  const { directory, force } = options;
  const nowMs = options.nowMs?.() ?? Date.now();
  await using _ = await holdDataDirectory(directory);
  let identity = await loadIdentity(directory);
  if (nowMs > identity.notAfterMs) throw new IdentityExpired(identity.notAfterMs);
  const isProgramDue = force || isRenewalDue(identity, nowMs);
  if (isProgramDue) identity = await renewProgram(identity, options);
  const program = isProgramDue ? 'renewed' : 'not-due';
  const record = await loadBrowserRecord(directory);
  if (record === null || record.kind === 'none')
    return { identity, program, browser: 'none', furnished: null };
  if (!force && !isBrowserDue(record, nowMs))
    return { identity, program, browser: 'not-due', furnished: null };
  const isSeen = options.isAttended || options.passphrase !== undefined;
  if (record.kind === 'pkcs12' && !isSeen)
    return { identity, program, browser: 'by-hand', furnished: null };
  const { storePasswordFile, passphrase, policyFolders, signal } = options;
  const furnishing = { storePasswordFile, passphrase, policyFolders, renewed: true, signal };
  const furnished = await furnishBrowser({ directory, identity, browser: record, ...furnishing });
  return { identity, program, browser: 'renewed', furnished };
}

/** Tells whether the browser's certificate is to be renewed, or an earlier run was broken off. */
export function isBrowserDue({ current, request, former }: BrowserRecord, nowMs: number): boolean {
  const isWhole = current !== null && request === null && former.length === 0;
  return !isWhole || isRenewalDue(current, nowMs);
}

async function renewProgram(
  identity: Identity,
  { directory, signal }: RenewOptions,
): Promise<Identity> {
  const occasion = identity.certificateSerialHex;
  const { privateKey, key } = await holdWaitingKey(directory, 'renewal', occasion);
  const request = makeKeyCertificationRequest('Chaperone workstation', privateKey);
  const { chain } = await certify(identity, 'program', request, privateKey, signal);
  const { gateway, workstation, label, licenceCodeHash, browserRoot } = identity;
  const kept = { gateway, workstation, label, licenceCodeHash, browserRoot };
  const renewed = await storeIdentity(directory, { ...kept, key, chain });
  await dropWaitingKey(directory, 'renewal');
  return renewed;
}
