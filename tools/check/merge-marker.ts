/** Finds what a merge left behind: inside a template string it is code that compiles, and shows people both sides. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow, packagesOf } from '../workspace/workspace.ts';

/** Seven of them at the beginning of a line; `=======` alone is also how Markdown underlines a heading. */
const MARKER = /^(?:<{7}|>{7}|\|{7}) \S/m;
const IS_TEXT = /\.(?:ts|tsx|mts|mjs|js|json|md|css|html|yml|yaml|sh)$/;

/** Lists the files of a tree that hold a marker, one sentence each. */
export function mergeMarkerFindings(root: string): readonly string[] {
  const isText = (name: string): boolean => IS_TEXT.test(name);
  const files = [
    ...filesBelow(root, [...packagesOf(root), 'docs'], isText),
    ...readdirSync(root).filter(isText),
  ];
  return files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    const found = MARKER.exec(text);
    if (found === null) return [];
    const line = text.slice(0, found.index).split('\n').length;
    return [`${file}:${line}: a merge was not finished here.`];
  });
}
