/**
 * Goal: the reader takes exactly what JSON.parse takes (but for doubled names and depth), and says where it stops.
 * Method: fast-check values and damaged texts against JSON.parse; a table of damages with their places.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJson } from './json-position.ts';

test('what JSON.stringify writes is read back', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 2), (text, indent) => {
      const value: unknown = JSON.parse(text);
      assert.deepEqual(parseJson(JSON.stringify(value, null, indent)).value, value);
    }),
  );
});

test('a damaged text is refused exactly when JSON.parse refuses it', () => {
  const damaged = fc
    .tuple(
      fc.json({ maxDepth: 4 }),
      fc.nat(),
      fc.constantFrom('', '"', ',', '{', ']', ':', '\\', '0', '\u0001', '-'),
    )
    .map(([text, at, put]) => {
      const where = at % (text.length + 1);
      return text.slice(0, where) + put + text.slice(where + 1);
    });
  fc.assert(
    fc.property(damaged, (text) => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        const { fault } = parseJson(text);
        assert(fault !== undefined && fault.line >= 1 && fault.column >= 1);
        return;
      }
      const { value, fault } = parseJson(text);
      if (fault === undefined) assert.deepEqual(value, expected);
      else assert.match(fault.reason, /is there twice/);
    }),
    { numRuns: 1_000 },
  );
});

for (const [text, line, column, reason] of [
  ['', 1, 1, /the file ends/],
  ['{\n  "a": 1,\n}', 2, 9, /"," too many/],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, /expected "," or "}"/],
  ['{"a": 1, "a": 2}', 1, 10, /"a" is there twice/],
  ['{ // why\n}', 1, 3, /name in double quotes/],
  ['[1, /* */ 2]', 1, 5, /no comments/],
  ["{'a': 1}", 1, 2, /double quotes/],
  ['{"a": "x\n"}', 1, 7, /no end, a line break/],
  ['{"a": tru}', 1, 7, /expected a value/],
  ['{"a": 1}\n}', 2, 1, /end of the file/],
  ['['.repeat(40), 1, 33, /too deeply/],
] as const) {
  test(`says where ${JSON.stringify(text.slice(0, 24))} is wrong`, () => {
    const { fault } = parseJson(text);
    assert(fault !== undefined);
    assert.deepEqual([fault.line, fault.column], [line, column]);
    assert.match(fault.reason, reason);
  });
}

test('a byte order mark is passed over', () => {
  assert.deepEqual(parseJson('\uFEFF{"a":1}').value, { a: 1 });
});
