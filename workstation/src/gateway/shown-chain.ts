/**
 * What certificates somebody shows, looked at before anything is believed and without saying anything.
 *
 * It finds the root whose fingerprint a person was given, and names who issued a certificate that is not from it.
 */
import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { DetailedPeerCertificate } from 'node:tls';
import type { GatewayAddress } from './address.ts';
import { GatewayUnreachable } from './gateway-error.ts';
import { printable } from './problem.ts';

export interface ShownCertificate {
  readonly der: Uint8Array;
  /** SHA-256, lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Who issued it, for a person. */
  readonly issuer: string;
}

/** No chain of a sensible server is longer. */
const CHAIN_LENGTH_MAX = 10;
const HANDSHAKE_TIMEOUT_MS = 30_000;

/** Gives the chain, leaf first. @throws GatewayUnreachable, and the signal's reason */
export async function shownChain(
  { origin, host, port }: GatewayAddress,
  signal: AbortSignal,
): Promise<readonly ShownCertificate[]> {
  const socket = connect({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ALPNProtocols: ['http/1.1'],
    // Nothing is sent over this connection, and nothing that comes is used but by its fingerprint.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
  });
  socket.on('error', () => undefined);
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS)]);
    await once(socket, 'secureConnect', { signal: limit });
    return chainOf(socket.getPeerCertificate(true));
  } catch (cause) {
    signal.throwIfAborted();
    throw new GatewayUnreachable(origin, { cause });
  } finally {
    socket.destroy();
  }
}

function chainOf(leaf: DetailedPeerCertificate): readonly ShownCertificate[] {
  const chain: ShownCertificate[] = [];
  let certificate: DetailedPeerCertificate | undefined = leaf;
  while (certificate?.raw !== undefined && chain.length < CHAIN_LENGTH_MAX) {
    chain.push({
      der: new Uint8Array(certificate.raw),
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      issuer: nameOf(certificate.issuer),
    });
    const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    // A root is its own issuer.
    certificate = issuer === certificate ? undefined : issuer;
  }
  return chain;
}

function nameOf(name: DetailedPeerCertificate['issuer'] | undefined): string {
  // Node gives a list where a name has several of one kind.
  const said = [name?.CN, name?.O].flat().filter((part) => part !== undefined && part !== '');
  return said.length === 0 ? 'nobody' : printable(said.join(', '));
}
