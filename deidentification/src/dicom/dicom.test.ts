// Goal: every way of storing that is taken comes out right on every frame, and everything without a rule is refused.
// Method: small files, made element by element, each right but for one thing; pixels with known values.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import jpeg from 'jpeg-js';
import type { DeidentificationRefusal } from '@chaperone/domain/deidentification/deidentification.ts';
import { fromBytes } from '../source/byte-source.ts';
import {
  US_MULTIFRAME,
  IMPLICIT,
  dicomFile,
  encode,
  imageOf,
  regionOf,
} from '../testing/dicom-file.ts';
import type { FileParts, Planted } from '../testing/dicom-file.ts';
import { run as runWith, trustsRegions } from '../testing/run.ts';
import type { Whole } from '../testing/run.ts';
import { find, textOf } from './element.ts';
import { readDicom } from './reader.ts';
import { PROFILE_ROWS, profileOf } from './table/table-e1-1.ts';
import { keptTags } from './kept.ts';
import { MAPPED_UIDS } from './required.ts';
import { readTemplates, TemplatesInvalid } from './template.ts';

const COLUMNS = 10;
const ROWS = 8;
/** Keeps x 2 to 7, y 3 to 6. */
const REGIONS: Planted = [0x0018_6011, 'SQ', [regionOf(2, 3, 7, 6)]];
const isKept = (x: number, y: number): boolean => x >= 2 && x <= 7 && y >= 3 && y <= 6;

const MONO = imageOf(COLUMNS, ROWS, 2, 'MONOCHROME2');
const pixelsOf = (bytes: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => (at % 250) + 1));
const monochrome = (parts: Partial<FileParts> = {}): Buffer =>
  dicomFile({
    elements: [...MONO, REGIONS],
    pixels: pixelsOf(COLUMNS * ROWS * 2),
    ...parts,
  });

/** With a template that trusts the regions of its files. */
const run = async (bytes: Uint8Array): Promise<Whole> =>
  await runWith(bytes, { templates: [trustsRegions(COLUMNS, ROWS)] });

async function refused(bytes: Uint8Array, code: DeidentificationRefusal): Promise<void> {
  await assert.rejects(run(bytes), (fault: Error) => 'code' in fault && fault.code === code);
}

async function resultPixels(bytes: Buffer): Promise<Buffer> {
  const { pixels } = await readDicom(fromBytes(bytes));
  assert.equal(pixels?.kind, 'native');
  return bytes.subarray(pixels.offset, pixels.offset + pixels.bytes);
}

/** Holds each pixel against what it was, or black outside. */
async function compare(
  bytes: Buffer,
  wanted: (frame: number, pixel: number, sample: number) => number,
  {
    samples = 1,
    black = [0],
  }: { readonly samples?: number; readonly black?: readonly number[] } = {},
): Promise<void> {
  const pixels = await resultPixels(bytes);
  assert.equal(pixels.length, COLUMNS * ROWS * 2 * samples);
  for (const [at, value] of pixels.entries()) {
    const sample = at % samples;
    const place = Math.floor(at / samples);
    const [frame, pixel] = [Math.floor(place / (COLUMNS * ROWS)), place % (COLUMNS * ROWS)];
    const kept = isKept(pixel % COLUMNS, Math.floor(pixel / COLUMNS));
    assert.equal(value, kept ? wanted(frame, pixel, sample) : black[sample], `byte ${at}`);
  }
}

/** PackBits without a single run: enough for a decoder's literal half; `0xFE` runs are in the echo study. */
function rleFrame(planes: readonly Buffer[]): Buffer {
  const packed = planes.map((plane) => {
    const parts: Buffer[] = [];
    for (let at = 0; at < plane.length; at += 128) {
      const part = plane.subarray(at, at + 128);
      parts.push(Buffer.from([part.length - 1]), part);
    }
    const joined = Buffer.concat(parts);
    return joined.length % 2 === 0 ? joined : Buffer.concat([joined, Buffer.from([0])]);
  });
  const header = Buffer.alloc(64);
  header.writeUInt32LE(packed.length, 0);
  let offset = 64;
  for (const [index, segment] of packed.entries()) {
    header.writeUInt32LE(offset, 4 + index * 4);
    offset += segment.length;
  }
  return Buffer.concat([header, ...packed]);
}

describe('ways of storing', () => {
  test('explicit little endian, native', async () => {
    const { bytes, report } = await run(monochrome());
    await compare(bytes, (frame, pixel) => ((frame * COLUMNS * ROWS + pixel) % 250) + 1);
    assert.equal(report.pixels?.source, 'template of a test, region tags');
  });

  test('implicit little endian', async () => {
    const { bytes } = await run(monochrome({ transferSyntax: IMPLICIT }));
    await compare(bytes, (frame, pixel) => ((frame * COLUMNS * ROWS + pixel) % 250) + 1);
    const { dataSet } = await readDicom(fromBytes(bytes));
    assert.equal(find(dataSet, 0x0018_6011)?.items?.length, 1);
  });

  test('colour by planes becomes colour by pixels', async () => {
    const elements = imageOf(COLUMNS, ROWS, 2, 'RGB', 3).filter(([tag]) => tag !== 0x0028_0006);
    const planar: Planted = [0x0028_0006, 'US', 1];
    const size = COLUMNS * ROWS;
    const file = dicomFile({
      elements: [...elements, planar, REGIONS],
      pixels: pixelsOf(size * 6),
    });
    const { bytes } = await run(file);
    const wanted = (frame: number, pixel: number, sample: number): number =>
      ((frame * size * 3 + sample * size + pixel) % 250) + 1;
    await compare(bytes, wanted, { samples: 3, black: [0, 0, 0] });
  });

  test('black is white in MONOCHROME1, and 0 128 128 in YBR_FULL', async () => {
    const inverse = imageOf(COLUMNS, ROWS, 2, 'MONOCHROME1');
    const one = await run(monochrome({ elements: [...inverse, REGIONS] }));
    await compare(one.bytes, (frame, pixel) => ((frame * COLUMNS * ROWS + pixel) % 250) + 1, {
      black: [255],
    });
    const colour = imageOf(COLUMNS, ROWS, 2, 'YBR_FULL', 3);
    const pixels = pixelsOf(COLUMNS * ROWS * 6);
    const two = await run(dicomFile({ elements: [...colour, REGIONS], pixels }));
    const wanted = (frame: number, pixel: number, sample: number): number =>
      ((frame * COLUMNS * ROWS * 3 + pixel * 3 + sample) % 250) + 1;
    await compare(two.bytes, wanted, { samples: 3, black: [0, 128, 128] });
  });

  test('RLE in colour', async () => {
    const planes = [1, 2, 3].map((first) =>
      Buffer.from(Uint8Array.from({ length: COLUMNS * ROWS }, (_, at) => first * 10 + (at % 50))),
    );
    const file = dicomFile({
      transferSyntax: '1.2.840.10008.1.2.5',
      elements: [...imageOf(COLUMNS, ROWS, 2, 'RGB', 3), REGIONS],
      pixels: [rleFrame(planes), rleFrame(planes)],
    });
    const { bytes } = await run(file);
    const wanted = (_: number, pixel: number, sample: number): number =>
      (sample + 1) * 10 + (pixel % 50);
    await compare(bytes, wanted, { samples: 3, black: [0, 0, 0] });
  });

  test('JPEG baseline: what the decoder gives stays, its comments do not', async () => {
    const data = Buffer.from(
      Uint8Array.from({ length: COLUMNS * ROWS * 4 }, (_, at) => (at * 3) % 256),
    );
    const encoded = jpeg.encode(
      { data, width: COLUMNS, height: ROWS, comments: ['DOE^JANE PATIENT'] },
      95,
    );
    const decoded = jpeg.decode(encoded.data, { formatAsRGBA: false, useTArray: true }).data;
    const file = dicomFile({
      transferSyntax: '1.2.840.10008.1.2.4.50',
      elements: [...imageOf(COLUMNS, ROWS, 2, 'YBR_FULL_422', 3), REGIONS],
      pixels: [encoded.data, encoded.data],
    });
    const { bytes } = await run(file);
    const wanted = (_: number, pixel: number, sample: number): number =>
      decoded[pixel * 3 + sample] ?? -1;
    await compare(bytes, wanted, { samples: 3, black: [0, 0, 0] });
    assert.ok(!bytes.includes('PATIENT'));
  });

  test('bits that no image uses are cleared', async () => {
    const elements = MONO.map((each): Planted =>
      each[0] === 0x0028_0101
        ? [each[0], 'US', 7]
        : each[0] === 0x0028_0102
          ? [each[0], 'US', 6]
          : each,
    );
    const pixels = Buffer.alloc(COLUMNS * ROWS * 2, 0x85);
    const { bytes } = await run(dicomFile({ elements: [...elements, REGIONS], pixels }));
    await compare(bytes, () => 0x05);
  });
});

describe('what is refused', () => {
  for (const [what, sopClass] of [
    ['an encapsulated PDF', '1.2.840.10008.5.1.4.1.1.104.1'],
    ['an encapsulated CDA', '1.2.840.10008.5.1.4.1.1.104.2'],
    ['an encapsulated STL', '1.2.840.10008.5.1.4.1.1.104.3'],
    ['a structured report', '1.2.840.10008.5.1.4.1.1.88.33'],
    ['a secondary capture', '1.2.840.10008.5.1.4.1.1.7'],
    ['a presentation state', '1.2.840.10008.5.1.4.1.1.11.1'],
    ['raw data', '1.2.840.10008.5.1.4.1.1.66'],
    ['an ultrasound volume', '1.2.840.10008.5.1.4.1.1.6.2'],
    ['a class that nobody knows', '1.2.3.4'],
  ] as const) {
    test(what, () => refused(monochrome({ sopClass }), 'DEIDENTIFICATION_SOP_CLASS_WITHOUT_RULE'));
  }

  for (const [what, transferSyntax] of [
    ['big endian', '1.2.840.10008.1.2.2'],
    ['deflated', '1.2.840.10008.1.2.1.99'],
    ['lossless JPEG', '1.2.840.10008.1.2.4.70'],
    ['JPEG-LS', '1.2.840.10008.1.2.4.80'],
    ['JPEG 2000', '1.2.840.10008.1.2.4.90'],
    ['MPEG-4', '1.2.840.10008.1.2.4.102'],
  ] as const) {
    const code = 'DEIDENTIFICATION_TRANSFER_SYNTAX_WITHOUT_RULE';
    test(what, () => refused(monochrome({ transferSyntax }), code));
  }

  const pixelsWithoutRule = 'DEIDENTIFICATION_PIXELS_WITHOUT_RULE';
  test('a template that trusts regions, and none', () =>
    refused(monochrome({ elements: MONO }), pixelsWithoutRule));
  for (const [what, says] of [
    ['that say nothing of text', []],
    ['and that it has none burned in', [[0x0028_0301, 'CS', 'NO']]],
  ] as const satisfies readonly (readonly [string, readonly Planted[]])[]) {
    test(`region tags alone, ${what}`, async () => {
      const file = monochrome({ elements: [...MONO, REGIONS, ...says] });
      for (const templates of [[], [{ ...trustsRegions(COLUMNS, ROWS), software: ['2.0'] }]])
        await assert.rejects(runWith(file, { templates }), { code: pixelsWithoutRule });
    });
  }
  test('regions over the whole image', () =>
    refused(
      monochrome({
        elements: [...MONO, [0x0018_6011, 'SQ', [regionOf(0, 0, COLUMNS - 1, ROWS - 1)]]],
      }),
      pixelsWithoutRule,
    ));
  test('a region that is not in the image', () =>
    refused(
      monochrome({ elements: [...MONO, [0x0018_6011, 'SQ', [regionOf(2, 3, 70, 6)]]] }),
      pixelsWithoutRule,
    ));
  test('a region that ends before it begins', () =>
    refused(
      monochrome({ elements: [...MONO, [0x0018_6011, 'SQ', [regionOf(7, 3, 2, 6)]]] }),
      pixelsWithoutRule,
    ));

  const unreadable = 'DEIDENTIFICATION_UNREADABLE';
  test('fewer pixels than it says', () =>
    refused(monochrome({ pixels: pixelsOf(20) }), unreadable));
  test('more pixels than it says', () =>
    refused(monochrome({ pixels: pixelsOf(2000) }), unreadable));
  test('a file that is cut short', async () => {
    const whole = monochrome();
    for (const at of [133, 200, 300, whole.length - 1])
      await refused(whole.subarray(0, at), unreadable);
  });
  test('one tag twice: another reader would take the other value', () =>
    refused(
      monochrome({
        elements: [...MONO, REGIONS, [0x0010_0010, 'PN', 'A'], [0x0010_0010, 'PN', 'B']],
      }),
      unreadable,
    ));
  test('sequences in sequences without end', () => {
    let nested: Planted = [0x0008_1115, 'SQ', []];
    for (let depth = 0; depth < 40; depth += 1) nested = [0x0008_1115, 'SQ', [[nested]]];
    return refused(
      monochrome({ elements: [...MONO, REGIONS, nested] }),
      'DEIDENTIFICATION_LIMIT_REACHED',
    );
  });
  test('more elements than a file may have', () => {
    const item = encode([[0x0008_0100, 'SH', 'A']], false);
    const many = Buffer.concat(
      Array.from({ length: 60_000 }, () =>
        Buffer.concat([Buffer.from([0xfe, 0xff, 0, 0xe0, item.length, 0, 0, 0]), item]),
      ),
    );
    const elements: readonly Planted[] = [...MONO, REGIONS, [0x0008_1115, 'SQ', many as never]];
    return refused(monochrome({ elements }), 'DEIDENTIFICATION_LIMIT_REACHED');
  });
  test('an image larger than memory', () =>
    refused(
      dicomFile({
        elements: [...imageOf(65_535, 65_535, 1, 'MONOCHROME2'), REGIONS],
        pixels: pixelsOf(10),
      }),
      'DEIDENTIFICATION_LIMIT_REACHED',
    ));
});

describe('what is kept has no room for what tells of a person', () => {
  const CODES: readonly (readonly [string, string | null])[] = [
    ['DRSMITH-ROOM4', '99KLINIK'],
    ['HUBER.ANNA', null],
    ['P1961-04-02', null],
    ['HUBER.ANNA', 'SCT'],
    ['HUBER', 'UCUM'],
    ['T-SMITHJOHN', 'SRT'],
  ];
  for (const [code, scheme] of CODES) {
    test(`a code "${code}" of the scheme ${scheme ?? 'that is missing'}`, async () => {
      const coded: Planted[] = [[0x0008_0100, 'SH', code]];
      if (scheme !== null) coded.push([0x0008_0102, 'SH', scheme]);
      const elements: readonly Planted[] = [...MONO, REGIONS, [0x0008_2218, 'SQ', [coded]]];
      const { bytes } = await run(monochrome({ elements }));
      assert.ok(!bytes.toString('latin1').includes(code));
    });
  }
  for (const number of ['2603120930', '20260312', '093015', '260312']) {
    test(`a number of a series or an image that is a date or a time: ${number}`, async () => {
      const numbers: readonly Planted[] = [
        [0x0020_0011, 'IS', number],
        [0x0020_0012, 'IS', number],
        [0x0020_0013, 'IS', number],
        [0x0018_1063, 'DS', `${number}.5`],
      ];
      const { bytes } = await run(monochrome({ elements: [...MONO, REGIONS, ...numbers] }));
      assert.ok(!bytes.toString('latin1').includes(number));
    });
  }
});

test('a region that reaches to the upper edge says nothing of the name that is written there', () =>
  refused(
    monochrome({
      elements: [...MONO, [0x0018_6011, 'SQ', [regionOf(0, 0, COLUMNS - 1, ROWS - 3)]]],
    }),
    'DEIDENTIFICATION_PIXELS_WITHOUT_RULE',
  ));

describe('a value that was taken out and stands somewhere else', () => {
  test('in a number that is kept: the result is thrown away', () =>
    refused(
      monochrome({
        elements: [...MONO, REGIONS, [0x0010_0020, 'LO', '87654'], [0x0020_0013, 'IS', '87654']],
      }),
      'DEIDENTIFICATION_RESIDUE_FOUND',
    ));
  test('in a code that is kept', () =>
    refused(
      monochrome({
        elements: [
          ...MONO,
          REGIONS,
          [0x0010_0020, 'LO', '48213077'],
          [
            0x0008_2218,
            'SQ',
            [
              [
                [0x0008_0100, 'SH', '48213077'],
                [0x0008_0102, 'SH', 'SCT'],
              ],
            ],
          ],
        ],
      }),
      'DEIDENTIFICATION_RESIDUE_FOUND',
    ));
  test('in the pixels, written as text', () => {
    const pixels = pixelsOf(COLUMNS * ROWS * 2);
    pixels.write('bOtToM', 3 * COLUMNS + 2, 'latin1');
    pixels.write('winterbottom', COLUMNS * ROWS + 3 * COLUMNS + 2, 'latin1');
    const wide: Planted = [0x0018_6011, 'SQ', [regionOf(0, 1, 9, 6)]];
    return refused(
      monochrome({ elements: [...MONO, wide, [0x0010_0010, 'PN', 'WINTERBOTTOM^ANN']], pixels }),
      'DEIDENTIFICATION_RESIDUE_FOUND',
    );
  });
  test('in a term of the standard it is no residue', async () => {
    const { bytes } = await run(
      monochrome({
        elements: [
          ...MONO,
          REGIONS,
          [0x0010_0010, 'PN', 'LINEAR^HEART'],
          [0x0018_6031, 'CS', 'LINEAR'],
          [0x0018_0015, 'CS', 'HEART'],
        ],
      }),
    );
    const { dataSet } = await readDicom(fromBytes(bytes));
    assert.equal(textOf(find(dataSet, 0x0018_6031)), 'LINEAR');
  });
});

test('a template that trusts regions can blank what is known to be written inside of one', async () => {
  const blank = [{ x: 2, y: 3, width: 6, height: 1 }];
  const templates = [{ ...trustsRegions(COLUMNS, ROWS), blank }];
  const { bytes, report } = await runWith(monochrome(), { templates });
  const pixels = await resultPixels(bytes);
  for (const frame of [0, 1]) {
    const at = (frame * ROWS + 3) * COLUMNS + 2;
    assert.ok(pixels.subarray(at, at + 6).every((value) => value === 0));
    assert.notEqual(pixels[at + COLUMNS], 0);
  }
  assert.deepEqual(report.pixels?.blanked.at(-1), blank[0]);
});

test('free text never stays, whatever attribute it is in', async () => {
  const secret = 'Zebedee Quill';
  const texts: readonly Planted[] = [
    0x0008_0008, 0x0018_5010, 0x0018_6031, 0x0020_0013, 0x0021_0010, 0x0018_1063,
  ].map((tag) => [tag, 'LO', secret]);
  const { bytes } = await run(monochrome({ elements: [...MONO, REGIONS, ...texts] }));
  assert.ok(!bytes.toString('latin1').toLowerCase().includes('quill'));
});

test('table E.1-1 is whole, and nothing that it names is kept but UIDs that are mapped', () => {
  assert.equal(PROFILE_ROWS, 621);
  assert.deepEqual(
    keptTags().filter((tag) => profileOf(tag) !== undefined),
    [],
  );
  for (const tag of MAPPED_UIDS) assert.match(profileOf(tag)?.action ?? '', /^U$/);
  for (const [tag, action] of [
    [0x0010_0010, 'Z'],
    [0x0008_0080, 'X/Z/D'],
    [0x0008_002a, 'X/Z/D'],
    [0x0040_a730, 'D'],
    [0x5002_3000, 'X'],
    [0x6012_3000, 'X'],
    [0x0029_1010, 'X'],
    [0x0008_1140, 'X/Z/U*'],
  ] as const) {
    assert.equal(profileOf(tag)?.action, action, tag.toString(16));
  }
  assert.equal(US_MULTIFRAME, '1.2.840.10008.5.1.4.1.1.3.1');
});

test('a template file that is not one is refused', () => {
  const template = {
    name: 'a',
    manufacturer: 'A',
    model: '',
    software: [''],
    columns: 10,
    rows: 10,
  };
  for (const text of [
    '',
    '{}',
    JSON.stringify({ version: 1, templates: [template] }),
    JSON.stringify({
      version: 1,
      templates: [{ ...template, keep: [{ x: 5, y: 0, width: 6, height: 1 }] }],
    }),
    JSON.stringify({
      version: 1,
      templates: [{ ...template, keep: [{ x: 5, y: 0, width: 5, height: 1 }], other: 1 }],
    }),
    JSON.stringify({ version: 1, templates: [{ ...template, regions: 'trusted' }] }),
    JSON.stringify({
      version: 1,
      templates: [
        {
          ...template,
          regions: 'hold-no-text',
          keep: [{ x: 5, y: 0, width: 5, height: 1 }],
        },
      ],
    }),
  ]) {
    assert.throws(() => readTemplates(text), TemplatesInvalid);
  }
});
