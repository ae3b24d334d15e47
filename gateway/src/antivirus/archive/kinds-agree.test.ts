/**
 * Goal: the three readers of first bytes agree: what a facility's policy calls a kind of file, what the console shows, and what is
 * looked into before it is released. Method: one beginning of each format that more than one of them names.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileKindOf } from '@chaperone/domain/file-kind/file-kind.ts';
import type { FileKind } from '@chaperone/domain/file-kind/file-kind.ts';
import { natureOf } from '@chaperone/domain/record-kind/record-kind.ts';
import type { RecordKind } from '@chaperone/domain/record-kind/record-kind.ts';
import { kindOfHead } from './kind.ts';
import type { ContainerKind } from './kind.ts';

/** Bytes as latin1, at an offset, in a head that is long enough for every mark. */
function head(mark: string, at = 0): Uint8Array {
  const bytes = Buffer.alloc(600);
  bytes.write(mark, at, 'latin1');
  return bytes;
}

const FORMATS: readonly (readonly [string, Uint8Array, FileKind, RecordKind, ContainerKind])[] = [
  ['DICOM', head('DICM', 128), 'dicom', 'dicom', 'leaf'],
  ['PNG', head('\x89PNG\r\n\x1a\n'), 'image', 'image', 'leaf'],
  ['JPEG', head('\xff\xd8\xff\xe0'), 'image', 'image', 'leaf'],
  ['GIF', head('GIF89a'), 'image', 'image', 'leaf'],
  ['WebP', head('RIFF\x10\x00\x00\x00WEBPVP8X'), 'image', 'image', 'leaf'],
  ['BMP', head('BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0'), 'image', 'image', 'leaf'],
  ['MP4', head('ftypisom', 4), 'video', 'video', 'leaf'],
  ['Matroska', head('\x1a\x45\xdf\xa3'), 'video', 'video', 'leaf'],
  ['zip', head('PK\x03\x04'), 'archive', 'archive', 'zip'],
  ['an empty zip', head('PK\x05\x06'), 'archive', 'archive', 'zip'],
  ['gzip', head('\x1f\x8b\x08'), 'archive', 'archive', 'gzip'],
  ['tar', head('ustar', 257), 'archive', 'archive', 'tar'],
  ['a log that begins like a bitmap', Buffer.from('BMW engine log\n'), 'text', 'text', 'leaf'],
  ['a page', Buffer.from('<!doctype html>'), 'text', 'text', 'leaf'],
];
for (const [name, bytes, file, record, container] of FORMATS)
  test(`${name}: ${file}, ${record}, ${container}`, () => {
    assert.deepEqual(
      [fileKindOf(bytes), natureOf(bytes).kind, kindOfHead(bytes)],
      [file, record, container],
    );
  });

const CONTAINERS = [
  'PK\x07\x08',
  'BZh9',
  '\xfd7zXZ\0',
  '7z\xbc\xaf\x27\x1c',
  'Rar!\x1a\x07',
  'MSCF',
  '\x28\xb5\x2f\xfd',
];
for (const mark of CONTAINERS)
  test(`${JSON.stringify(mark)} holds other files, for a facility's policy too`, () => {
    assert.equal(fileKindOf(head(mark)), 'archive');
    assert.notEqual(kindOfHead(head(mark)), 'leaf');
  });
