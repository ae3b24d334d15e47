/** Test support: replaces a file, for ever; acknowledges each number once it is durable. */
import path from 'node:path';
import { writeDurably } from '../durable-file/durable-file.ts';
import { acknowledge } from './acknowledge.ts';

/** Large enough to be written in several pieces. */
const REPEATS = 50_000;

/** What the file holds at one number: nothing else is whole. */
export function contentOf(number: number): string {
  return `${number};`.repeat(REPEATS);
}

if (import.meta.main) {
  const directory = process.argv[2] ?? '';
  for (let number = 1; ; number += 1) {
    await writeDurably(path.join(directory, 'whole'), contentOf(number));
    acknowledge(number);
  }
}
