/**
 * Looks at who answers: one TLS handshake that believes nobody and gives nothing of the cart away, so that an impostor can be
 * named. What it means is judged by the steps.
 */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import type { ConnectionOptions, DetailedPeerCertificate } from 'node:tls';
import { EST_ALPN } from '@chaperone/protocol/est/est.ts';
import { openRoad } from '../road/road.ts';
import type { RoadMemory, RoadSettings } from '../road/road.ts';

export type Look =
  | {
      readonly kind: 'shown';
      readonly protocol: string;
      /** As it was sent, the server's own first. */
      readonly chain: readonly [X509Certificate, ...X509Certificate[]];
      /** The cart's own address on this connection: it tells which interface carried it. */
      readonly localAddress: string | null;
    }
  /** Connected, and then not one byte. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'broken-off'; readonly error: string }
  /** Something else than TLS came back. */
  | { readonly kind: 'not-tls'; readonly error: string };

/** The server's flight is one round trip; TCP repeats what was lost at 0.2, 0.6, 1.4 and 3 s. The edge closes at 5 s. */
const HANDSHAKE_MS = 4000;
/** Who closes after so long a silence has waited for something that did not come: it is silence all the same. */
const PATIENCE_MS = 2000;
const SHORT_MS = 3000;
/** A chain of an inspecting firewall has three or four. */
const CHAIN_MAX = 8;
const SPEAKS_OTHERWISE =
  /WRONG_VERSION|PACKET_LENGTH|BAD_RECORD_TYPE|HTTP_REQUEST|UNEXPECTED_MESSAGE/;

/** A road, and what is remembered of it. */
export interface Way {
  readonly road: RoadSettings;
  readonly memory: RoadMemory;
}

/** Looks once. @throws what opening the road throws, and the signal's reason */
export async function takeLook(way: Way, signal: AbortSignal): Promise<Look> {
  const { answer } = await shake(way, { minVersion: 'TLSv1.2' }, HANDSHAKE_MS, signal);
  return answer;
}

/**
 * Tells which way long packets are lost, after a look that found silence: asks again with a hello that fits into any packet.
 * The first question's answer is an alert of a few bytes, the second's is as long as that of a look.
 * @returns null: short packets are not answered either
 */
export async function longPacketsLost(
  way: Way,
  signal: AbortSignal,
): Promise<'out' | 'in' | 'either way' | null> {
  const small = { ecdhCurve: 'X25519' } as const;
  const [alert, whole] = await Promise.all([
    shake(way, { ...small, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, SHORT_MS, signal),
    shake(way, { ...small, minVersion: 'TLSv1.3' }, SHORT_MS, signal),
  ]);
  if (whole.answer.kind === 'shown') return 'out';
  if (alert.answer.kind === 'silent') return null;
  return alert.isAnswered ? 'either way' : null;
}

async function shake(
  { road, memory }: Way,
  how: ConnectionOptions,
  limitMs: number,
  signal: AbortSignal,
): Promise<{ readonly answer: Look; readonly isAnswered: boolean }> {
  const { socket } = await openRoad(road, signal, memory);
  const before = socket.bytesRead;
  try {
    const answer = await shakeOn(socket, road.gateway.serverName, how, limitMs, signal);
    signal.throwIfAborted();
    return { answer, isAnswered: socket.bytesRead > before || answer.kind !== 'silent' };
  } finally {
    socket.destroy();
  }
}

function shakeOn(
  socket: Socket,
  servername: string,
  how: ConnectionOptions,
  limitMs: number,
  signal: AbortSignal,
): Promise<Look> {
  return new Promise((resolve) => {
    // Bytes that a proxy's answer brought along are read already.
    const before = socket.bytesRead;
    const secured = tls.connect({
      ...how,
      socket,
      servername,
      ALPNProtocols: [EST_ALPN],
      rejectUnauthorized: false,
    });
    const settle = (look: Look): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onLate);
      secured.destroy();
      resolve(look);
    };
    const beganMs = performance.now();
    const brokenOff = (error: string): Look =>
      socket.bytesRead === before && performance.now() - beganMs > PATIENCE_MS
        ? { kind: 'silent' }
        : { kind: 'broken-off', error };
    const onLate = (): void => settle(brokenOff('it stops in the middle'));
    const timer = setTimeout(onLate, limitMs);
    signal.addEventListener('abort', onLate, { once: true });
    secured.once('secureConnect', () => {
      const chain = chainOf(secured.getPeerCertificate(true));
      const protocol = secured.getProtocol() ?? 'unknown';
      const [own, ...others] = chain;
      settle(
        own === undefined
          ? { kind: 'not-tls', error: 'it shows no certificate' }
          : {
              kind: 'shown',
              protocol,
              chain: [own, ...others],
              localAddress: socket.localAddress ?? null,
            },
      );
    });
    secured.on('error', (fault: NodeJS.ErrnoException) => {
      const error = fault.code ?? fault.message;
      settle(SPEAKS_OTHERWISE.test(error) ? { kind: 'not-tls', error } : brokenOff(error));
    });
    secured.once('close', () => settle(brokenOff('closed')));
  });
}

function chainOf(leaf: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  // Node ends a chain with a certificate that is its own issuer.
  for (let each = leaf; each?.raw !== undefined; each = each.issuerCertificate) {
    chain.push(new X509Certificate(each.raw));
    if (each.issuerCertificate === each || chain.length === CHAIN_MAX) break;
  }
  return chain;
}
