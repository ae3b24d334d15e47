/** Fetches a PAC file by HTTP or HTTPS, directly and never through a proxy, with limits on time and size. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import tls from 'node:tls';
import { connectTo } from '../connect.ts';
import { PACBroken, PACUnreachable } from '../road-error.ts';
import type { PACSurroundings } from './pac-surroundings.ts';

/** Browsers stop at 1 MiB, too. */
const PAC_BYTES_MAX = 1024 * 1024;
const FETCH_TIMEOUT_MS = 5000;
const REDIRECTS_MAX = 3;

/** Fetches the text. @throws PACUnreachable, PACBroken, and the signal's reason */
export async function fetchPAC(url: string, surroundings: PACSurroundings): Promise<string> {
  const { signal } = surroundings;
  const limit = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  const within = { ...surroundings, signal: AbortSignal.any([signal, limit]) };
  try {
    let at = new URL(url);
    for (let count = 0; count <= REDIRECTS_MAX; count += 1) {
      const response = await get(at, within);
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) return await readText(url, response);
      response.destroy();
      if (statusCode < 300 || statusCode > 399 || headers.location === undefined) {
        throw new PACUnreachable(url, `its server answers ${statusCode}`);
      }
      at = new URL(headers.location, at);
      if (!/^https?:$/.test(at.protocol)) throw new Error('it leads to another protocol');
    }
    throw new PACUnreachable(url, 'its server sends the cart on and on');
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof PACUnreachable || cause instanceof PACBroken) throw cause;
    const what = limit.aborted
      ? `its server does not answer within ${FETCH_TIMEOUT_MS / 1000} seconds`
      : whatFailed(cause);
    throw new PACUnreachable(url, what, { cause });
  }
}

async function get(url: URL, { find, signal }: PACSurroundings): Promise<IncomingMessage> {
  const isTLS = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { addresses } = await find(host);
  const port = Number(url.port === '' ? (isTLS ? 443 : 80) : url.port);
  const socket = await connectTo(addresses, port, signal);
  const request = (isTLS ? httpsRequest : httpRequest)({
    host,
    path: `${url.pathname}${url.search}`,
    headers: { Host: url.host, Accept: 'application/x-ns-proxy-autoconfig, */*' },
    createConnection: () =>
      isTLS
        ? tls.connect({
            socket,
            host,
            ...(isIP(host) === 0 ? { servername: host } : {}),
            // The system's store as well: a hospital's own authority is put there.
            ca: [...tls.getCACertificates('default'), ...tls.getCACertificates('system')],
          })
        : socket,
    signal,
  });
  // After an abort the request emits an error that nobody waits for any more.
  request.on('error', () => undefined);
  request.once('close', () => socket.destroy());
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function readText(url: string, response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > PAC_BYTES_MAX) throw new PACBroken(url, 'it is larger than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

function whatFailed(cause: unknown): string {
  const { code = '' } = cause as { readonly code?: string };
  if (/^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_)/.test(code)) {
    return 'the certificate of its server is from nobody whom this cart believes';
  }
  if (code.startsWith('NAME_')) return 'the name of its server cannot be looked up';
  return 'its server cannot be reached';
}
