/**
 * An RFB server that already runs on the cart, on loopback or on a Unix socket.
 *
 * An address on the network is refused unless the configuration allows it: RFB without a password crosses
 * no cable by accident.
 */
import { connect, isIP, type Socket } from 'node:net';
import { InvalidScreenSource, ScreenSourceUnreachable } from '../screen-error.ts';
import type { ScreenSource } from './source.ts';

/** The port of display 0. */
const DEFAULT_PORT = 5900;
/** Time to connect; loopback answers at once or never. */
const CONNECT_TIMEOUT_MS = 5_000;

type Endpoint =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/**
 * Reads `rfb://host[:port]` or `unix:/path`.
 *
 * @param isRemoteAllowed whether a host other than this machine may be named
 * @throws InvalidScreenSource
 */
export function parseRFBAddress(address: string, isRemoteAllowed: boolean): Endpoint {
  if (address.startsWith('unix:')) {
    const path = address.slice('unix:'.length);
    if (!path.startsWith('/') || path.includes('\0')) {
      throw new InvalidScreenSource('A Unix socket is given with its absolute path: unix:/path.');
    }
    return { kind: 'unix', path };
  }
  const url = URL.canParse(address) ? new URL(address) : null;
  const isPlain =
    url !== null &&
    url.protocol === 'rfb:' &&
    url.hostname !== '' &&
    [url.username, url.password, url.search, url.hash, url.pathname].every((part) => part === '');
  if (!isPlain) {
    throw new InvalidScreenSource('A screen source is rfb://127.0.0.1:5900 or unix:/path.');
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!isRemoteAllowed && !isLoopback(host)) {
    throw new InvalidScreenSource(
      'A screen source is on this machine (127.0.0.1, ::1 or localhost), unless allowRemote is set.',
    );
  }
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  // The name localhost could be made to mean anything.
  return { kind: 'tcp', host: host === 'localhost' ? '127.0.0.1' : host, port };
}

/** Makes a source of an RFB server that runs on the cart. @throws InvalidScreenSource */
export function rfbSource(address: string, isRemoteAllowed: boolean): ScreenSource {
  const endpoint = parseRFBAddress(address, isRemoteAllowed);
  const sockets = new Set<Socket>();
  return {
    description: endpoint.kind === 'unix' ? 'RFB server on a Unix socket' : 'RFB server',
    async open(signal) {
      const socket = await connectTo(endpoint, signal);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return Promise.resolve();
    },
  };
}

/** Connects within the time limit. @throws ScreenSourceUnreachable */
export function connectTo(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket =
      endpoint.kind === 'unix'
        ? connect({ path: endpoint.path })
        : connect({ host: endpoint.host, port: endpoint.port, noDelay: true });
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (cause?: unknown): void => {
      settle();
      socket.destroy();
      reject(new ScreenSourceUnreachable("The cart's screen source cannot be reached.", { cause }));
    };
    const onAbort = (): void => fail(signal.reason);
    const timer = setTimeout(fail, CONNECT_TIMEOUT_MS);
    socket.once('error', fail);
    socket.once('connect', () => {
      settle();
      // From here on an error is followed by 'close', which the reader of the stream hears.
      socket.off('error', fail).on('error', () => undefined);
      resolve(socket);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
