// Goal: bytes decide what a record is, whatever it is called, and nothing that a browser would run counts as a picture.
// Method: the beginning of each format, of things in disguise, and of random bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RECORD_FORMATS, RECORD_KINDS, natureOf } from './record-kind.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const at = (offset: number, mark: string): Uint8Array => {
  const bytes = new Uint8Array(512);
  bytes.set(text(mark), offset);
  return bytes;
};

test('each format is known by its mark', () => {
  const known: readonly (readonly [Uint8Array, string])[] = [
    [at(128, 'DICM'), 'dicom'],
    [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0), 'png'],
    [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'jpeg'],
    [text('GIF89a'), 'gif'],
    [text('RIFF....WEBPVP8X'), 'webp'],
    [at(4, 'ftypisom'), 'mp4'],
    [Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3), 'webm'],
    [text('PK\u0003\u0004'), 'zip'],
    [text('PK\u0005\u0006'), 'zip'],
    [Uint8Array.of(0x1f, 0x8b, 8, 0), 'gzip'],
    [at(257, 'ustar'), 'tar'],
    [text('2026-11-30 ERROR pump\n'), 'utf-8'],
    [Uint8Array.of(0xff, 0xfe, 0x41, 0), 'utf-16le'],
    [Uint8Array.of(0xfe, 0xff, 0, 0x41), 'utf-16be'],
    [new Uint8Array(0), 'utf-8'],
    [Uint8Array.of(1, 2, 3, 0), 'unknown'],
  ];
  for (const [head, format] of known) assert.equal(natureOf(head).format, format);
  const bitmap = new Uint8Array(64);
  bitmap.set([0x42, 0x4d]);
  bitmap[14] = 40;
  assert.equal(natureOf(bitmap).format, 'bmp');
});

test('what a browser would run is text, and a word that begins like a picture too', () => {
  for (const page of ['<svg onload=alert(1)>', '<!doctype html><script>', 'BMW engine log', 'GIF'])
    assert.equal(natureOf(text(page)).kind, 'text', page);
});

test('random bytes are always something', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (head) => {
      const { kind, format } = natureOf(head);
      assert.ok(RECORD_KINDS.includes(kind) && RECORD_FORMATS.includes(format));
    }),
  );
});
