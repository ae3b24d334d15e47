/**
 * The one-time code that a field engineer types to licence a cart or a workstation.
 *
 * It is twenty characters of Crockford's base32 in four groups of five, `K7QM2-XNPD0-…`: nineteen carry 95 bits of
 * secret, the last is a check symbol. The check is a Reed-Solomon symbol over GF(32), so that every single
 * wrong character and every exchange of two characters, adjacent or not, is noticed before the network is
 * asked. A code is a secret: it is shown once, and only its SHA-256 is kept.
 */
import { DomainError } from '../error/domain-error.ts';
import type { Branded, RandomBytes } from '../id/id.ts';

/** A code in its one printed form: upper case, in groups, check symbol right. */
export type LicenceCode = Branded<'LicenceCode'>;

/** Crockford's base32: no I, L, O or U. The position of a symbol is its value. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SYMBOLS = 20;
const SECRET_SYMBOLS = SYMBOLS - 1;
const GROUP_SYMBOLS = 5;
/** Characters of input that are looked at; enough for generous spacing, far too few to cost anything. */
const TYPED_CHARACTERS_MAX = 128;

export class MistypedLicenceCode extends DomainError {
  readonly code = 'LICENCE_CODE_MISTYPED';
}

/** Makes a new code from 19 unpredictable bytes (the low five bits of each are used). */
export function newLicenceCode(randomBytes: RandomBytes): LicenceCode {
  const values: number[] = [];
  for (const byte of randomBytes(SECRET_SYMBOLS)) values.push(byte & 31);
  if (values.length !== SECRET_SYMBOLS)
    throw new RangeError('The random source gave too few bytes.');
  return print([...values, weightedSum([...values, 0])]);
}

/**
 * Reads a code as a person typed it: in any case, with or without spaces and dashes, `I` and `L` for 1, `O` for 0.
 * @throws MistypedLicenceCode when it cannot be a code, whoever issued it
 */
export function parseLicenceCode(text: string): LicenceCode {
  if (text.length > TYPED_CHARACTERS_MAX)
    throw mistyped(`it has ${SYMBOLS} characters, this is far more`);
  const values: number[] = [];
  for (const character of text) {
    if (isSpacing(character)) continue;
    const value = symbolValue(character);
    if (value === undefined) throw mistyped('there is a character that no licence code contains');
    values.push(value);
  }
  if (values.length !== SYMBOLS) {
    throw mistyped(`it has ${SYMBOLS} characters, this has ${values.length}`);
  }
  if (weightedSum(values) !== 0) {
    throw mistyped('a character is wrong or two are exchanged');
  }
  return print(values);
}

function mistyped(why: string): MistypedLicenceCode {
  return new MistypedLicenceCode(
    `This licence code is mistyped: ${why}. Compare it with the licence; nothing has been used up.`,
  );
}

function isSpacing(character: string): boolean {
  return /^[\s\-\u2010-\u2015]$/u.test(character);
}

function symbolValue(character: string): number | undefined {
  const upper = character.toUpperCase();
  const read = upper === 'I' || upper === 'L' ? '1' : upper === 'O' ? '0' : upper;
  const value = read.length === 1 ? ALPHABET.indexOf(read) : -1;
  return value < 0 ? undefined : value;
}

function print(values: readonly number[]): LicenceCode {
  let text = '';
  for (const [index, value] of values.entries()) {
    if (index > 0 && index % GROUP_SYMBOLS === 0) text += '-';
    text += ALPHABET.charAt(value);
  }
  return text as unknown as LicenceCode;
}

/**
 * Adds up `α^(19 - i) · symbol i` over GF(32). It is zero for a right code, and because the check symbol's weight is
 * 1, it is also the check symbol that a code ending in 0 lacks. All αⁿ with n < 31 differ and none is 0, so one
 * changed symbol, or two exchanged ones, always change the sum.
 */
function weightedSum(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum = timesAlpha(sum) ^ value;
  return sum;
}

/** Multiplies by α in GF(32), whose polynomial is x⁵ + x² + 1 (primitive, so α has order 31). */
function timesAlpha(value: number): number {
  const doubled = value << 1;
  return doubled > 31 ? doubled ^ 0b100101 : doubled;
}
