/** Test support: where on a disk a text that was planted still stands. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The ways in which a program may have written a text. */
function writingsOf(text: string): readonly Buffer[] {
  const plain = Buffer.from(text);
  // Base64 cuts by three bytes: what is left of each of the three alignments without its ragged ends.
  const aligned = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), plain]).toString('base64');
    return encoded.slice(4, Math.floor((plain.length + shift) / 3) * 4);
  });
  return [
    plain,
    Buffer.from(text, 'utf16le'),
    Buffer.from(JSON.stringify(text).slice(1, -1)),
    Buffer.from(encodeURIComponent(text)),
    Buffer.from(plain.toString('hex')),
    ...aligned.flatMap((each) => [
      Buffer.from(each),
      Buffer.from(each.replaceAll('+', '-').replaceAll('/', '_')),
    ]),
  ];
}

/** Names every file below a directory that holds a text, however it was written: raw, UTF-16, JSON, URL, hex, base64. */
export function filesWith(directory: string, text: string): readonly string[] {
  const writings = writingsOf(text);
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return file.includes(text) || writings.some((writing) => bytes.includes(writing));
    })
    .map((file) => path.relative(directory, file));
}
