/**
 * One renewal: a new certificate for a new key, by the certificate that the cart has; and what a cart hears of its roots without
 * one. When to do it is for `renewal.ts` to say. @see RFC 7030 section 4.2.2
 *
 * The old identity stays as it is until the new one is whole on the disk. An attempt that was broken off at any point, also by
 * a power cut or a full disk, is simply made again: the key that waits is the same, and so is the certificate for it.
 */
import { createPublicKey } from 'node:crypto';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { EST_PATHS, encodeESTBody } from '@chaperone/protocol/est/est.ts';
import type { GatewayAddress } from '@chaperone/protocol/est/licence-file.ts';
import { keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import { makeCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { acceptCertificate } from './certificate-answer.ts';
import { EnrolmentAnswerRefused } from './enrolment-error.ts';
import { exchange } from './est-exchange.ts';
import { loadIdentity, storeIdentity } from './identity.ts';
import type { CartIdentity } from './identity.ts';
import { fetchTermsOrKeep } from './fetch-terms.ts';
import type { WantedTerms } from './fetch-terms.ts';
import { fetchAnchors } from './pinned-roots.ts';
import type { FetchedAnchors } from './pinned-roots.ts';
import { dropWaitingKey, holdWaitingKey } from './waiting-key.ts';

export interface RenewOptions {
  readonly directory: string;
  readonly gateway: GatewayAddress;
  readonly proxy: ProxySettings;
  readonly signal: AbortSignal;
  /** UTC. */
  readonly nowMs?: () => number;
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
  const { anchorsJWS, anchors, rootsPem } = await newerAnchors(held, options);
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
  const certificatePem = acceptCertificate(answer, {
    serial: held.serial,
    keyThumbprint: keyThumbprint(createPublicKey(key)),
    rootsPem,
    nowMs: options.nowMs?.() ?? Date.now(),
  });
  const shown = { key: keyPem, certificate: certificatePem };
  const road = { gateway, proxy, signal, rootsPem, shown };
  const licenceJWS = await fetchTermsOrKeep(directory, road, wantedTerms(held, anchors));
  await requireUnchanged(directory, held);
  await storeIdentity(directory, {
    keyPem,
    certificatePem,
    cartRootPem: rootsPem,
    anchorsJWS,
    anchors,
    licenceJWS,
  });
  await dropWaitingKey(directory, 'renewal');
  return await loadIdentity(directory);
}

/**
 * Asks which roots to believe, and takes on what is new; key and certificate stay.
 * @param mayTake is asked before anything is changed on the disk, and refuses by throwing
 * @returns the identity with what was taken, or null when there is nothing new
 * @throws as `renew`
 */
export async function takeNewRoots(
  options: RenewOptions,
  mayTake: (rootsPem: string) => Promise<void>,
): Promise<CartIdentity | null> {
  const { directory } = options;
  const held = await loadIdentity(directory);
  const { anchorsJWS, anchors, rootsPem } = await newerAnchors(held, options);
  const isNew = rootsPem !== held.cartRootPem || anchors.issuing !== held.issuingRoot;
  // A root that goes takes the certificates with it that it issued; that is for a renewal to put right, not for this.
  if (!isNew || !rootsPem.includes(held.ownRootPem)) return null;
  await mayTake(rootsPem);
  const { keyPem, certificatePem } = held;
  const shown = { key: keyPem, certificate: certificatePem };
  const road = { ...options, rootsPem, shown };
  const licenceJWS = await fetchTermsOrKeep(directory, road, wantedTerms(held, anchors));
  await requireUnchanged(directory, held);
  await storeIdentity(directory, {
    keyPem,
    certificatePem,
    cartRootPem: rootsPem,
    anchorsJWS,
    anchors,
    licenceJWS,
  });
  return await loadIdentity(directory);
}

/** Somebody may have enrolled the cart anew while the gateway was asked: that identity is the one to keep. */
async function requireUnchanged(directory: string, held: CartIdentity): Promise<void> {
  const now = await loadIdentity(directory);
  if (now.certificateSerialHex !== held.certificateSerialHex)
    throw new EnrolmentAnswerRefused('this cart was enrolled anew meanwhile');
}

function wantedTerms(held: CartIdentity, { licenceCA }: FetchedAnchors['anchors']): WantedTerms {
  return { licenceCA, serial: held.serial, held: held.licence };
}

async function newerAnchors(
  held: CartIdentity,
  { gateway, proxy, signal }: RenewOptions,
): Promise<FetchedAnchors> {
  const fetched = await fetchAnchors({ gateway, proxy, rootsPem: held.cartRootPem, signal });
  if (fetched.anchors.issuedAtMs < held.anchorsIssuedAtMs) {
    throw new EnrolmentAnswerRefused('its trust anchors are older than those of this cart');
  }
  if (fetched.anchors.licenceCA === null && held.licenceCAPem !== null)
    throw new EnrolmentAnswerRefused('its trust anchors name no licence root any more');
  return fetched;
}
