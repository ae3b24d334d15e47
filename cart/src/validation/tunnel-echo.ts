/**
 * Dials as the tunnel does, to see that its protocol is let through and how long its echo takes, and leaves before anybody has
 * been greeted: no session begins, no technician is shown, nothing is written down at the desk.
 *
 * The desk's first request (hello) is the sign that it admits this cart; it stays without an answer. An echo is an HTTP/2 PING
 * (RFC 9113 section 6.7), which is answered by the desk's HTTP/2 layer.
 */
import { once } from 'node:events';
import { performServerHandshake } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { secure } from './gateway-line.ts';
import type { LineOptions } from './gateway-line.ts';

/** Enough for a median; the desk counts a cart's PINGs, and 60 at once are too many. */
const ECHOES = 9;

/**
 * Dials, and measures the echo.
 * @returns round trips in milliseconds, sorted
 * @throws what the road and TLS throw, TunnelBrokenOff, and the signal's reason
 */
export async function echoes(
  options: LineOptions,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const socket = await secure(options, CART_ALPN, signal);
  const session = performServerHandshake(socket);
  session.on('error', () => undefined);
  try {
    // The HTTP/2 layer ends with its connection; whoever waits for a request then waits for that.
    const over = once(session, 'close', { signal }).then(() => {
      throw new TunnelBrokenOff();
    });
    over.catch(() => undefined);
    const [stream] = await Promise.race([once(session, 'stream', { signal }), over]);
    (stream as NodeJS.EventEmitter).on('error', () => undefined);
    const times: number[] = [];
    for (let count = 0; count < ECHOES; count += 1)
      times.push(await Promise.race([ping(session), over]));
    return times.toSorted((one, other) => one - other);
  } finally {
    session.destroy();
    socket.destroy();
  }
}

/** The desk, or something on the way, ended the connection. */
export class TunnelBrokenOff extends Error {
  override readonly name = 'TunnelBrokenOff';
  readonly code = 'closed';
}

function ping(session: ServerHttp2Session): Promise<number> {
  return new Promise((resolve, reject) => {
    const isSent = session.ping((fault, durationMs) => {
      if (fault === null) resolve(durationMs);
      else reject(new TunnelBrokenOff());
    });
    if (!isSent) reject(new TunnelBrokenOff());
  });
}
