/** Targets of de-identification: files that machines and people made, on their way out. */
import {
  DeidentificationKindUnknown,
  DeidentificationLimitReached,
  DeidentificationUnreadable,
  PixelsWithoutRule,
  LogWithoutDictionary,
  ResidueFound,
  SOPClassWithoutRule,
  TransferSyntaxWithoutRule,
} from '@chaperone/domain/deidentification/deidentification.ts';
import { deidentify } from '@chaperone/deidentification/deidentify.ts';
import type { RegionTemplate } from '@chaperone/deidentification/dicom/template.ts';
import { TemplatesInvalid, readTemplates } from '@chaperone/deidentification/dicom/template.ts';
import { fromBytes } from '@chaperone/deidentification/source/byte-source.ts';
import { dicomFile, imageOf, regionOf } from '../../../deidentification/src/testing/dicom-file.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const REFUSALS = [
  DeidentificationKindUnknown,
  DeidentificationLimitReached,
  DeidentificationUnreadable,
  PixelsWithoutRule,
  LogWithoutDictionary,
  ResidueFound,
  SOPClassWithoutRule,
  TransferSyntaxWithoutRule,
];
const SECRET = new Uint8Array(32).fill(1);
const NAME = 'WINTERBOTTOM';

const SMALL = dicomFile({
  elements: [
    ...imageOf(6, 6, 2, 'MONOCHROME2'),
    [0x0010_0010, 'PN', `${NAME}^ANN`],
    [0x0008_1115, 'SQ', [[[0x0010_0010, 'PN', NAME]]]],
    [0x0018_6011, 'SQ', [regionOf(1, 2, 4, 4)]],
  ],
  pixels: Buffer.alloc(72, 5),
});
const RLE = dicomFile({
  transferSyntax: '1.2.840.10008.1.2.5',
  elements: [...imageOf(6, 6, 1, 'MONOCHROME2'), [0x0018_6011, 'SQ', [regionOf(1, 2, 4, 4)]]],
  pixels: [Buffer.concat([Buffer.from([1, 0, 0, 0, 64]), Buffer.alloc(59), Buffer.from([221, 7])])],
});

/** Files that name no machine, and whose regions are trusted. */
const TRUSTED: RegionTemplate = {
  name: 'fuzz',
  manufacturer: '',
  model: '',
  software: [''],
  columns: 6,
  rows: 6,
  regions: 'hold-no-text',
};

async function feed(input: Buffer, words: readonly string[]): Promise<unknown> {
  const order = {
    secret: SECRET,
    templates: [TRUSTED],
    words,
    replacesAddresses: true,
    requiresDictionary: false,
  };
  const { chunks } = await deidentify(fromBytes(input), order);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('latin1');
}

export const DEIDENTIFICATION_TARGETS: readonly Target[] = [
  {
    name: 'deidentification-dicom',
    entry: 'deidentification/src/deidentify.ts › deidentify',
    refusals: REFUSALS,
    limits: 'bytes, elements, depth, frames (deidentification/src/dicom/limits.ts)',
    form: 'bytes',
    seeds: () => [SMALL, RLE],
    weight: 0.25,
    feed: async (input) => await feed(input, []),
  },
  {
    name: 'deidentification-log',
    entry: 'deidentification/src/log/log.ts › deidentifyLog',
    refusals: REFUSALS,
    limits: 'bytes of a line',
    form: 'text',
    seeds: () => [
      Buffer.from(`2026-11-30T08:00:00Z storage stored ${NAME}^ANN MRN: 7712 born 1970-01-02\n`),
      Buffer.from(`[08:00:00] export to ann@example.org, phone 555-1234, uid 1.2.3.4.5.6.7.8\n`),
    ],
    words: [NAME, 'patient: ', 'MRN: ', '\u{E000}', '\u{F0000}', '1970-01-02'],
    weight: 0.5,
    feed: async (input) => {
      const text = await feed(input, [NAME]);
      holds(!String(text).toUpperCase().includes(NAME), 'a word of the case is in the result');
      return text;
    },
  },
  {
    name: 'deidentification-templates',
    entry: 'deidentification/src/dicom/template.ts › readTemplates',
    refusals: [TemplatesInvalid],
    limits: 'one MiB, 500 templates, 32 rectangles each',
    form: 'json',
    seeds: () => [
      Buffer.from(
        JSON.stringify({
          version: 1,
          templates: [
            {
              name: 'echo',
              manufacturer: 'A',
              model: '',
              software: [''],
              columns: 10,
              rows: 10,
              keep: [{ x: 1, y: 1, width: 5, height: 5 }],
            },
            TRUSTED,
          ],
        }),
      ),
    ],
    feed: (input) => readTemplates(input.toString('utf8')),
  },
];
