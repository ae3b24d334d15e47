/**
 * Dials the gateway's edge: TLS 1.3 only, both sides with certificates, one pinned root, one name, one protocol.
 *
 * The socket that comes out has proved that the gateway is the right one. It proves nothing about what the gateway
 * thinks of this cart: in TLS 1.3 that shows only with the first request (docs/protocol.md section 4).
 */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { openRoad, ProxySlow } from '../road/road.ts';
import type { Road, RoadMemory, RoadSettings } from '../road/road.ts';
import {
  CartCertificateExpired,
  CartRefused,
  CartRootRetired,
  dialFailure,
  GatewayIncompatible,
  notBelieved,
  timedOut,
} from './dial-failure.ts';

/** From the first DNS question to the end of the handshake, proxy and all. */
const DIAL_TIMEOUT_MS = 10_000;
const ISSUER_CHARACTERS_MAX = 200;

export interface DialOptions {
  /** Where the gateway is, and the road to it, as it is set now. */
  readonly road: RoadSettings;
  /** What is kept from one dialling to the next. */
  readonly memory?: RoadMemory;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** The only roots that are believed: one, or two while the service centre changes its root. */
  readonly cartRootPem: string;
  readonly utcMs: () => number;
}

/**
 * Dials once.
 * @throws GatewayNameUnknown, GatewayUnreachable, GatewayTimedOut, GatewayIncompatible, GatewayUntrusted, ClockSkewed,
 *   CartRefused, CartCertificateExpired, what the road says of proxies and PAC files, and the signal's reason
 */
export async function dial(options: DialOptions, signal: AbortSignal): Promise<TLSSocket> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(DIAL_TIMEOUT_MS);
  const limit = AbortSignal.any([signal, deadline]);
  try {
    const road = await openRoad(options.road, limit, options.memory);
    return await secure(options, road, limit);
  } catch (cause) {
    // What answered there may be the wrong one because of what is remembered.
    options.memory?.forget();
    signal.throwIfAborted();
    if (deadline.aborted) throw cause instanceof ProxySlow ? cause : timedOut(cause);
    const failure = dialFailure(cause);
    throw failure instanceof CartRefused ? (ownFault(options, null, failure) ?? failure) : failure;
  }
}

async function secure(options: DialOptions, road: Road, signal: AbortSignal): Promise<TLSSocket> {
  const socket = tls.connect({
    socket: road.socket,
    // Also when it is dialled by address: what counts is the name in its certificate.
    servername: options.road.gateway.serverName,
    ca: options.cartRootPem,
    cert: options.certificatePem,
    key: options.keyPem,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ALPNProtocols: [CART_ALPN],
    // Judged below, in one place, so that the certificate of an impostor can be named.
    rejectUnauthorized: false,
  });
  BELOW.set(socket, road.socket);
  try {
    await handshake(socket, signal);
    judge(socket);
    noteBridge(socket, options.cartRootPem);
    socket.setNoDelay(true);
    return socket;
  } catch (fault) {
    socket.destroy();
    road.socket.destroy();
    throw fault;
  }
}

/**
 * Names a likely reason for a refusal that the cart can see itself: its own certificate is out of date, or the gateway's is
 * from a root that this cart does not hold and knows only by what one of its own certified.
 */
export function ownFault(
  options: DialOptions,
  socket: TLSSocket | null,
  cause: unknown,
): CartCertificateExpired | CartRootRetired | null {
  const { validToDate } = new X509Certificate(options.certificatePem);
  if (options.utcMs() > validToDate.getTime()) {
    return new CartCertificateExpired(
      "This cart's certificate has expired. Enrol the cart again.",
      { cause },
    );
  }
  if (socket === null || !KNOWN_BY_BRIDGE.has(socket)) return null;
  return new CartRootRetired(
    'The service centre has changed its root while this cart was away. Enrol the cart again.',
    { cause },
  );
}

/** What lies below the TLS of a connection. */
const BELOW = new WeakMap<TLSSocket, Socket>();

/** Ends a connection with a reset, so that the kernel, too, throws away what it has not sent. */
export function resetSocket(socket: TLSSocket): void {
  const below = BELOW.get(socket);
  if (below === undefined) socket.destroy();
  else below.resetAndDestroy();
}

/** Connections to a gateway whose certificate none of the cart's own roots issued itself. */
const KNOWN_BY_BRIDGE = new WeakSet<TLSSocket>();

/** Looks while the connection is open, for afterwards it has no certificate any more. */
function noteBridge(socket: TLSSocket, cartRootPem: string): void {
  const server = socket.getPeerX509Certificate();
  const isDirect = decodePEM('CERTIFICATE', cartRootPem).some((der) => {
    const root = new X509Certificate(der);
    return server !== undefined && server.checkIssued(root) && server.verify(root.publicKey);
  });
  if (!isDirect) KNOWN_BY_BRIDGE.add(socket);
}

function handshake(socket: TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => settle(() => reject(new Error('no longer wanted')));
    const onSecure = (): void => settle(resolve);
    const onError = (error: Error): void => settle(() => reject(error));
    const onClose = (): void => settle(() => reject(new Error('closed during the handshake')));
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('secureConnect', onSecure).off('error', onError).off('close', onClose);
      // Errors that come after this belong to whoever holds the socket then.
      socket.on('error', () => undefined);
      end();
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('secureConnect', onSecure).once('error', onError).once('close', onClose);
  });
}

/** The one place that decides whether the gateway is the gateway. Node has checked chain, dates, purpose and name. */
function judge(socket: TLSSocket): void {
  if (!socket.authorized) {
    // Its type says Error; what Node puts there is the code.
    const { code, message } = toReason(socket.authorizationError);
    const issuer = socket.getPeerX509Certificate()?.issuer ?? 'nobody';
    throw notBelieved(
      code ?? message,
      issuer.replaceAll('\n', ', ').slice(0, ISSUER_CHARACTERS_MAX),
    );
  }
  if (socket.alpnProtocol !== CART_ALPN) {
    throw new GatewayIncompatible('The gateway does not speak the protocol of carts.');
  }
}

function toReason(reason: unknown): { readonly code?: string; readonly message: string } {
  if (typeof reason === 'string') return { code: reason, message: reason };
  if (!(reason instanceof Error)) return { message: 'unknown' };
  return 'code' in reason && typeof reason.code === 'string'
    ? { code: reason.code, message: reason.message }
    : { message: reason.message };
}
