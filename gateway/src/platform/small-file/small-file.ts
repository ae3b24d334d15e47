/** Reads files that a person named: a wrong path may lead to a disk image, or to a device without an end. */
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';

/** Reads a file of at most so many bytes; null when it has more, of which no more is read. */
export async function readSmallFile(file: string, bytesMax: number): Promise<Buffer | null> {
  // `end` is inclusive: one byte more than is taken.
  const content = await buffer(createReadStream(file, { end: bytesMax }));
  return content.length > bytesMax ? null : content;
}
