/**
 * The tests that docs/threat-model.md and docs/risk.md name: every row of their tables with a column "test" names at
 * least one, as `file` "title", and each of them is in the tree.
 *
 * A title is looked for among the strings of its file, so that titles that stand in a table of cases count; a hole
 * in a template fits any words. Whether the tests pass is npm test's affair.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';

const DOCUMENTS = ['docs/threat-model.md', 'docs/risk.md'] as const;
/** `path/of/some.test.ts` "its title" */
const REFERENCE = /`([^`|]+\.test\.ts)`\s+"([^"|]+)"/g;

/** Lists what a row lacks or names wrongly, one sentence each; a document without a row is a finding. */
export function namedTestFindings(root: string): readonly string[] {
  const titles = new Map<string, readonly RegExp[] | undefined>();
  const titlesOf = (file: string): readonly RegExp[] | undefined => {
    if (!titles.has(file)) titles.set(file, readTitles(path.join(root, file)));
    return titles.get(file);
  };
  return DOCUMENTS.flatMap((document) => {
    const place = path.join(root, document);
    if (!existsSync(place)) return [`${document} is missing.`];
    const rows = rowsWithTests(readFileSync(place, 'utf8'));
    if (rows.length === 0) return [`${document} has no table with a column "test".`];
    return rows.flatMap(({ line, cell }) =>
      cellFindings(cell, titlesOf).map((finding) => `${document}:${line}: ${finding}`),
    );
  });
}

function cellFindings(
  cell: string,
  titlesOf: (file: string) => readonly RegExp[] | undefined,
): readonly string[] {
  const references = [...cell.matchAll(REFERENCE)];
  if (references.length === 0) return ['no test is named (write `path/of/some.test.ts` "title").'];
  return references.flatMap(([, file = '', title = '']) => {
    const known = titlesOf(file);
    if (known === undefined) return [`there is no file ${file}.`];
    return known.some((each) => each.test(title)) ? [] : [`${file} has no test "${title}".`];
  });
}

/** Gives the cells below the headings "test", with their line numbers. */
function rowsWithTests(text: string): readonly { readonly line: number; readonly cell: string }[] {
  const rows: { line: number; cell: string }[] = [];
  let column: number | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.startsWith('|')) {
      column = undefined;
      continue;
    }
    const cells = line.split('|').map((cell) => cell.trim());
    if (column === undefined) column = cells.indexOf('test');
    else if (column > 0 && !/^[|\s:-]+$/.test(line)) {
      rows.push({ line: index + 1, cell: cells[column] ?? '' });
    }
  }
  return rows;
}

/** Gives each string of a module as a pattern; undefined when there is no such file. */
function readTitles(file: string): readonly RegExp[] | undefined {
  if (!existsSync(file)) return undefined;
  const module: unknown = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript' });
  const found: RegExp[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && node.type === 'StringLiteral' && 'value' in node) {
      found.push(patternOf([String(node.value)]));
    } else if ('type' in node && node.type === 'TemplateLiteral' && 'quasis' in node) {
      const quasis = node.quasis as readonly { readonly cooked?: string }[];
      const words = quasis.map(({ cooked = '' }) => cooked);
      // A template of nothing but a hole would fit every title.
      if (words.some((word) => /\w/.test(word))) found.push(patternOf(words));
    }
    Object.values(node).forEach(walk);
  };
  walk(module);
  return found;
}

function patternOf(words: readonly string[]): RegExp {
  return new RegExp(`^${words.map(escaped).join('.+')}$`, 's');
}

function escaped(words: string): string {
  return words.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
