/** What is looked for in a text: words as they are, or a regular expression. */
import { ReadingFault } from '../worker/worker-call.ts';

export interface SoughtText {
  readonly text: string;
  readonly isRegex: boolean;
  readonly heedsCase: boolean;
}

export type Span = readonly [from: number, to: number];

/** Marks in one line; more are not told apart any more. */
const SPANS_MAX = 200;
export const PATTERN_LENGTH_MAX = 500;

export interface Pattern {
  /** Whether a line has it. */
  has(line: string): boolean;
  /** Where in a line it is. */
  spans(line: string): readonly Span[];
  /** Whether a piece of many lines may have it; false is sure. */
  mayHave(piece: string): boolean;
}

/** @throws ReadingFault PATTERN_MALFORMED */
export function patternOf({ text, isRegex, heedsCase }: SoughtText): Pattern {
  if (text === '' || text.length > PATTERN_LENGTH_MAX) throw new ReadingFault('PATTERN_MALFORMED');
  return isRegex ? regexPattern(text, heedsCase) : plainPattern(text, heedsCase);
}

function plainPattern(text: string, heedsCase: boolean): Pattern {
  const fold = (line: string): string => (heedsCase ? line : foldCase(line));
  const sought = fold(text);
  const has = (line: string): boolean => fold(line).includes(sought);
  return {
    has,
    mayHave: has,
    spans: (line) => {
      const folded = fold(line);
      const found: Span[] = [];
      let at = folded.indexOf(sought);
      while (at !== -1 && found.length < SPANS_MAX) {
        found.push([at, at + sought.length]);
        at = folded.indexOf(sought, at + sought.length);
      }
      return found;
    },
  };
}

/** Lower case that keeps each character's place: a few capital letters would become two. */
function foldCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text]
    .map((sign) => (sign.toLowerCase().length === sign.length ? sign.toLowerCase() : sign))
    .join('');
}

/** It runs in a worker that is ended when it takes too long: some patterns never end. */
function regexPattern(text: string, heedsCase: boolean): Pattern {
  const flags = heedsCase ? '' : 'i';
  let once: RegExp;
  let each: RegExp;
  try {
    once = new RegExp(text, flags);
    each = new RegExp(text, `${flags}g`);
  } catch (fault) {
    throw new ReadingFault('PATTERN_MALFORMED', fault instanceof Error ? fault.message : null);
  }
  return {
    has: (line) => once.test(line),
    // A pattern may ask for a line's beginning or end: only lines tell.
    mayHave: () => true,
    spans: (line) => {
      const found: Span[] = [];
      for (const match of line.matchAll(each)) {
        if (match[0].length > 0) found.push([match.index, match.index + match[0].length]);
        if (found.length >= SPANS_MAX) break;
      }
      return found;
    },
  };
}
