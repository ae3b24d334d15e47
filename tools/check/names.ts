/**
 * The naming rule: kebab-case paths, and none of the words that say nothing.
 *
 * It reads file and folder names and the names that modules declare. Local variables are left to the reviewer.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow, isCode, packagesOf } from '../workspace/workspace.ts';
import { withoutComments, wordsOf } from './source-text.ts';

/** Each hides what the thing is, or is taken in the field's own words by something narrower. */
const EMPTY_WORDS = [
  'user',
  'client',
  'ticket',
  'manager',
  'helper',
  'util',
  'common',
  'misc',
  'base',
  'handler',
];
const REFUSED: ReadonlySet<string> = new Set(EMPTY_WORDS.flatMap((word) => [word, `${word}s`]));

/** Names that a standard, a library or a program gave; there the word is the right one. */
const GIVEN_NAMES = [
  ['client', 'hello'],
  ['client', 'auth'],
  ['client', 'certificate'],
  ['client', 'message'],
  ['client', 'messages'],
  ['common', 'name'],
  ['query', 'client'],
  ['session', 'ticket'],
  ['session', 'tickets'],
  ['user', 'agent'],
  ['base', 'url'],
  ['network', 'manager'],
];

const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
/** A file of this name is a barrel, or says nothing. */
const INDEX = /^index\.(?:ts|tsx|mts|js|mjs)$/;
/** Types, classes and functions wherever they stand; values at the top of a module. */
const DECLARATION =
  /^\s*(?:export\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:class|interface|type|function\*?)\s+([A-Za-z_$][\w$]*)|^(?:export\s+)?(?:const|let)\s+([A-Za-z_$][\w$]*)/gm;

/** Lists every name in a tree that the house style refuses, one sentence each. */
export function nameFindings(root: string): readonly string[] {
  const folders = packagesOf(root);
  const findings: string[] = [];
  for (const file of filesBelow(root, folders, (name) => isCode(name) || name.endsWith('.css'))) {
    findings.push(...pathFindings(file));
    if (isCode(file)) {
      const text = readFileSync(path.join(root, file), 'utf8');
      for (const finding of declarationFindings(text)) findings.push(`${file}: ${finding}`);
    }
  }
  return findings;
}

/** Judges the path of one file. */
export function pathFindings(file: string): readonly string[] {
  const findings: string[] = [];
  for (const part of file.split('/')) {
    if (!KEBAB_CASE.test(part)) findings.push(`${file}: "${part}" is not kebab-case.`);
    if (INDEX.test(part)) findings.push(`${file}: name a module after what it holds, not index.`);
    const word = emptyWordIn(part);
    if (word !== undefined) findings.push(`${file}: "${word}" says nothing about what is inside.`);
  }
  return findings;
}

/** Judges the names that a module declares. */
export function declarationFindings(text: string): readonly string[] {
  return [...withoutComments(text).matchAll(DECLARATION)].flatMap((match) => {
    const name = match[1] ?? match[2] ?? '';
    const word = emptyWordIn(name);
    return word === undefined ? [] : [`${name}: "${word}" says nothing; use the field's own word.`];
  });
}

function emptyWordIn(name: string): string | undefined {
  const words = wordsOf(name);
  return words.find((word, place) => REFUSED.has(word) && !isGiven(words, place));
}

function isGiven(words: readonly string[], place: number): boolean {
  return GIVEN_NAMES.some(([first, second]) =>
    [place, place - 1].some((start) => words[start] === first && words[start + 1] === second),
  );
}
