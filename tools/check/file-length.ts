/** The length of files: what does not fit in a reader's head is split. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow, packagesOf } from '../workspace/workspace.ts';

/** From here on a file is named in the report. */
export const LINES_NOTED = 400;
/** From here on the check fails. */
export const LINES_MAX = 500;

export interface LongFile {
  readonly file: string;
  readonly lines: number;
}

/** Lists the files of a tree with more than LINES_NOTED lines, longest first. */
export function longFiles(root: string): readonly LongFile[] {
  return filesBelow(root, packagesOf(root), (file) => /\.(?:ts|tsx|mjs|css)$/.test(file))
    .map((file) => ({ file, lines: linesIn(readFileSync(path.join(root, file), 'utf8')) }))
    .filter(({ lines }) => lines > LINES_NOTED)
    .sort((one, other) => other.lines - one.lines);
}

function linesIn(text: string): number {
  const breaks = text.split('\n').length - 1;
  return text.endsWith('\n') ? breaks : breaks + 1;
}
