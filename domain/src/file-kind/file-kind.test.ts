// Goal: a file is what its first bytes say, and no input makes the looking fail. Method: one example per row of the table, among
// them those that could be taken for something more harmless; and random bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FILE_HEAD_BYTES, FILE_KINDS, fileKindOf } from './file-kind.ts';
import type { FileKind } from './file-kind.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const padded = (at: number, mark: string): Uint8Array => {
  const bytes = new Uint8Array(at + 64);
  bytes.set(text(mark), at);
  return bytes;
};
const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));

const EXAMPLES: readonly (readonly [string, FileKind, Uint8Array])[] = [
  ['nothing', 'empty', new Uint8Array(0)],
  ['a DICOM file', 'dicom', padded(128, 'DICM')],
  [
    'a program with a DICOM mark in it',
    'executable',
    Uint8Array.from([0x4d, 0x5a, ...padded(126, 'DICM')]),
  ],
  ['a program of Linux', 'executable', hex('7f454c4602010100')],
  ['a program of Windows', 'executable', text('MZ\u0090')],
  ['WebAssembly', 'executable', hex('0061736d01000000')],
  ['a shell script', 'script', text('#!/bin/sh\nrm -rf /\n')],
  ['a script behind a byte order mark', 'script', text('\ufeff#!/bin/sh\n')],
  ['a zip', 'archive', hex('504b030414000000')],
  ['gzip', 'archive', hex('1f8b0800')],
  ['tar', 'archive', padded(257, 'ustar')],
  ['a PDF', 'pdf', text('%PDF-1.7\n')],
  ['PNG', 'image', hex('89504e470d0a1a0a00')],
  ['JPEG', 'image', hex('ffd8ffe0')],
  ['MP4', 'video', padded(4, 'ftypisom')],
  ['AVI', 'video', text('RIFF\u0001\u0001\u0001\u0001AVI LIST')],
  ['sound in RIFF', 'other', hex('524946460000000057415645')],
  ['an old Word document', 'office', hex('d0cf11e0a1b11ae100')],
  ['a log with colours', 'text', text('\u001b[32mok\u001b[0m\tProbe ä\r\n')],
  ['bytes', 'other', hex('0102030405')],
  ['text with a NUL', 'other', text('a\u0000b')],
  ['Latin-1', 'other', hex('c4706665')],
  ['a short text whose last character is cut', 'other', hex('61e282')],
];
for (const [name, kind, head] of EXAMPLES) {
  test(`${name} is ${kind}`, () => assert.equal(fileKindOf(head), kind));
}

test('a long text whose head ends in the middle of a character is text', () => {
  const head = text('a'.repeat(FILE_HEAD_BYTES - 1) + '€').subarray(0, FILE_HEAD_BYTES);
  assert.equal(fileKindOf(head), 'text');
});

test('every input has a kind', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (head) => {
      assert.ok(FILE_KINDS.includes(fileKindOf(head)));
    }),
  );
});
