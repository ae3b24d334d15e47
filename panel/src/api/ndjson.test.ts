/**
 * Goal: whatever the pieces in which bytes arrive, exactly the complete lines come out, and no line is endless.
 * Method: properties over random texts and cuts; streams of this runtime.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineTooLong, readLines } from './ndjson.ts';

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

async function linesOf(pieces: readonly Uint8Array[], max?: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of readLines(streamOf(pieces), max)) lines.push(line);
  return lines;
}

/** Cuts bytes at the places given, wherever these lie. */
function cut(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

test('every cut of the bytes gives the same lines, also inside a character', async () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/\n/.test(text) && text.trim() !== '');
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (lines, places) => {
      const bytes = new TextEncoder().encode(lines.map((text) => `${text}\n`).join(''));
      // A stream that begins with a byte order mark loses it, as UTF-8 decoding demands.
      const wanted = lines.map((text, index) => (index === 0 ? text.replace(/^\uFEFF/, '') : text));
      assert.deepEqual(
        await linesOf(cut(bytes, places)),
        wanted.filter((text) => text.trim() !== ''),
      );
    }),
    { numRuns: 150 },
  );
});

test('a line without its newline was cut short and is dropped; empty lines are passed over', async () => {
  const bytes = new TextEncoder().encode('{"a":1}\n\n{"b":2}\n{"c":');
  assert.deepEqual(await linesOf([bytes]), ['{"a":1}', '{"b":2}']);
});

test('an endless line is refused, complete or not', async () => {
  const long = new TextEncoder().encode('x'.repeat(50));
  await assert.rejects(linesOf([long, long, long], 100), LineTooLong);
  await assert.rejects(
    linesOf([new TextEncoder().encode(`${'x'.repeat(101)}\n`)], 100),
    LineTooLong,
  );
  assert.deepEqual(await linesOf([new TextEncoder().encode(`${'x'.repeat(100)}\n`)], 100), [
    'x'.repeat(100),
  ]);
});
