/** Reads NDJSON from a peer that is not trusted: lines of bounded length, whole ones only. */
import type { Readable } from 'node:stream';
import { CartMisbehaved } from './tunnel-error.ts';

const LF = 10;

/**
 * Gives each line without its newline. What follows the last newline was cut off and is dropped.
 * @throws CartMisbehaved when a line is longer than allowed or not UTF-8
 */
export async function* readLines(stream: Readable, lineBytesMax: number): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pieces: Buffer[] = [];
  let held = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      held += at - from;
      if (held > lineBytesMax) throw new CartMisbehaved('EVENT_TOO_LONG');
      const line = Buffer.concat([...pieces, chunk.subarray(from, at)]);
      pieces = [];
      held = 0;
      from = at + 1;
      yield decodeLine(decoder, line);
    }
    if (from === chunk.length) continue;
    held += chunk.length - from;
    if (held > lineBytesMax) throw new CartMisbehaved('EVENT_TOO_LONG');
    pieces.push(chunk.subarray(from));
  }
}

function decodeLine(decoder: { decode(bytes: Uint8Array): string }, line: Buffer): string {
  try {
    return decoder.decode(line);
  } catch (cause) {
    throw new CartMisbehaved('EVENT_MALFORMED', { cause });
  }
}
