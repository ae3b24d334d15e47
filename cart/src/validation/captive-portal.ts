/**
 * Asks for a plain page where the gateway should be. The gateway listens on one port and speaks TLS on it, so whoever answers
 * HTTP with a redirection or "network authentication required" (RFC 6585 section 6) is something in between.
 */
import { get } from 'node:http';

const ANSWER_MS = 2000;
const LOCATION_CHARACTERS_MAX = 200;

/** Gives where the page leads, or null where there is none. @param host the gateway's address */
export function findPortal(
  host: string,
  serverName: string,
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({
      host,
      port: 80,
      path: '/',
      headers: { Host: serverName },
      agent: false,
      maxHeaderSize: 8 * 1024,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    request.on('error', () => resolve(null));
    request.once('response', (response) => {
      const status = response.statusCode ?? 0;
      const location = response.headers.location;
      response.destroy();
      const isPortal = status === 511 || (status >= 300 && status < 400 && location !== undefined);
      resolve(isPortal ? placeOf(location) : null);
    });
  });
}

function placeOf(location: string | undefined): string {
  if (location === undefined || !URL.canParse(location)) return 'HTTP 511';
  const { protocol, host, pathname } = new URL(location);
  return `${protocol}//${host}${pathname}`.slice(0, LOCATION_CHARACTERS_MAX);
}
