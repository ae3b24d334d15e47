/** How a cart gets the terms of its licence: by its certificate, believed by the licence root alone. Decision 0016. */
import { LicenceRetired } from '@chaperone/domain/licence/licence.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { EST_PATHS } from '@chaperone/protocol/est/est.ts';
import type { GatewayAddress } from '@chaperone/protocol/est/licence-file.ts';
import { readLicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import { EnrolmentAnswerRefused } from './enrolment-error.ts';
import { exchange } from './est-exchange.ts';
import { loadIdentity, readLicenceJWS, single, storeLicence } from './identity.ts';
import type { HeldLicence } from './identity.ts';
import { refusedTerms } from './terms-rule.ts';
import type { TermsBound } from './terms-rule.ts';

/** Where terms are asked for, and by whom. */
interface Road {
  readonly gateway: GatewayAddress;
  readonly proxy: ProxySettings;
  /** PEM of the pinned roots. */
  readonly rootsPem: string;
  readonly shown: { readonly key: string; readonly certificate: string };
  readonly signal: AbortSignal;
}

/** What is taken. */
export interface WantedTerms extends TermsBound {
  /** PEM of the licence root, which the pinned root vouches for; null when the gateway knows no terms. */
  readonly licenceCA: string | null;
}

/**
 * Fetches signed terms and checks them.
 * @returns null when there is no licence root
 * @throws EnrolmentAnswerRefused, and what `exchange` throws
 */
export async function fetchTerms(
  { gateway, proxy, rootsPem, shown, signal }: Road,
  { licenceCA, ...bound }: WantedTerms,
): Promise<string | null> {
  if (licenceCA === null) return null;
  const jws = (
    await exchange({ gateway, proxy, shown, signal, path: EST_PATHS.licence, cartRoot: rootsPem })
  ).trim();
  const terms = await readLicenceStatement(jws, single(licenceCA)).catch((cause: unknown) => {
    throw new EnrolmentAnswerRefused('its licence is not signed by the licence root', { cause });
  });
  const refusal = refusedTerms(terms, bound);
  if (refusal !== null) throw new EnrolmentAnswerRefused(refusal);
  return jws;
}

/** As {@link fetchTerms}; a retired licence has no later terms, and those that are held stay. */
export async function fetchTermsOrKeep(
  directory: string,
  road: Road,
  wanted: WantedTerms,
): Promise<string | null> {
  try {
    return await fetchTerms(road, wanted);
  } catch (fault) {
    if (!(fault instanceof LicenceRetired) || wanted.held === null) throw fault;
    return await readLicenceJWS(directory);
  }
}

/**
 * Asks for later terms of this cart's licence, by the certificate that it has, and keeps them.
 * @returns what is held afterwards; null when the gateway that gave the identity knew no terms, until the next renewal
 * @throws NotEnrolled, IdentityDamaged, LicenceRetired, GatewayNotVerified, EnrolmentUnreachable, EnrolmentRefused,
 *   EnrolmentAnswerRefused, and the signal's reason
 */
export async function refreshLicence(
  asked: Pick<Road, 'gateway' | 'proxy' | 'signal'> & { readonly directory: string },
): Promise<HeldLicence | null> {
  const { directory } = asked;
  const identity = await loadIdentity(directory);
  const { licence: held, licenceCAPem: licenceCA, serial, keyPem, certificatePem } = identity;
  if (held === null) return null;
  const shown = { key: keyPem, certificate: certificatePem };
  const road = { ...asked, rootsPem: identity.cartRootPem, shown };
  const jws = await fetchTerms(road, { licenceCA, serial, held });
  if (jws !== null) await storeLicence(directory, jws);
  return (await loadIdentity(directory)).licence;
}
