/**
 * Redeems a licence code: the program gets its certificate, then the browser gets its own.
 *
 * What a person typed, and whether the browser's store will take anything, is judged before the code is used up. Broken off
 * at any point, the same call goes on where it was.
 */
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { parseFingerprint } from '@chaperone/protocol/est/licence-file.ts';
import { makeKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { hashLicenceCode } from '@chaperone/protocol/x509/licence-code-hash.ts';
import { loadBrowserRecord } from '../browser/browser-record.ts';
import { chooseBrowser, prepareBrowser } from '../browser/choose-browser.ts';
import type { BrowserWish } from '../browser/choose-browser.ts';
import { parseGatewayAddress } from '../gateway/address.ts';
import type { GatewayAddress } from '../gateway/address.ts';
import { redeem } from '../gateway/routes.ts';
import { findRoot } from '../gateway/trusted-root.ts';
import type { RootSaid } from '../gateway/trusted-root.ts';
import { loadIdentity, storeIdentity } from '../identity/identity.ts';
import type { Identity } from '../identity/identity.ts';
import { AlreadyEnrolled, NotEnrolled } from '../identity/identity-error.ts';
import { dropWaitingKey, holdWaitingKey } from '../identity/waiting-key.ts';
import { holdDataDirectory } from '../platform/data-directory.ts';
import { furnishBrowser } from './furnish-browser.ts';
import type { Furnished } from './furnish-browser.ts';

export interface EnrolOptions {
  /** The program's data directory. */
  readonly directory: string;
  /** As typed. */
  readonly gateway: string;
  /** As typed. */
  readonly licenceCode: string;
  readonly root: RootSaid;
  readonly browser: BrowserWish;
  readonly storePasswordFile?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly policyFolders?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

export interface Enrolled extends Furnished {
  readonly identity: Identity;
}

/**
 * @throws MistypedLicenceCode, GatewayAddressInvalid and MalformedLicenceFile (fingerprint) before anything else, DataDirectoryBusy, AlreadyEnrolled, what the
 *   browser's store refuses with before the network is asked, then what the gateway refuses with, and the signal's reason
 */
export async function enrol(options: EnrolOptions): Promise<Enrolled> {
  const { directory, signal, storePasswordFile } = options;
  const code = parseLicenceCode(options.licenceCode);
  const gateway = parseGatewayAddress(options.gateway);
  if ('fingerprint' in options.root) parseFingerprint(options.root.fingerprint);
  await using _ = await holdDataDirectory(directory);
  const held = await heldIdentity(directory);
  const isSame = held?.licenceCodeHash === hashLicenceCode(code) && held.gateway === gateway.origin;
  if (held !== null && !isSame) throw new AlreadyEnrolled(held.workstation, held.gateway);
  const browser = await chooseBrowser(options.browser, await loadBrowserRecord(directory));
  await prepareBrowser(browser, storePasswordFile);
  const identity = held ?? (await redeemCode(options, gateway, code));
  await dropWaitingKey(directory, 'enrolment');
  const { passphrase, policyFolders } = options;
  const furnishing = { storePasswordFile, passphrase, policyFolders, renewed: false, signal };
  return { identity, ...(await furnishBrowser({ directory, identity, browser, ...furnishing })) };
}

async function redeemCode(
  { directory, root, signal }: EnrolOptions,
  gateway: GatewayAddress,
  code: LicenceCode,
): Promise<Identity> {
  const browserRoot = await findRoot(root, gateway, signal);
  const licenceCodeHash = hashLicenceCode(code);
  const { privateKey, key } = await holdWaitingKey(directory, 'enrolment', licenceCodeHash);
  const request = makeKeyCertificationRequest('Chaperone workstation', privateKey);
  const { origin } = gateway;
  const asked = { gateway: origin, browserRoot };
  const { label, chain, issued } = await redeem(asked, code, request, privateKey, signal);
  const { workstation } = issued;
  const parts = { gateway: origin, workstation, label, licenceCodeHash, browserRoot, key, chain };
  return await storeIdentity(directory, parts);
}

async function heldIdentity(directory: string): Promise<Identity | null> {
  try {
    return await loadIdentity(directory);
  } catch (fault) {
    if (fault instanceof NotEnrolled) return null;
    throw fault;
  }
}
