/**
 * Goal: a code that was typed wrongly is always noticed before the network is asked, and one that was typed
 * rightly is always read, however it was spaced. Method: properties over random codes, all their single errors
 * and all their exchanges, and random texts.
 */
import { equal, match, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MistypedLicenceCode, newLicenceCode, parseLicenceCode } from './licence-code.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const code = fc
  .uint8Array({ minLength: 19, maxLength: 19 })
  .map((bytes) => newLicenceCode(() => bytes));

test('a new code is four groups of five and reads back as itself', () => {
  fc.assert(
    fc.property(code, (made) => {
      match(made, /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/);
      equal(parseLicenceCode(made), made);
    }),
  );
});

test('all 95 bits reach the code: different secrets give different codes', () => {
  const secret = fc.uint8Array({ minLength: 19, maxLength: 19, max: 31 });
  fc.assert(
    fc.property(secret, fc.nat(18), fc.integer({ min: 1, max: 31 }), (bytes, at, flip) => {
      const other = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ flip : byte));
      equal(newLicenceCode(() => bytes) === newLicenceCode(() => other), false);
    }),
  );
});

test('case, spaces, dashes and the look-alikes I, L and O do not matter', () => {
  const spacing = fc.array(fc.constantFrom('', ' ', '-', '–', '\t'), {
    minLength: 23,
    maxLength: 23,
  });
  const looks = fc.array(fc.boolean(), { minLength: 23, maxLength: 23 });
  fc.assert(
    fc.property(code, spacing, looks, (made, gaps, alike) => {
      const typed = [...made].map((character, index) => {
        const twin =
          character === '1' ? (index % 2 ? 'l' : 'I') : character === '0' ? 'o' : undefined;
        return (alike[index] ? (twin ?? character.toLowerCase()) : character) + (gaps[index] ?? '');
      });
      equal(parseLicenceCode(typed.join('')), made);
    }),
  );
});

test('every single wrong character is noticed', () => {
  fc.assert(
    fc.property(code, (made) => {
      const symbols = made.replaceAll('-', '');
      for (let at = 0; at < symbols.length; at += 1) {
        for (const wrong of ALPHABET) {
          if (wrong === symbols[at]) continue;
          const typed = symbols.slice(0, at) + wrong + symbols.slice(at + 1);
          throws(() => parseLicenceCode(typed), MistypedLicenceCode);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('every exchange of two characters is noticed', () => {
  fc.assert(
    fc.property(code, (made) => {
      const symbols = [...made.replaceAll('-', '')];
      for (let left = 0; left < symbols.length; left += 1) {
        for (let right = left + 1; right < symbols.length; right += 1) {
          if (symbols[left] === symbols[right]) continue;
          const typed = symbols.with(left, symbols[right] ?? '').with(right, symbols[left] ?? '');
          throws(() => parseLicenceCode(typed.join('')), MistypedLicenceCode);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('a dropped or doubled character is noticed', () => {
  fc.assert(
    fc.property(code, fc.nat(19), (made, at) => {
      const symbols = made.replaceAll('-', '');
      throws(
        () => parseLicenceCode(symbols.slice(0, at) + symbols.slice(at + 1)),
        MistypedLicenceCode,
      );
      throws(
        () => parseLicenceCode(symbols.slice(0, at) + symbols.slice(at - 1)),
        MistypedLicenceCode,
      );
    }),
  );
});

test('the parser throws nothing but its own error', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ minLength: 100, maxLength: 5000 }),
  );
  fc.assert(
    fc.property(text, (typed) => {
      try {
        equal(parseLicenceCode(typed).length, 23);
      } catch (error) {
        equal(error instanceof MistypedLicenceCode, true);
      }
    }),
  );
});

test('the check symbol stays what it was when the first codes were printed', () => {
  equal(
    newLicenceCode(() => new Uint8Array(19)),
    '00000-00000-00000-00000',
  );
  equal(
    newLicenceCode((length) => Uint8Array.from({ length }, (_, index) => index)),
    '01234-56789-ABCDE-FGHJT',
  );
});
