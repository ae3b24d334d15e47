/** Looks for words in every file below a folder, byte by byte: databases, logs, leftovers, all of it. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/** @returns the files that hold any of the words as UTF-8, UTF-16 or base64 of UTF-8 in any alignment, each with the words */
export async function filesHolding(
  folder: string,
  words: readonly string[],
): Promise<readonly { readonly file: string; readonly words: string }[]> {
  const sought = words.map((each) => ({ words: each, needles: needlesOf(each) }));
  const found: { readonly file: string; readonly words: string }[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = await readFile(file).catch(goneMeanwhile);
    for (const each of sought)
      if (each.needles.some((needle) => content.includes(needle)))
        found.push({ file, words: each.words });
  }
  return found;
}

function needlesOf(words: string): readonly Buffer[] {
  return [Buffer.from(words), Buffer.from(words, 'utf16le'), ...base64Needles(words)];
}

/** A running program replaces files while they are looked at; one that is gone holds nothing. */
function goneMeanwhile(fault: NodeJS.ErrnoException): Buffer {
  if (fault.code !== 'ENOENT') throw fault;
  return Buffer.alloc(0);
}

/** Base64 of a text depends on where it begins in a group of three: what is surely there for each of the three. */
function base64Needles(words: string): readonly Buffer[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(words)]).toString('base64');
    return Buffer.from(encoded.slice(shift === 0 ? 0 : 4, Math.floor(encoded.length / 4) * 4 - 4));
  });
}
