/**
 * What a result is searched for: the values that were taken out, whole and in their parts, as a reader would still recognise them.
 *
 * Short numbers and single letters are in every file and prove nothing; they are compared with whole values only.
 */
import type { DataElement } from '../dicom/element.ts';
import { encodedForms } from './encoded-forms.ts';

/** A part of a name or a word that is looked for anywhere. Characters. */
const WORD_MIN = 3;
/** Digits that are looked for anywhere; fewer are compared with whole values. */
const DIGITS_MIN = 6;
/** A value that is longer is looked for by its words. Characters. */
const WHOLE_MAX = 64;
const VALUES_MAX = 20_000;
/** Of binary values only what reads as text is looked for: a run of so many letters, digits and marks. */
const READABLE_RUN = /[\p{L}\p{N}^=_.@ -]{4,64}/gu;
const TEXT = new Set([
  'AE',
  'AS',
  'CS',
  'DA',
  'DS',
  'DT',
  'IS',
  'LO',
  'LT',
  'PN',
  'SH',
  'ST',
  'TM',
  'UC',
  'UI',
  'UR',
  'UT',
]);
const NUMBERS = new Set(['AS', 'DA', 'DS', 'DT', 'IS', 'TM']);
/** UIDs of the standard itself say nothing of anybody. */
const PUBLIC_UID = /^1\.2\.840\.10008\./;

export class OriginalValues {
  /** Lower case; looked for anywhere. */
  readonly #anywhere = new Set<string>();
  /** Lower case; compared with whole values. */
  readonly #whole = new Set<string>();
  /** As they were written: how a value looks when it is encoded depends on its letters. */
  readonly #written = new Set<string>();
  #isFull = false;

  /** How many different values are looked for. */
  get size(): number {
    return this.#anywhere.size + this.#whole.size;
  }
  get isFull(): boolean {
    return this.#isFull;
  }
  get anywhere(): ReadonlySet<string> {
    return this.#anywhere;
  }
  get whole(): ReadonlySet<string> {
    return this.#whole;
  }

  /** What the values of `anywhere` look like in base64 and in hexadecimal digits. */
  encoded(): readonly string[] {
    return [...new Set([...this.#written].flatMap(encodedForms))];
  }

  /** Takes in an element that was removed or replaced, with all that it holds. */
  take({ vr, value, items }: DataElement): void {
    for (const item of items ?? []) for (const nested of item.elements) this.take(nested);
    if (items !== null || value.length === 0) return;
    const bytes = Buffer.from(value);
    const readings = new Set([bytes.toString('latin1'), bytes.toString('utf8')]);
    for (const reading of readings) {
      if (TEXT.has(vr)) this.#text(reading, vr);
      else for (const [run] of reading.matchAll(READABLE_RUN)) this.#text(run, 'LO');
    }
  }

  #text(text: string, vr: string): void {
    for (const one of text.split('\\')) {
      const value = one.replaceAll('\0', '').trim();
      if (vr === 'UI') this.#uid(value);
      else if (NUMBERS.has(vr)) this.#add(this.#whole, value, WORD_MIN + 1);
      else this.#words(value);
    }
  }

  #uid(value: string): void {
    if (!PUBLIC_UID.test(value)) this.#add(this.#anywhere, value, 8);
  }

  #words(value: string): void {
    if (value.length <= WHOLE_MAX) this.#one(value);
    for (const word of value.split(/[^\p{L}\p{N}]+/u)) this.#one(word);
  }

  #one(word: string): void {
    if (PUBLIC_UID.test(word)) return;
    const isNumber = /^[\d.,:;/ -]+$/.test(word);
    if (isNumber && word.replaceAll(/\D/g, '').length < DIGITS_MIN) {
      this.#add(this.#whole, word, WORD_MIN + 1);
    } else this.#add(this.#anywhere, word, WORD_MIN);
  }

  #add(set: Set<string>, value: string, min: number): void {
    // One sign over and over, such as 000000, is padding and midnight.
    if (value.length < min || new Set(value).size < 2) return;
    if (this.size >= VALUES_MAX) this.#isFull = true;
    else {
      set.add(value.toLowerCase());
      if (set === this.#anywhere) this.#written.add(value);
    }
  }
}
