/** The one root that is believed of the gateway: from a file, or by the fingerprint that stands on the licence. */
import { X509Certificate } from 'node:crypto';
import { parseFingerprint } from '@chaperone/protocol/est/licence-file.ts';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { readNamedFile } from '../platform/small-file.ts';
import type { GatewayAddress } from './address.ts';
import { GatewayOfAnotherRoot, RootInvalid } from './gateway-error.ts';
import { shownChain } from './shown-chain.ts';

/** How a person says which root it is. */
export type RootSaid = { readonly file: string } | { readonly fingerprint: string };

/**
 * Gives the root as PEM. Nothing is trusted at first use: without file or fingerprint there is no root.
 * @throws RootInvalid, FileUnreadable, MalformedLicenceFile for a fingerprint that is none, GatewayUnreachable,
 *   GatewayOfAnotherRoot, and the signal's reason
 */
export async function findRoot(
  said: RootSaid,
  gateway: GatewayAddress,
  signal: AbortSignal,
): Promise<string> {
  if ('file' in said) return readRoot(await readNamedFile(said.file));
  const fingerprint = parseFingerprint(said.fingerprint);
  const chain = await shownChain(gateway, signal);
  const root = chain.find((certificate) => certificate.fingerprint.startsWith(fingerprint));
  const issuer = chain.at(-1)?.issuer ?? 'nobody';
  if (root === undefined) throw new GatewayOfAnotherRoot(gateway.origin, issuer);
  return readRoot(encodePEM('CERTIFICATE', root.der));
}

/** Reads a root of ours. @param text PEM with one certificate @throws RootInvalid */
export function readRoot(text: string): string {
  try {
    const [der, second] = decodePEM('CERTIFICATE', text);
    if (der === undefined || second !== undefined) throw new RootInvalid('one certificate only');
    if (readCertificate(der).purpose !== 'authority') throw new RootInvalid('no authority');
    return new X509Certificate(der).toString();
  } catch (cause) {
    throw new RootInvalid(
      'This is not the root certificate of a gateway: give the file with its one certificate (PEM), or its fingerprint.',
      { cause },
    );
  }
}
