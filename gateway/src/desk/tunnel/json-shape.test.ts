/**
 * Goal: what is larger than our messages once it is parsed is told apart before it is parsed.
 * Method: the largest message that the protocol knows, and small texts that would become large.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isModest } from './json-shape.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the largest listing and the largest page of a journal are taken', () => {
  const name = '[{,'.repeat(85);
  const entry = { name, kind: 'file', bytes: Number.MAX_SAFE_INTEGER, modifiedUtcMs: 1 };
  const listing = { entries: Array.from({ length: 5000 }, () => entry), truncated: true };
  assert.ok(isModest(bytes(JSON.stringify(listing))));
  const line = JSON.stringify({ index: 1, fact: { kind: 'a', many: '"\\'.repeat(1000) } });
  const page = { entries: Array.from({ length: 500 }, () => line), head: 'a.b.c' };
  assert.ok(isModest(bytes(JSON.stringify(page))));
});

test('many values, many members and deep nesting are refused', () => {
  assert.ok(!isModest(bytes(`[${'{},'.repeat(40_000)}{}]`)));
  assert.ok(!isModest(bytes(`[${'1,'.repeat(40_000)}1]`)));
  assert.ok(!isModest(bytes(`{${'"a":1,'.repeat(40_000)}"a":1}`)));
  assert.ok(!isModest(bytes('['.repeat(17))));
  assert.ok(isModest(bytes('['.repeat(16))));
});

test('what stands in a string counts for nothing, whatever is escaped in it', () => {
  assert.ok(isModest(bytes(JSON.stringify({ a: `\\"${'[,'.repeat(40_000)}` }))));
  // The string ends here, so what follows counts.
  assert.ok(!isModest(bytes(`["\\\\",${'[],'.repeat(40_000)}1]`)));
});
