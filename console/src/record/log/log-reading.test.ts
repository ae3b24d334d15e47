// Goal: lines are read anywhere in a text, a search finds what is there and stops at its limit, in every encoding.
// Method: random texts against a plain splitting; a desk that breaks off in the middle.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { RangeSource } from '../reading/range-source.ts';
import { sourceOf } from '../reading/testing/source-of.ts';
import { HITS_MAX, LogReading, searchLog } from './log-reading.ts';
import type { SearchTold } from './log-reading.ts';
import type { TextEncoding } from './line-index.ts';
import { patternOf } from './pattern.ts';

const never = new AbortController().signal;
const encode = (text: string, encoding: TextEncoding): Uint8Array => {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
};

async function search(
  bytes: Uint8Array,
  text: string,
  encoding: TextEncoding = 'utf-8',
  isRegex = false,
) {
  const hits: number[] = [];
  const hear = (told: SearchTold): void => void hits.push(...told.hits);
  const pattern = patternOf({ text, isRegex, heedsCase: false });
  const { isMore } = await searchLog(sourceOf(bytes), encoding, pattern, hear, never);
  return { hits, isMore };
}

test('each line is read as it stands, wherever one begins', async () => {
  const words = fc.array(fc.stringMatching(/^[a-zäöü0-9 ]{0,60}$/), {
    minLength: 1,
    maxLength: 900,
  });
  const encodings = fc.constantFrom<TextEncoding>('utf-8', 'utf-16le', 'utf-16be');
  await fc.assert(
    fc.asyncProperty(words, encodings, fc.nat({ max: 900 }), async (lines, encoding, from) => {
      const reading = new LogReading(sourceOf(encode(`${lines.join('\n')}\n`, encoding)), encoding);
      const { lines: count } = await reading.index(() => undefined, never);
      assert.equal(count, lines.length);
      const read = await reading.lines(from, 40);
      assert.deepEqual(
        read.map(({ text }) => text),
        lines.slice(from, from + 40),
      );
    }),
    { numRuns: 40 },
  );
});

test('a search finds the lines that have it, also behind a sign that is cut between two pieces', async () => {
  const lines = Array.from(
    { length: 30_000 },
    (_, at) => `ä${'x'.repeat(at % 50)} ${at % 997 === 0 ? 'Füllstand' : 'gut'}`,
  );
  const expected = lines.flatMap((line, at) => (line.includes('Füllstand') ? [at] : []));
  for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
    const bytes = encode(lines.join('\n'), encoding);
    assert.deepEqual(await search(bytes, 'füllSTAND', encoding), { hits: expected, isMore: false });
    assert.deepEqual((await search(bytes, 'f.llstand$', encoding, true)).hits, expected);
  }
});

test('a search ends at its limit and says that there is more', async () => {
  const bytes = encode('ERROR\n'.repeat(HITS_MAX * 2), 'utf-8');
  const { hits, isMore } = await search(bytes, 'error');
  assert.deepEqual([hits.length, isMore], [HITS_MAX, true]);
});

test('a reading that breaks off goes on from where it was, and a refusal is told', async () => {
  const bytes = encode('line\n'.repeat(100_000), 'utf-8');
  let asked = 0;
  const breaking = new RangeSource(
    { address: '/', bytes: bytes.length },
    async (_to, { headers }) => {
      asked += 1;
      const [, first = '0', last = '0'] =
        /^bytes=(\d+)-(\d+)$/.exec((headers as Record<string, string>)['range'] ?? '') ?? [];
      const end = asked === 1 ? 70_000 : Number(last) + 1;
      return await Promise.resolve(new Response(bytes.slice(Number(first), end), { status: 206 }));
    },
  );
  const reading = new LogReading(breaking, 'utf-8');
  assert.equal((await reading.index(() => undefined, never)).lines, 100_000);
  assert.equal(asked, 2);
  const refusing = new RangeSource(
    { address: '/', bytes: 10 },
    async () =>
      await Promise.resolve(new Response('{"code":"RECORD_IN_QUARANTINE"}', { status: 409 })),
  );
  await assert.rejects(refusing.read(0, 10), { code: 'RECORD_IN_QUARANTINE' });
});
