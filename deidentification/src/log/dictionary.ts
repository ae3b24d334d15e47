/**
 * Names and numbers of one case that are taken out of its logs wherever they stand, in any case of letters.
 *
 * A person's name is taken whole and in its parts, so that DOE^JANE, "Doe, Jane" and "jane.doe" are all found. Parts of
 * four and more characters are found inside of other words, too; shorter ones only where they stand alone, unless they are
 * of a writing without spaces. Words and lines are compared composed (NFC): the caller gives lines so.
 */
import { DeidentificationLimitReached } from '@chaperone/domain/deidentification/deidentification.ts';
import { ByteSearch } from '../residue/byte-search.ts';
import { ENCODED_SIGNS_MIN, encodedForms } from '../residue/encoded-forms.ts';

const WORDS_MAX = 5000;
const PART_MIN = 2;
/** From so many characters on a part is found inside of a word. */
const INSIDE_MIN = 4;
/** Digits that stand alone and are so few are counts, not numbers of people. */
const DIGITS_MIN = 4;

export class Dictionary {
  readonly #parts: ReadonlySet<string>;
  readonly #pattern: RegExp | null;
  readonly #encoded: ByteSearch;

  /** @throws DeidentificationLimitReached */
  constructor(words: Iterable<string>) {
    const parts = new Set<string>();
    const written = new Set<string>();
    for (const word of words) {
      for (const part of [word, ...word.split(/[^\p{L}\p{N}]+/u)]) {
        const low = part.normalize('NFC').trim().toLowerCase();
        const isShortNumber = /^\d+$/.test(low) && low.length < DIGITS_MIN;
        if (low.length < PART_MIN || isShortNumber) continue;
        parts.add(low);
        written.add(part.trim());
      }
      if (parts.size > WORDS_MAX) {
        throw new DeidentificationLimitReached('The case has too many words to take out.');
      }
    }
    this.#parts = parts;
    this.#encoded = new ByteSearch([], [...written].flatMap(encodedForms), ENCODED_SIGNS_MIN);
    // The longest first, so that a whole name becomes one word and not two.
    const alternatives = [...parts].toSorted((a, b) => b.length - a.length).map(alternativeOf);
    this.#pattern = parts.size === 0 ? null : new RegExp(alternatives.join('|'), 'giu');
  }

  get size(): number {
    return this.#parts.size;
  }

  replace(line: string, by: (found: string) => string): string {
    return this.#pattern === null ? line : line.replaceAll(this.#pattern, by);
  }

  /** Tells whether one of its words can still be read in a line, as it is or in base64 or hexadecimal digits. */
  isIn(line: string): boolean {
    if (this.#pattern === null) return false;
    return line.search(this.#pattern) >= 0 || this.#encoded.finds(Buffer.from(`${line}\0`));
  }
}

/** Scripts that set no spaces between words, in which a name of two characters is a whole one. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

function alternativeOf(part: string): string {
  const text = part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  const isInside = part.length >= INSIDE_MIN || WITHOUT_SPACES.test(part);
  return isInside ? text : `(?<![\\p{L}\\p{N}])${text}(?![\\p{L}\\p{N}])`;
}
