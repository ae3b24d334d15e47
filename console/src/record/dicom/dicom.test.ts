// Goal: a file's frames are what dcmtk decodes of them, its tags are all there with nested and private ones, and a hostile file
// ends with a word within its limits.
// Method: the real echo cine against `dcm2pnm`, files that dcmtk packs anew in each transfer syntax, files made to lie.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { ReadingFault } from '../worker/worker-call.ts';
import { decodeFrame } from './decode-frame.ts';
import { openDicom } from './dicom-file.ts';
import type { DicomFile } from './dicom-file.ts';
import { FrameBytes } from './frame-bytes.ts';
import { imageTermsOf } from './image-terms.ts';
import { PLAIN_WINDOW, fullWindow, paint, paletteOf, windowed } from './samples.ts';
import { openDictionary } from './tag-dictionary.ts';
import { listTags } from './tag-list.ts';

const place = mkdtempSync(path.join(tmpdir(), 'dicom-'));
after(() => rmSync(place, { recursive: true }));
const SAMPLES = path.join(import.meta.dirname, '../../../../node_modules/dicomweb-client/testData');
const ECHO = path.join(SAMPLES, 'US-PAL-8-10x-echo.dcm');
const GREY_8 = path.join(SAMPLES, 'sample2.dcm');
const GREY_16 = path.join(SAMPLES, 'sample3.dcm');

const noJPEG = async (): Promise<Uint8ClampedArray> =>
  await Promise.reject(new ReadingFault('FRAMES_UNREADABLE'));

async function frameOf(
  file: DicomFile,
  frame: number,
  isOwnWindow = false,
): Promise<Uint8ClampedArray> {
  const terms = imageTermsOf(file);
  const palette = terms.photometric === 'PALETTE COLOR' ? paletteOf(file.dataSet) : null;
  const bytes = new FrameBytes(file, terms).of(frame);
  const samples = await decodeFrame(bytes, terms, palette, noJPEG);
  const window = isOwnWindow ? fullWindow(samples, terms) : PLAIN_WINDOW;
  return paint(samples, terms, window, false);
}

const open = async (file: string): Promise<DicomFile> =>
  await openDicom(new Uint8Array(readFileSync(file)));

/** What dcmtk makes of a frame: the bytes of a PPM or PGM behind its header. */
function decodedByDcmtk(file: string, frame: number, ...how: readonly string[]): Buffer {
  const picture = path.join(place, 'frame.pnm');
  execFileSync('dcm2pnm', ['+F', String(frame + 1), ...how, file, picture]);
  const pnm = readFileSync(picture);
  const header = /^P[56]\s(?:#[^\n]*\n)*\d+ \d+\s+\d+\s/.exec(pnm.toString('latin1'));
  assert.ok(header);
  return pnm.subarray(header[0].length);
}

test('each frame of the echo cine is what dcmtk decodes', async () => {
  const file = await open(ECHO);
  const terms = imageTermsOf(file);
  assert.deepEqual([terms.columns, terms.rows, terms.frames, terms.frameMs], [600, 430, 10, 76]);
  for (const frame of [0, 4, 9]) {
    const rgba = await frameOf(file, frame);
    const expected = decodedByDcmtk(ECHO, frame, '+op');
    const rgb = Buffer.from(rgba.filter((_, at) => at % 4 !== 3));
    assert.equal(rgb.length, expected.length);
    assert.ok(rgb.equals(expected), `frame ${frame}`);
  }
});

test('grey pictures keep their values in every packing', async () => {
  for (const source of [GREY_8, GREY_16]) {
    const plain = path.join(place, 'plain.dcm');
    execFileSync('dcmconv', ['+te', source, plain]);
    const expected = await frameOf(await open(plain), 0, true);
    for (const [program, option] of [
      ['dcmconv', '+ti'],
      ['dcmconv', '+tb'],
      ['dcmconv', '+td'],
      ['dcmcrle', ''],
      ['dcmcjpeg', '+e1'],
    ] as const) {
      const packed = path.join(place, 'packed.dcm');
      execFileSync(program, [...(option === '' ? [] : [option]), plain, packed]);
      const rgba = await frameOf(await open(packed), 0, true);
      assert.ok(Buffer.from(rgba).equals(Buffer.from(expected)), `${source} ${program} ${option}`);
    }
    const byDcmtk = decodedByDcmtk(plain, 0, '+Wm', '+op');
    const grey = Buffer.from(expected.filter((_, at) => at % 4 === 0));
    const far = grey.filter((value, at) => Math.abs(value - (byDcmtk[at] ?? 0)) > 1);
    assert.equal(far.length, 0, 'the same greys as dcmtk, to one');
  }
});

/** The cine with nested and private elements, as pydicom writes them. */
function withTags(): string {
  const file = path.join(place, 'tags.dcm');
  const script = `
import sys, pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
d = pydicom.dcmread(sys.argv[1], force=True)
d.PatientName = 'Quartzheim^Violetta'
inner = Dataset(); inner.CodeMeaning = 'Deep inside'
first = Dataset(); first.ReferencedSOPInstanceUID = '1.2.3.4'
second = Dataset(); second.PurposeOfReferenceCodeSequence = Sequence([inner])
d.ReferencedImageSequence = Sequence([first, second])
d.private_block(0x0019, 'ACME ECHO', create=True).add_new(0x01, 'LO', 'secret gain 42')
d.save_as(sys.argv[2])`;
  execFileSync('/usr/bin/python3', ['-W', 'ignore', '-c', script, ECHO, file]);
  return file;
}

test('tags: names, nested ones under theirs, private ones with their creator', async () => {
  const { dataSet } = await open(withTags());
  const { rows, isCut } = listTags(dataSet, await openDictionary());
  assert.equal(isCut, false);
  const told = (name: string): readonly unknown[] | null => {
    const row = rows.find((each) => each.name === name);
    return row === undefined ? null : [row.depth, row.tag, row.value];
  };
  assert.deepEqual(told('Patient\u{2019}s Name'), [0, '(0010,0010)', 'Quartzheim^Violetta']);
  assert.deepEqual(told('Referenced Image Sequence'), [0, '(0008,1140)', '2 items']);
  assert.deepEqual(told('Referenced SOP Instance UID'), [2, '(0008,1155)', '1.2.3.4']);
  assert.deepEqual(told('Code Meaning'), [4, '(0008,0104)', 'Deep inside']);
  assert.deepEqual(told('Private · ACME ECHO'), [0, '(0019,1001)', 'secret gain 42']);
  assert.deepEqual(told('Transfer Syntax UID'), [0, '(0002,0010)', '1.2.840.10008.1.2.5']);
  assert.ok(rows.find(({ tag }) => tag === '(0019,1001)')?.isPrivate);
});

const head = readFileSync(GREY_8).subarray(0, 132);
const explicitMeta = Buffer.concat([
  head,
  Buffer.from([2, 0, 0x10, 0, 0x55, 0x49, 20, 0]),
  Buffer.from('1.2.840.10008.1.2.1\0'),
]);

test('a file of millions of elements, or nested without end, is ended', async () => {
  const one = Buffer.from([9, 0, 0, 0x10, 0x4c, 0x4f, 0, 0]);
  const many = Buffer.alloc(one.length * 1_000_000);
  for (let at = 0; at < 1_000_000; at += 1) {
    one.copy(many, at * one.length);
    many.writeUInt32LE(0x10_00_00_00 + at, at * one.length);
  }
  const code = (expected: string) => (fault: unknown) =>
    fault instanceof ReadingFault && fault.code === expected;
  await assert.rejects(
    openDicom(Buffer.concat([explicitMeta, many])),
    code('DICOM_TOO_MANY_ELEMENTS'),
  );
  const sequence = Buffer.from([8, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const item = Buffer.from([0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff]);
  const deep = Buffer.concat(
    Array.from({ length: 200_000 }, () => Buffer.concat([sequence, item])),
  );
  await assert.rejects(
    openDicom(Buffer.concat([explicitMeta, deep])),
    (fault) => fault instanceof ReadingFault,
  );
});

test('a file cut off or flipped anywhere never throws anything else, and takes no more than it says', async () => {
  const whole = readFileSync(ECHO);
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: whole.length - 1 }),
      fc.array(fc.tuple(fc.nat({ max: 3_000 }), fc.nat({ max: 255 })), { maxLength: 6 }),
      async (length, flips) => {
        const bytes = Uint8Array.from(whole.subarray(0, length));
        for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
        try {
          const file = await openDicom(bytes);
          listTags(file.dataSet, () => null);
          await frameOf(file, 0);
        } catch (fault) {
          assert.ok(fault instanceof ReadingFault, String(fault));
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('giant pictures are refused before anything is unpacked', async () => {
  const file = path.join(place, 'giant.dcm');
  writeFileSync(file, readFileSync(GREY_8));
  execFileSync('dcmodify', ['-nb', '-m', '(0028,0010)=32000', '-m', '(0028,0011)=32000', file]);
  const { dataSet, transferSyntax } = await open(file);
  assert.throws(() => imageTermsOf({ dataSet, transferSyntax }), /32000/);
});

test('a window is the standard’s linear function', () => {
  assert.equal(windowed(0, PLAIN_WINDOW), 0);
  assert.equal(windowed(200, PLAIN_WINDOW), 200);
  assert.equal(windowed(1_000, PLAIN_WINDOW), 255);
  assert.equal(windowed(40, { center: 40, width: 1 }), 255);
  assert.equal(windowed(39, { center: 40, width: 1 }), 0);
});
