/** Cuts bytes into lines, wherever the pieces they come in are cut; and reads a line's bytes as text. */
import {
  DeidentificationKindUnknown,
  DeidentificationLimitReached,
} from '@chaperone/domain/deidentification/deidentification.ts';

/** A log has lines of some hundred bytes; stack traces and dumps some KiB. Bytes. */
export const LINE_BYTES_MAX = 64 * 1024;
const NEWLINE = 0x0a;
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Machines that do not write UTF-8 write this. */
const WESTERN = new TextDecoder('windows-1252');

/**
 * Gives lines with their line end.
 * @throws DeidentificationLimitReached when a line has no end
 */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...begun, piece.subarray(from, end + 1)]);
      begun = [];
      begunBytes = 0;
      from = end + 1;
    }
    if (from === piece.length) continue;
    begun.push(Buffer.from(piece.subarray(from)));
    begunBytes += piece.length - from;
    if (begunBytes > LINE_BYTES_MAX) {
      throw new DeidentificationLimitReached('One of its lines is longer than a line of a log.');
    }
  }
  if (begunBytes > 0) yield Buffer.concat(begun);
}

/** Reads UTF-8, and as Western European what is not. @throws DeidentificationKindUnknown for binary data */
export function decodeLine(line: Uint8Array): string {
  if (line.includes(0)) {
    throw new DeidentificationKindUnknown('In the middle of its text it holds binary data.');
  }
  try {
    return STRICT.decode(line);
  } catch {
    return WESTERN.decode(line);
  }
}
