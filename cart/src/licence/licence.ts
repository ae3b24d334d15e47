/**
 * How a cart gets its identity, and keeps it: enrolment with a one-time licence code, and renewal. @see RFC 7030
 *
 * Enrolment trusts nothing but the licence: the gateway's root must have the licence's fingerprint before the code is
 * sent, and everything after that runs on connections with this root pinned. What can fail without the code is tried
 * first; the certificate comes last. An attempt that was broken off at any point is simply made again.
 */
import { createPublicKey } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { Anchors } from '@chaperone/protocol/est/anchors.ts';
import { EST_PATHS, encodeESTBody } from '@chaperone/protocol/est/est.ts';
import { parseFingerprint } from '@chaperone/protocol/est/licence-file.ts';
import type { AnchorsFloor, GatewayAddress } from '@chaperone/protocol/est/licence-file.ts';
import { keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { ReadCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { makeCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { acceptCertificate, certificatesIn, readAnswered } from './certificate-answer.ts';
import {
  AlreadyEnrolled,
  EnrolmentAnswerRefused,
  IdentityDamaged,
  NotEnrolled,
  RootFingerprintMismatch,
} from './enrolment-error.ts';
import { exchange } from './est-exchange.ts';
import { fetchTerms } from './fetch-terms.ts';
import { hasIdentity, loadIdentity, single, storeIdentity } from './identity.ts';
import type { CartIdentity, HeldLicence } from './identity.ts';
import { fetchAnchors } from './pinned-roots.ts';
import type { PinnedGateway } from './pinned-roots.ts';
import { dropWaitingKey, holdWaitingKey } from './waiting-key.ts';

export * from './enrolment-error.ts';
export { hasIdentity, loadIdentity } from './identity.ts';
export { refreshLicence } from './fetch-terms.ts';
export { LicenceForAnotherCart, prestage, readLicenceFor } from './prestage.ts';
export type { PrestageOptions } from './prestage.ts';
export {
  anchorsFloor,
  dropWaitingLicence,
  keepWaitingLicence,
  readWaitingLicence,
  WaitingLicenceDamaged,
} from './waiting-licence.ts';
export type { WaitingLicence } from './waiting-licence.ts';
export type { CartIdentity, HeldLicence } from './identity.ts';
export { isRefused } from './is-refused.ts';
export { LicenceInForce, mayDialForLicence } from './licence-in-force.ts';
export { renew } from './renew.ts';
export type { RenewOptions } from './renew.ts';
export { RENEWAL_MODES, Renewal, isRenewalDue } from './renewal.ts';
export type { RenewalMode, RenewalStanding, SessionStanding } from './renewal.ts';

export interface EnrolOptions {
  /** The agent's data directory. */
  readonly directory: string;
  readonly gateway: GatewayAddress;
  readonly proxy: ProxySettings;
  /** As on the cart's plate. */
  readonly serial: string;
  /** As typed. */
  readonly licenceCode: string;
  /** SHA-256 of the cart root as on the licence: all 64 hexadecimal digits, or at least the first 20. */
  readonly rootFingerprint: string;
  readonly signal: AbortSignal;
  /** Id of the licence that the code is of, where a file says it; then no other licence is taken. */
  readonly licence?: string | null;
  /** What the root said when that file was made; null where the code was typed. */
  readonly anchors?: AnchorsFloor | null;
  /** Allows exchanging an identity that is there already. */
  readonly replace?: boolean;
  /** Called right before the code is sent: until then nothing is lost by breaking off. */
  readonly onSending?: () => void;
  /** Called when all that makes the identity is there, before it is on the disk. */
  readonly onGranted?: () => Promise<void>;
  /** UTC. */
  readonly nowMs?: () => number;
}

/**
 * Enrols the cart: makes its key here, and gets it certified.
 * @throws MistypedLicenceCode before the network is asked, AlreadyEnrolled, RootFingerprintMismatch before the code is
 *   sent, GatewayNotVerified, EnrolmentUnreachable, LicenceUnknown, LicenceUsed, LicenceExpired, LicenceRetired,
 *   LicenceSerialMismatch, EnrolmentRefused, EnrolmentAnswerRefused, MalformedId, MalformedLicenceFile, and the
 *   signal's reason
 */
export async function enrol(options: EnrolOptions): Promise<CartIdentity> {
  const { directory, gateway, proxy, signal } = options;
  const code = parseLicenceCode(options.licenceCode);
  const serial = parseCartSerial(options.serial);
  const fingerprint = parseFingerprint(options.rootFingerprint);
  if (options.replace !== true && (await hasIdentity(directory))) throw new AlreadyEnrolled();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const root = await fetchRoot({ gateway, proxy, signal }, fingerprint);
  const rootPem = encodePEM('CERTIFICATE', root.der);
  const pinned = { gateway, proxy, rootsPem: rootPem, signal };
  const { anchorsJWS, anchors, rootsPem } = await fetchAnchors(pinned);
  // Anchors of before there were licence roots are public and rightly signed: whoever took them had every right, for ever.
  if (anchors.licenceCA === null)
    throw new EnrolmentAnswerRefused('its trust anchors are of before there were licence roots');
  if (isBehind(anchors, options.anchors ?? null))
    throw new EnrolmentAnswerRefused('its trust anchors are older than those of the licence file');
  const { key, keyPem } = await holdWaitingKey(directory, 'enrolment');
  signal.throwIfAborted();
  options.onSending?.();
  const answer = await exchange({
    gateway,
    proxy,
    path: EST_PATHS.simpleenroll,
    cartRoot: rootsPem,
    headers: { Authorization: `Basic ${Buffer.from(`${serial}:${code}`).toString('base64')}` },
    body: encodeESTBody(makeCertificationRequest(serial, key)),
    signal,
  });
  const certificatePem = acceptCertificate(answer, {
    serial,
    keyThumbprint: keyThumbprint(createPublicKey(key)),
    rootsPem,
    nowMs: options.nowMs?.() ?? Date.now(),
  });
  const cartRootPem = rootsPem;
  const shown = { key: keyPem, certificate: certificatePem };
  const licenceJWS = await fetchTerms(
    { ...pinned, rootsPem, shown },
    {
      ...{ licenceCA: anchors.licenceCA, serial },
      held: await heldUnder(anchors.licenceCA, directory),
      redeemed: {
        licence: options.licence ?? null,
        certifiedUtcMs: readPeerCertificate(single(certificatePem)).notBeforeMs,
      },
    },
  );
  const parts = { keyPem, certificatePem, cartRootPem, anchorsJWS, anchors, licenceJWS };
  await options.onGranted?.();
  await storeIdentity(directory, parts);
  await dropWaitingKey(directory, 'enrolment');
  return await loadIdentity(directory);
}

/** The licence root that signed the file signs the terms, too. */
function isBehind(anchors: Anchors, floor: AnchorsFloor | null): boolean {
  if (floor === null) return false;
  return anchors.issuedAtMs < floor.issuedUtcMs || anchors.licenceCA !== floor.licenceCA;
}

/** The terms that the cart holds by this licence root; those of another service centre say nothing about later and earlier here. */
async function heldUnder(licenceCA: string, directory: string): Promise<HeldLicence | null> {
  try {
    const { licence, licenceCAPem } = await loadIdentity(directory);
    return licenceCAPem === licenceCA ? licence : null;
  } catch (fault) {
    // None, or one that is damaged: to be enrolled anew is what mends it.
    if (fault instanceof NotEnrolled || fault instanceof IdentityDamaged) return null;
    throw fault;
  }
}

/** Fetches the root over a connection that proves nothing, and believes it by its fingerprint alone. RFC 7030 4.1.1 */
async function fetchRoot(
  at: Pick<PinnedGateway, 'gateway' | 'proxy' | 'signal'>,
  fingerprint: string,
): Promise<ReadCertificate> {
  const answer = await exchange({ ...at, path: EST_PATHS.cacerts });
  for (const der of certificatesIn(answer)) {
    const root = readAnswered(() => readCertificate(der));
    if (root.fingerprint.startsWith(fingerprint) && root.purpose === 'authority') return root;
  }
  throw new RootFingerprintMismatch();
}
