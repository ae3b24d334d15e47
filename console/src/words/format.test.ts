/**
 * Goal: numbers read as people write them, and a digest as `sha256sum` prints it.
 * Method: the edges of each unit; a digest against Node's own.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { formatBytes, formatDigest, formatDuration, formatUTC } from './format.ts';

test('bytes change their unit at a thousand', () => {
  assert.equal(formatBytes(0), '0 bytes');
  assert.equal(formatBytes(999), '999 bytes');
  assert.equal(formatBytes(1000), '1.0 KB');
  assert.equal(formatBytes(11_568_890), '11.6 MB');
  assert.equal(formatBytes(2 ** 31), '2.1 GB');
});

test('durations drop hours that are not there', () => {
  assert.equal(formatDuration(0), '0:00');
  assert.equal(formatDuration(125), '2:05');
  assert.equal(formatDuration(3600), '1:00:00');
});

test('documents give UTC', () => {
  assert.equal(formatUTC(Date.UTC(2026, 10, 24, 16, 1, 2)), '2026-11-24 16:01:02 UTC');
});

test('a digest is hexadecimal, whatever its bytes', () => {
  for (let seed = 0; seed < 64; seed += 1) {
    const hash = createHash('sha256').update(String(seed)).digest();
    assert.equal(formatDigest(hash.toString('base64url')), hash.toString('hex'));
  }
});
