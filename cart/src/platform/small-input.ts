/** Reads what a person named: a wrong path may lead to a disk image, or to a device without an end. */
import { createReadStream } from 'node:fs';

/**
 * Reads text of at most so many bytes; null when there is more, of which hardly more is read.
 * @param file a path, or `-` for standard input
 */
export async function readSmallText(file: string, bytesMax: number): Promise<string | null> {
  const input = file === '-' ? process.stdin : createReadStream(file, { end: bytesMax });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
