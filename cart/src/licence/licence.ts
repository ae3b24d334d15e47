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
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { readAnchors } from '@chaperone/protocol/est/anchors.ts';
import type { Anchors } from '@chaperone/protocol/est/anchors.ts';
import { readCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import {
  EST_ANSWER_CHARACTERS_MAX,
  EST_PATHS,
  decodeESTBody,
  encodeESTBody,
} from '@chaperone/protocol/est/est.ts';
import { parseFingerprint } from '@chaperone/protocol/est/licence-file.ts';
import type { GatewayAddress } from '@chaperone/protocol/est/licence-file.ts';
import { keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import { judgeCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { ReadCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { makeCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import {
  AlreadyEnrolled,
  EnrolmentAnswerRefused,
  RootFingerprintMismatch,
} from './enrolment-error.ts';
import { exchange } from './est-exchange.ts';
import { hasIdentity, loadIdentity, single, storeIdentity } from './identity.ts';
import type { CartIdentity } from './identity.ts';
import { dropWaitingKey, holdWaitingKey } from './waiting-key.ts';

export * from './enrolment-error.ts';
export { hasIdentity, loadIdentity } from './identity.ts';
export type { CartIdentity } from './identity.ts';

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
  /** Allows exchanging an identity that is there already. */
  readonly replace?: boolean;
  /** UTC. */
  readonly nowMs?: () => number;
}

export interface RenewOptions {
  readonly directory: string;
  readonly gateway: GatewayAddress;
  readonly proxy: ProxySettings;
  readonly signal: AbortSignal;
  readonly nowMs?: () => number;
}

/** A pinned root and where it answers. */
interface PinnedGateway {
  readonly gateway: GatewayAddress;
  readonly proxy: ProxySettings;
  readonly root: ReadCertificate;
  readonly rootPem: string;
  readonly signal: AbortSignal;
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
  const pinned = { gateway, proxy, root, rootPem: encodePEM('CERTIFICATE', root.der), signal };
  const { anchorsJWS, anchors } = await fetchAnchors(pinned);
  const { key, keyPem } = await holdWaitingKey(directory, 'enrolment');
  const answer = await exchange({
    gateway,
    proxy,
    path: EST_PATHS.simpleenroll,
    cartRoot: pinned.rootPem,
    headers: { Authorization: `Basic ${Buffer.from(`${serial}:${code}`).toString('base64')}` },
    body: encodeESTBody(makeCertificationRequest(serial, key)),
    signal,
  });
  const certificatePem = accept(answer, {
    serial,
    keyThumbprint: keyThumbprint(createPublicKey(key)),
    root,
    nowMs: options.nowMs?.() ?? Date.now(),
  });
  const cartRootPem = pinned.rootPem;
  await storeIdentity(directory, { keyPem, certificatePem, cartRootPem, anchorsJWS, anchors });
  await dropWaitingKey(directory, 'enrolment');
  return await loadIdentity(directory);
}

/**
 * Gets the cart a new certificate, for a new key, by the certificate that it has. The old one stays in force until the
 * next renewal, so it may be called again whenever it failed.
 * @throws NotEnrolled, IdentityDamaged, GatewayNotVerified, EnrolmentUnreachable, EnrolmentRefused,
 *   EnrolmentAnswerRefused, and the signal's reason
 */
export async function renew(options: RenewOptions): Promise<CartIdentity> {
  const { directory, gateway, proxy, signal } = options;
  const held = await loadIdentity(directory);
  const root = readCertificate(single(held.cartRootPem));
  const pinned = { gateway, proxy, root, rootPem: held.cartRootPem, signal };
  const { anchorsJWS, anchors } = await fetchAnchors(pinned);
  if (anchors.issuedAtMs < held.anchorsIssuedAtMs) {
    throw new EnrolmentAnswerRefused('its trust anchors are older than those of this cart');
  }
  const { key, keyPem } = await holdWaitingKey(directory, 'renewal');
  const answer = await exchange({
    gateway,
    proxy,
    path: EST_PATHS.simplereenroll,
    cartRoot: held.cartRootPem,
    shown: { key: held.keyPem, certificate: held.certificatePem },
    body: encodeESTBody(makeCertificationRequest(held.serial, key)),
    signal,
  });
  const certificatePem = accept(answer, {
    serial: held.serial,
    keyThumbprint: keyThumbprint(createPublicKey(key)),
    root,
    nowMs: options.nowMs?.() ?? Date.now(),
  });
  const { cartRootPem } = held;
  await storeIdentity(directory, { keyPem, certificatePem, cartRootPem, anchorsJWS, anchors });
  await dropWaitingKey(directory, 'renewal');
  return await loadIdentity(directory);
}

/** Tells whether the last third of the certificate's life has begun. @param nowMs UTC */
export function isRenewalDue(identity: CartIdentity, nowMs: number): boolean {
  const lifeMs = identity.notAfterMs - identity.notBeforeMs;
  return nowMs >= identity.notAfterMs - lifeMs / 3;
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

async function fetchAnchors(
  pinned: PinnedGateway,
): Promise<{ readonly anchorsJWS: string; readonly anchors: Anchors }> {
  const { gateway, proxy, root, rootPem, signal } = pinned;
  const at = { gateway, proxy, signal };
  const jws = await exchange({ ...at, path: EST_PATHS.anchors, cartRoot: rootPem });
  try {
    return { anchorsJWS: jws.trim(), anchors: await readAnchors(jws, root.der) };
  } catch (cause) {
    throw new EnrolmentAnswerRefused('its trust anchors are not signed by its root', { cause });
  }
}

/** Accepts a certificate for this cart and this key, from this root, and nothing else. */
function accept(
  answer: string,
  expected: {
    readonly serial: CartSerial;
    readonly keyThumbprint: string;
    readonly root: ReadCertificate;
    readonly nowMs: number;
  },
): string {
  const [der, second] = certificatesIn(answer);
  if (der === undefined || second !== undefined)
    throw new EnrolmentAnswerRefused('not one certificate');
  const certificate = readAnswered(() => readPeerCertificate(der));
  if (certificate.serial !== expected.serial) {
    throw new EnrolmentAnswerRefused('its certificate is for another serial number');
  }
  if (certificate.keyThumbprint !== expected.keyThumbprint) {
    throw new EnrolmentAnswerRefused('its certificate is for another key');
  }
  try {
    judgeCertificate(certificate, expected.root, 'peer', expected.nowMs);
  } catch (cause) {
    throw new EnrolmentAnswerRefused(
      "its certificate is not from the licence's root, or not in time",
      { cause },
    );
  }
  return encodePEM('CERTIFICATE', der);
}

function certificatesIn(answer: string): readonly Uint8Array[] {
  return readAnswered(() => readCertificatesOnly(decodeESTBody(answer, EST_ANSWER_CHARACTERS_MAX)));
}

function readAnswered<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new EnrolmentAnswerRefused('it cannot be read', { cause });
  }
}
