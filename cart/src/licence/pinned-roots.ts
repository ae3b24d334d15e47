/**
 * Which roots a cart believes: one, or two while the service centre changes its root. Decision 0017.
 *
 * The newest root that a cart holds says which ones count, by its signature on the anchors; so whoever got hold of an older
 * root's key changes nothing at a cart that has heard of a newer one. A root comes in behind one that the cart holds already,
 * never before it, and what was let go does not come back. Whoever has slept through a whole change enrols again.
 */
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { readAnchors } from '@chaperone/protocol/est/anchors.ts';
import type { Anchors } from '@chaperone/protocol/est/anchors.ts';
import { EST_PATHS } from '@chaperone/protocol/est/est.ts';
import type { GatewayAddress } from '@chaperone/protocol/est/licence-file.ts';
import { judgeCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { ReadCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { EnrolmentAnswerRefused } from './enrolment-error.ts';
import { exchange } from './est-exchange.ts';

/** Two at a time, and one that comes while another one goes. */
const ROOTS_MAX = 2;

/** What a cart holds: PEM of its roots, the oldest first. */
export interface PinnedGateway {
  readonly gateway: GatewayAddress;
  readonly proxy: ProxySettings;
  readonly rootsPem: string;
  readonly signal: AbortSignal;
}

export interface FetchedAnchors {
  readonly anchorsJWS: string;
  readonly anchors: Anchors;
  /** PEM of the roots to hold from now on, the oldest first. */
  readonly rootsPem: string;
}

/** Reads the roots of PEM text, the oldest first; undefined when there are none or more than a cart ever holds. */
export function readRoots(
  pem: string,
): readonly [ReadCertificate, ...ReadCertificate[]] | undefined {
  const [first, ...others] = decodePEM('CERTIFICATE', pem).map(readCertificate);
  if (first === undefined || others.length >= ROOTS_MAX) return undefined;
  return [first, ...others];
}

/** The root among these that issued a certificate; undefined when none did. Time is not judged. */
export function issuerAmong(
  certificate: ReadCertificate,
  roots: readonly ReadCertificate[],
): ReadCertificate | undefined {
  return roots.find((root) => {
    try {
      judgeCertificate(certificate, root, certificate.purpose, certificate.notBeforeMs);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Fetches what the newest held root says to believe.
 * @throws EnrolmentAnswerRefused, and what `exchange` throws
 */
export async function fetchAnchors(pinned: PinnedGateway): Promise<FetchedAnchors> {
  const { gateway, proxy, rootsPem, signal } = pinned;
  const newest = readRoots(rootsPem)?.at(-1);
  if (newest === undefined) throw new EnrolmentAnswerRefused('this cart holds no root');
  const path = `${EST_PATHS.anchors}?root=${newest.fingerprint}`;
  const jws = await exchange({ gateway, proxy, path, cartRoot: rootsPem, signal });
  let anchors: Anchors;
  try {
    anchors = await readAnchors(jws, newest.der);
  } catch (cause) {
    throw new EnrolmentAnswerRefused('its trust anchors are not signed by its root', { cause });
  }
  return { anchorsJWS: jws.trim(), anchors, rootsPem: nextRoots(rootsPem, newest, anchors) };
}

/** The held roots that still count, the newest held one, and what comes behind it. */
function nextRoots(rootsPem: string, newest: ReadCertificate, anchors: Anchors): string {
  const held = new Set(readRoots(rootsPem)?.map(({ fingerprint }) => fingerprint));
  const named = anchorRoots(anchors);
  const own = named.findIndex(({ fingerprint }) => fingerprint === newest.fingerprint);
  return named
    .filter(({ fingerprint }, at) => held.has(fingerprint) || at > own)
    .map(({ der }) => encodePEM('CERTIFICATE', der))
    .join('');
}

/** The roots that anchors name, the oldest first. */
export function anchorRoots({ roots }: Anchors): readonly ReadCertificate[] {
  return roots.flatMap((pem) => decodePEM('CERTIFICATE', pem).map(readCertificate));
}
