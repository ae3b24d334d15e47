/** Sends a long body over a stream of HTTP/2: as fast as the peer takes it, never faster, with a bound on what is in flight. */
import type { ClientHttp2Stream } from 'node:http2';

/** Given to the HTTP/2 layer and not yet taken by the network: enough to unseal the next bytes meanwhile. */
const IN_FLIGHT_BYTES_MAX = 1024 * 1024;

/**
 * Sends a body and ends the stream. It stops early, without an error, when the peer answers or the stream closes.
 * @param onTaken told of bytes that the network has taken
 * @throws what the body throws; the stream is then left as it is
 */
export async function sendBody(
  stream: ClientHttp2Stream,
  body: AsyncIterable<Uint8Array>,
  onTaken: (bytes: number) => void,
): Promise<void> {
  let inFlight = 0;
  let isOver = stream.destroyed || stream.closed;
  let wake = (): void => undefined;
  const over = (): void => {
    isOver = true;
    wake();
  };
  stream.once('response', over).once('close', over);
  for await (const chunk of body) {
    if (isOver) break;
    inFlight += chunk.length;
    stream.write(chunk, (fault) => {
      inFlight -= chunk.length;
      if (!fault) onTaken(chunk.length);
      wake();
    });
    while (inFlight > IN_FLIGHT_BYTES_MAX && !isOver) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  if (!isOver) stream.end();
}
