/**
 * Goal: the root in a receipt stands for exactly these lines, and a line for exactly one file. Method: known lines with the
 * root computed by Node's own SHA-256, and properties over many files.
 */
import { equal, notEqual } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { newId } from '@chaperone/domain/id/id.ts';
import { readReceiptFile, receiptFilesOf, writeReceiptFile } from './receipt-files.ts';
import type { ReceiptFile } from './receipt-files.ts';

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));
const files: fc.Arbitrary<ReceiptFile> = fc.record({
  transfer: fc
    .uint8Array({ minLength: 64, maxLength: 64 })
    .map((bytes) => newId('transfer', (length) => bytes.slice(0, length))),
  direction: fc.constantFrom('from-cart', 'to-cart'),
  outcome: fc.constantFrom('whole', 'broken', 'refused'),
  bytes: fc.nat(),
  name: fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }),
  sha256: fc.option(hash),
  utcMs: fc.nat(),
  salt: hash,
});

test('a file is read from its line alone, and any other writing of it is none', () => {
  fc.assert(
    fc.property(files, (file) => {
      const line = writeReceiptFile(file);
      equal(JSON.stringify(readReceiptFile(line)), line);
      equal(readReceiptFile(` ${line}`), undefined);
      equal(readReceiptFile(line.replace('"transfer"', '"Transfer"')), undefined);
    }),
  );
});

test('RFC 6962 §2.1: the root of no lines, of one and of two', () => {
  const sha = (...parts: readonly Uint8Array[]): Buffer =>
    createHash('sha256').update(Buffer.concat(parts)).digest();
  const leaf = (text: string): Buffer => sha(Buffer.of(0), Buffer.from(text));
  equal(receiptFilesOf([], 0).root, sha().toString('base64url'));
  equal(receiptFilesOf(['a'], 0).root, leaf('a').toString('base64url'));
  const two = sha(Buffer.of(1), leaf('a'), leaf('b')).toString('base64url');
  equal(receiptFilesOf(['a', 'b'], 3).root, two);
  notEqual(receiptFilesOf(['b', 'a'], 3).root, two);
});

test('a text that is no line gives nothing', () => {
  fc.assert(fc.property(fc.string(), (text) => readReceiptFile(text) === undefined));
  equal(readReceiptFile('[]'), undefined);
  equal(readReceiptFile('x'.repeat(100_000)), undefined);
});
