/** `fetch` with a client certificate, which Node's own cannot show: each request over a connection of its own. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';

/** PEM. */
export interface ShownOverTLS {
  readonly ca?: string;
  readonly key?: string;
  readonly cert?: string;
}

interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Statuses whose answers have no body, which `Response` insists on. */
const BODILESS = new Set([204, 304]);

export async function fetchOverTLS(
  address: string,
  shown: ShownOverTLS,
  { method, headers, body }: Sent,
): Promise<Response> {
  const request = httpsRequest(address, { method, headers, agent: false, ...shown });
  request.end(body);
  const [message] = (await once(request, 'response')) as [IncomingMessage];
  const content = await buffer(message);
  const answered = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct))
    for (const value of values ?? []) answered.append(name, value);
  const status = message.statusCode ?? 0;
  return new Response(BODILESS.has(status) ? null : new Uint8Array(content), {
    status,
    headers: answered,
  });
}
