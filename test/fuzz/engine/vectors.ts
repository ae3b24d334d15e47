/** The inputs that are kept: a file for each target, read and written as JSON. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Target } from '../target.ts';
import type { Vector } from './fuzz.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'vectors');

/** Reads what is kept for a target; nothing when there is no file. */
export function readVectors({ name }: Target): readonly Vector[] {
  const file = fileOf(name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Vector[]) : [];
}

/** Writes what is kept for a target. */
export function writeVectors({ name }: Target, vectors: readonly Vector[]): void {
  writeFileSync(fileOf(name), `${JSON.stringify(vectors, null, 2)}\n`);
}

function fileOf(name: string): string {
  return path.join(FOLDER, `${name}.json`);
}
