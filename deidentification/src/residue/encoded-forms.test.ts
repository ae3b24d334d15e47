// Goal: a value is found in whatever was encoded in base64 or in hexadecimal digits, wherever in it the value stands; and
// nothing is found where it is not. Method: random values between random bytes, encoded; logs with a name in a request.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { run } from '../testing/run.ts';
import { ByteSearch } from './byte-search.ts';
import { ENCODED_SIGNS_MIN, encodedForms } from './encoded-forms.ts';

const value = fc.stringMatching(/^[A-Za-z][A-Za-z0-9^ -]{5,30}$/);
const around = fc.uint8Array({ maxLength: 20 });
const finds = (values: readonly string[], text: string): boolean =>
  new ByteSearch([], values.flatMap(encodedForms), ENCODED_SIGNS_MIN).finds(Buffer.from(text));

test('a value of six bytes and more is found in base64, base64url and hexadecimal digits, at every place', () => {
  const encoding = fc.constantFrom('base64', 'base64url', 'hex');
  const cased = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toLowerCase(),
    (text: string) => text.toUpperCase(),
  );
  fc.assert(
    fc.property(value, cased, around, around, encoding, (text, write, before, after, how) => {
      const bytes = Buffer.concat([before, Buffer.from(write(text)), after]);
      assert.ok(finds([text], `x=${bytes.toString(how as BufferEncoding)};`));
    }),
  );
});

test('what does not hold the value is not taken for it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 30, maxLength: 3000 }), (bytes) => {
      assert.ok(!finds(['Quartzheim', 'MRN-99812345'], Buffer.from(bytes).toString('base64')));
    }),
  );
});

test('short values have no form of their own', () => {
  assert.deepEqual(encodedForms('Doe'), []);
  assert.ok(encodedForms('Müller').every((form) => form.length >= ENCODED_SIGNS_MIN));
});

test('a log with a name of the case in base64 or in hexadecimal digits is refused', async () => {
  const body = Buffer.from('{"name":"Quartzheim^Ann"}');
  for (const said of [body.toString('base64'), body.toString('hex').toUpperCase()]) {
    const log = Buffer.from(`2026-11-30T08:00:00.123Z web body=${said}\n`.repeat(3));
    await assert.rejects(run(log, { words: ['Quartzheim^Ann'] }), {
      code: 'DEIDENTIFICATION_RESIDUE_FOUND',
    });
    assert.ok((await run(log, { words: ['Somebody'] })).bytes.length > 0);
  }
});
