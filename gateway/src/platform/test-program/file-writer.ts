/** Test support: replaces a file and adds a line to another, for ever; acknowledges each number once both are durable. */
import path from 'node:path';
import { writeDurably } from '../durable-file/durable-file.ts';
import { LineFile } from '../durable-file/line-file.ts';
import { acknowledge } from './acknowledge.ts';

/** Large enough to be written in several pieces. */
const REPEATS = 50_000;

/** What the file holds at one number: nothing else is whole. */
export function contentOf(number: number): string {
  return `${number};`.repeat(REPEATS);
}

if (import.meta.main) {
  const directory = process.argv[2] ?? '';
  const lines = await LineFile.open(path.join(directory, 'lines'));
  for (let number = 1; ; number += 1) {
    await Promise.all([
      writeDurably(path.join(directory, 'whole'), contentOf(number)),
      lines.append(`${number} ${'x'.repeat(2_000)}`),
    ]);
    acknowledge(number);
  }
}
