/** One JSON exchange with the gateway on the commissioning road, by the cart's own certificate (docs/protocol.md section 3). */
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import tls from 'node:tls';
import { EST_ALPN } from '@chaperone/protocol/est/est.ts';
import { openRoad } from '../road/road.ts';
import type { RoadSettings } from '../road/road.ts';

/** What the cart shows of itself, and whom it believes. */
export interface RoadCredentials {
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly cartRootPem: string;
}

export interface GatewayQuestion {
  readonly path: string;
  /** Makes it a POST of JSON. */
  readonly body?: string;
  /** UTF-16 units; a longer answer is refused. */
  readonly answerCharactersMax: number;
}

/** Asks once. No connection and no TLS session outlives it. @throws what the road and TLS throw, and the signal's reason */
export async function askGateway(
  { path, body, answerCharactersMax }: GatewayQuestion,
  settings: RoadSettings,
  { keyPem, certificatePem, cartRootPem }: RoadCredentials,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
  const { serverName } = settings.gateway;
  const road = await openRoad(settings, signal);
  const socket = tls.connect({
    socket: road.socket,
    servername: serverName,
    ALPNProtocols: [EST_ALPN],
    minVersion: 'TLSv1.3',
    ca: cartRootPem,
    key: keyPem,
    cert: certificatePem,
  });
  try {
    const request = httpsRequest({
      createConnection: () => socket,
      method: body === undefined ? 'GET' : 'POST',
      path,
      headers: {
        Host: serverName,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      signal,
    });
    // After an abort the request emits an error that nobody waits for any more.
    request.on('error', () => undefined);
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > answerCharactersMax) throw new Error('The answer is far too long.');
    }
    return { status: response.statusCode ?? 0, body: text };
  } finally {
    socket.destroy();
  }
}
