// Goal: headers of tus are read as tus 1.0 has them, or refused, and nothing that a browser says leads out of a folder.
// Method: examples of the specification, counterexamples, and texts by chance.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import fc from 'fast-check';
import { parseChecksum, parseMetadata, parseOffset } from './tus-header.ts';

const b64 = (text: string): string => Buffer.from(text).toString('base64');

test('Upload-Metadata: pairs of a key and base64, in any order, with unknown keys', () => {
  const said = `filename ${b64('a b.dcm')},folder ${b64('study/1')},fingerprint ${b64('f')},filetype ${b64('x/y')},empty`;
  const read = { name: 'a b.dcm', folder: 'study/1', fingerprint: 'f' };
  assert.deepEqual(parseMetadata(said), read);
  assert.deepEqual(parseMetadata(`filename ${b64('ü')}`), {
    name: 'ü',
    folder: '',
    fingerprint: '',
  });
});

test('Upload-Metadata that is none, or names what is refused', () => {
  const malformed = { code: 'UPLOAD_HEADER_MALFORMED' };
  const filename = `filename ${b64('a')}`;
  for (const said of [
    undefined,
    'filename !',
    `filename ${b64('a')} more`,
    `${filename},${filename}`,
    `FILENAME ${b64('a')}`,
    `${filename},x ${'A'.repeat(7000)}`,
    'filename /w==',
    `${filename},fingerprint ${b64('f'.repeat(101))}`,
    Array.from({ length: 9 }, (_, at) => `${'abcdefghi'[at] ?? ''} ${b64('x')}`).join(),
  ])
    assert.throws(() => parseMetadata(said), malformed, said);
  for (const said of ['', '../a', 'a/b', '.', 'CON'])
    assert.throws(() => parseMetadata(`filename ${b64(said)}`), {
      code: /FILE_NAME_REFUSED|MALFORMED/,
    });
  for (const folder of ['..', '/a', 'a//b', 'a/../b', 'a\\b'])
    assert.throws(() => parseMetadata(`${filename},folder ${b64(folder)}`), {
      code: 'FILE_NAME_REFUSED',
    });
});

test('Upload-Offset and Upload-Checksum', () => {
  assert.equal(parseOffset('0', 'x'), 0);
  assert.equal(parseOffset('999999999999999', 'x'), 999_999_999_999_999);
  for (const text of [undefined, '', '-1', '1.5', '1e3', ' 1', '9'.repeat(16)])
    assert.throws(() => parseOffset(text, 'x'), { code: 'UPLOAD_HEADER_MALFORMED' });
  const digest = Buffer.alloc(32, 7);
  assert.equal(parseChecksum(undefined), null);
  assert.ok(parseChecksum(`sha256 ${digest.toString('base64')}`)?.equals(digest));
  for (const text of [
    '',
    'sha256',
    'sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=',
    `sha256 ${digest.toString('hex')}`,
    'sha256 AA==',
  ])
    assert.throws(() => parseChecksum(text), { code: 'UPLOAD_HEADER_MALFORMED' }, text);
});

test('whatever comes is read or refused by a code, and what is read is a name in a folder', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.string()),
      (text, names) => {
        const said = [
          text,
          names
            .map((name, at) => `${['filename', 'folder', 'fingerprint'][at] ?? 'x'} ${b64(name)}`)
            .join(),
        ];
        for (const each of said) {
          try {
            const { name, folder } = parseMetadata(each);
            assert.ok(!name.includes('/') && name !== '..');
            assert.ok(!folder.split('/').includes('..') && !folder.startsWith('/'));
          } catch (refusal) {
            assert.ok(refusal instanceof DomainError, String(refusal));
          }
          for (const parse of [parseChecksum, (offset: string) => parseOffset(offset, 'x')]) {
            try {
              parse(each);
            } catch (refusal) {
              assert.ok(refusal instanceof DomainError, String(refusal));
            }
          }
        }
      },
    ),
  );
});
