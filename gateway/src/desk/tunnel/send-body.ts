/** Sends a long body over a stream of HTTP/2: as fast as the peer takes it, never faster, with a bound on what is in flight. */
import type { ClientHttp2Stream } from 'node:http2';
import { passed } from '../../platform/memory/passing-bytes.ts';

/** Given to the HTTP/2 layer and not yet taken by the network: enough to unseal the next bytes meanwhile. */
const IN_FLIGHT_BYTES_MAX = 1024 * 1024;
/**
 * What is under way is copied into rooms that are used again. A copy is cheap; memory that outlives a moment is not:
 * each megabyte of it brings the collector's next look at the whole heap nearer.
 */
const ROOM_BYTES = 64 * 1024;

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
  const rooms: Buffer[] = [];
  const write = (part: Uint8Array): void => {
    const room = rooms.pop() ?? Buffer.allocUnsafeSlow(ROOM_BYTES);
    room.set(part);
    inFlight += part.length;
    stream.write(room.subarray(0, part.length), (fault) => {
      inFlight -= part.length;
      if (!fault) {
        onTaken(part.length);
        rooms.push(room);
      }
      wake();
    });
  };
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length && !isOver; at += ROOM_BYTES) {
      write(chunk.subarray(at, at + ROOM_BYTES));
      while (inFlight > IN_FLIGHT_BYTES_MAX && !isOver) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
    if (isOver) break;
    passed(chunk.length);
  }
  if (!isOver) stream.end();
}
