// Goal: a form with a file is read as browsers write it, and whatever else comes is refused by its own error alone. Method: forms of
// Node's own fetch, forms that are cut, nested or overfull, and any bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { policyOf } from './form.ts';
import { readMultipart } from './multipart.ts';
import { PortalFormMalformed } from './web-error.ts';

/** Lets Node write the form as its fetch would. */
async function written(fields: Readonly<Record<string, string | Uint8Array>>) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields))
    data.append(name, typeof value === 'string' ? value : new Blob([value]));
  const response = new Response(data);
  const contentType = response.headers.get('content-type') ?? '';
  return { bytes: Buffer.from(await response.arrayBuffer()), contentType };
}

test('fields and files come out to the byte, empty ones and such with line ends and hyphens too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.tuple(fc.stringMatching(/^[a-z]{1,10}$/), fc.uint8Array({ maxLength: 300 })),
        { maxLength: 8, selector: ([name]) => name, minLength: 1 },
      ),
      async (fields) => {
        const { bytes, contentType } = await written(Object.fromEntries(fields));
        const read = readMultipart(bytes, contentType);
        assert.equal(read.size, fields.length);
        for (const [name, value] of fields) assert.ok(read.get(name)?.equals(value), name);
      },
    ),
    { numRuns: 200 },
  );
});

test('whatever bytes come under whatever type, it is a form or that error', () => {
  const boundary = 'b';
  const piece = fc.constantFrom(
    ...[
      '--b',
      '--b--',
      '\r\n',
      '\r\n\r\n',
      'content-disposition: form-data; name="a"',
      '; filename="x"',
      'x',
      '-',
    ],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 20 }).map((all) => all.join('')),
        fc.string(),
      ),
      fc.oneof(fc.constant(`multipart/form-data; boundary=${boundary}`), fc.string()),
      (body, contentType) => {
        try {
          readMultipart(Buffer.from(body), contentType);
        } catch (fault) {
          assert.ok(fault instanceof PortalFormMalformed);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a field twice, too many, one without a name or without an end, and another type are refused', async () => {
  const type = 'multipart/form-data; boundary=b';
  const part = (name: string): string =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\nx\r\n`;
  const nine = Array.from({ length: 9 }, (_, at) => part(`f${at}`)).join('');
  for (const [body, contentType] of [
    [`${part('a')}${part('a')}--b--`, type],
    [`${nine}--b--`, type],
    ['--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--', type],
    [part('a').trimEnd(), type],
    [`preamble\r\n${part('a')}--b--`, type],
    [`${part('a')}--b--`, 'multipart/form-data'],
    [`${part('a')}--b--`, 'multipart/mixed; boundary=b'],
    [`--b\r\n${'x'.repeat(3000)}\r\n\r\nx\r\n--b--`, type],
  ] as const)
    assert.throws(() => readMultipart(Buffer.from(body), contentType), PortalFormMalformed, body);
  assert.throws(() => policyOf('policy=x'), PortalFormMalformed);
  const form = await written({ file: '', policy: ' a.b\r\n.c ', fingerprint: 'ab:' });
  assert.deepEqual(policyOf(form), { jws: 'a.b.c', fingerprint: '' });
});
