/**
 * Writes a tar archive as it goes: a header, the content, and room to the next block. POSIX.1-2017 pax, "ustar Interchange Format".
 *
 * | offset | size | field |
 * |---|---|---|
 * | 0 | 100 | name |
 * | 100 | 8 | mode, octal |
 * | 108, 116 | 8 | owner and group, octal |
 * | 124 | 12 | size in bytes, octal |
 * | 136 | 12 | modified, seconds, octal |
 * | 148 | 8 | checksum: the sum of the header's bytes with spaces here |
 * | 156 | 1 | kind: `0` a file |
 * | 257 | 8 | `ustar`, NUL, `00` |
 */
import assert from 'node:assert/strict';

const BLOCK_BYTES = 512;
const NAME_BYTES_MAX = 100;

export interface ArchivedFile {
  /** Relative, letters, digits and `._/-` alone. */
  readonly name: string;
  readonly content: string;
}

/** Gives the archive piece by piece; one file is in memory at a time. */
export async function* tarOf(
  files: AsyncIterable<ArchivedFile>,
  modifiedUtcMs: number,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const { name, content } of files) {
    const bytes = Buffer.from(content);
    yield header(name, bytes.length, modifiedUtcMs);
    yield bytes;
    const rest = bytes.length % BLOCK_BYTES;
    if (rest > 0) yield Buffer.alloc(BLOCK_BYTES - rest);
  }
  yield Buffer.alloc(2 * BLOCK_BYTES);
}

function header(name: string, bytes: number, modifiedUtcMs: number): Buffer {
  assert(/^[\w./-]+$/.test(name) && name.length <= NAME_BYTES_MAX, 'a name that fits its field');
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name, 0, 'latin1');
  block.write(octal(0o644, 8), 100, 'latin1');
  block.write(octal(0, 8), 108, 'latin1');
  block.write(octal(0, 8), 116, 'latin1');
  block.write(octal(bytes, 12), 124, 'latin1');
  block.write(octal(Math.floor(modifiedUtcMs / 1000), 12), 136, 'latin1');
  block.write(' '.repeat(8), 148, 'latin1');
  block.write('0', 156, 'latin1');
  block.write('ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return block;
}

function octal(value: number, room: number): string {
  return `${value.toString(8).padStart(room - 1, '0')}\u0000`;
}
