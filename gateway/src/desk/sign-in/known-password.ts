/**
 * The blocklist of NIST SP 800-63B-4 §3.1.1.2: what guessers try first. The whole password is compared, and what is left of
 * it without the digits and signs that people put before and behind; not each part of it.
 *
 * The list of common passwords is that of zxcvbn (some 49 000); the words of the context are this product, the account
 * and its person.
 */
import { dictionary } from '@zxcvbn-ts/language-common';

const PRODUCT_WORDS = ['chaperone', 'gateway', 'ultrasound', 'service'] as const;
/** Shorter words are in too many good passwords by chance. */
const WORD_CHARACTERS_MIN = 3;
/** What has to be left of a password without its context's words: the length that NIST asks of any password. */
const OWN_CHARACTERS_MIN = 8;
/** The longest piece whose repetition is no more than the piece. */
const PIECE_CHARACTERS_MAX = 6;
const ROWS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
] as const;

let known: ReadonlySet<string> | null = null;

/** Says why a password would be guessed, or null. */
export function whyKnown(password: string, context: readonly string[] = []): string | null {
  const folded = fold(password);
  const core = folded.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  known ??= new Set((dictionary['passwords-common'] as readonly string[]).map(fold));
  if (known.has(folded) || known.has(core)) return 'it is one of the most common passwords';
  if (isRepeated(folded)) return 'it repeats a few characters';
  if (isRow(folded)) return 'it is a row of the keyboard or the alphabet';
  let own = folded;
  for (const word of wordsOf(context)) own = own.replaceAll(word, '');
  if (own !== folded && lettersAndDigits(own) < OWN_CHARACTERS_MIN)
    return 'hardly more than names that belong to this account or product';
  return null;
}

/** Folds what looks alike to a reader: case, width and composition (Unicode NFKC). */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function wordsOf(context: readonly string[]): readonly string[] {
  const words = [
    ...PRODUCT_WORDS,
    ...context.flatMap((text) => fold(text).split(/[^\p{L}\p{N}]+/u)),
  ];
  // The longest first, so that what they share is taken once.
  return words
    .filter((word) => word.length >= WORD_CHARACTERS_MIN)
    .toSorted((a, b) => b.length - a.length);
}

function lettersAndDigits(text: string): number {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, '').length;
}

function isRepeated(text: string): boolean {
  for (let length = 1; length <= PIECE_CHARACTERS_MAX; length += 1) {
    const piece = text.slice(0, length);
    if (piece.repeat(Math.ceil(text.length / length)).slice(0, text.length) === text) return true;
  }
  return false;
}

function isRow(text: string): boolean {
  const backwards = [...text].toReversed().join('');
  return ROWS.some((row) => row.includes(text) || row.includes(backwards));
}
