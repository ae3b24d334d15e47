// Goal: wherever in a data set a secret is planted, it is never in a result: it is taken out, or there is no result.
// Method: random data sets of tags that are kept, named by the profile, unknown and private, nested at random, explicit and
// implicit, each with secrets in random places; the bytes of what comes out are searched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DeidentificationRefused } from '@chaperone/domain/deidentification/deidentification.ts';
import { EXPLICIT, IMPLICIT, dicomFile, imageOf, regionOf } from '../testing/dicom-file.ts';
import type { Planted } from '../testing/dicom-file.ts';
import { run, trustsRegions } from '../testing/run.ts';
import { keptTags } from './kept.ts';
import { PROFILE_TAGS } from './table/table-e1-1.ts';

const RUNS = 400;
/** Describe the image: another value makes another file, not another secret. */
const OF_THE_FILE = new Set([0x0008_0016, 0x0008_0018, 0x0018_6011]);

/** Where nothing holds a palette to its descriptor. */
const PALETTE_IN_A_SEQUENCE: Planted[] = [
  [0x0008_2228, 'SQ', [[[0x0028_1203, 'OW', 'Brigitte07Lindner']]]],
];

/** A code that no public table explains. */
const CODE_OF_NO_SCHEME: Planted[] = [
  [0x0008_2230, 'SQ', [[[0x0008_0100, 'SH', 'Lindner07Anna']]]],
];
const CODE_OF_AN_OWN_SCHEME: Planted[] = [
  [
    0x0008_2230,
    'SQ',
    [
      [
        [0x0008_0100, 'SH', 'Lindner07Anna'],
        [0x0008_0102, 'SH', '99OWN'],
      ],
    ],
  ],
];

const secret = fc.stringMatching(/^[A-Z][a-z]{5,10}[0-9]{2,4}[A-Z][a-z]{3,5}$/);
const tag = fc
  .oneof(
    fc.constantFrom(...keptTags()),
    fc.constantFrom(...PROFILE_TAGS),
    fc
      .tuple(fc.integer({ min: 0x0009, max: 0x7fdf }), fc.integer({ min: 1, max: 0xffff }))
      .map(([group, element]) => ((group << 16) | element) >>> 0),
  )
  .filter((each) => {
    const group = each >>> 16;
    return group > 2 && !(group === 0x0028 && (each & 0xffff) < 0x0200) && !OF_THE_FILE.has(each);
  });
const vr = fc.constantFrom('LO', 'PN', 'SH', 'ST', 'UT', 'UI', 'CS', 'DA', 'IS', 'DS', 'OB', 'UN');
const form = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.toUpperCase(),
  (text: string) => `a\\${text}\\b`,
  (text: string) => `${text}^Ann`,
);

const { element } = fc.letrec<{ element: Planted }>((tie) => ({
  element: fc.oneof(
    { depthSize: 'small' },
    fc
      .tuple(tag, vr, secret, form)
      .map(([at, kind, text, write]): Planted => [at, kind, write(text)]),
    fc
      .tuple(
        tag,
        fc.array(fc.array(tie('element'), { maxLength: 3 }), { minLength: 1, maxLength: 2 }),
      )
      .map(([at, items]): Planted => [at, 'SQ', items.map((item) => unique(item))]),
  ),
}));

function unique(elements: readonly Planted[]): readonly Planted[] {
  return [...new Map(elements.map((each) => [each[0], each])).values()];
}

function secretsOf(elements: readonly Planted[]): readonly string[] {
  return elements.flatMap(([, , value]) => {
    if (typeof value === 'string') return value.match(/[A-Za-z]{6,11}\d{2,4}[A-Za-z]{4,6}/g) ?? [];
    return Array.isArray(value)
      ? (value as readonly (readonly Planted[])[]).flatMap(secretsOf)
      : [];
  });
}

test('a secret that was in the file is not in the result', async () => {
  let results = 0;
  const elements = fc.array(element, { minLength: 1, maxLength: 8 }).map(unique);
  await fc.assert(
    fc.asyncProperty(
      elements,
      fc.constantFrom(EXPLICIT, IMPLICIT),
      async (planted, transferSyntax) => {
        const file = dicomFile({
          transferSyntax,
          elements: [
            ...imageOf(10, 8, 1, 'MONOCHROME2'),
            [0x0018_6011, 'SQ', [regionOf(2, 3, 7, 6)]],
            ...planted,
          ],
          pixels: Buffer.alloc(80, 9),
        });
        try {
          const { bytes, report } = await run(file, { templates: [trustsRegions(10, 8)] });
          results += 1;
          const text = bytes.toString('latin1').toLowerCase();
          const said = JSON.stringify(report).toLowerCase();
          for (const each of secretsOf(planted)) {
            assert.ok(!text.includes(each.toLowerCase()), `${each} is in the result`);
            assert.ok(!said.includes(each.toLowerCase()), `${each} is in the report`);
          }
        } catch (fault) {
          if (!(fault instanceof DeidentificationRefused)) throw fault;
        }
      },
    ),
    {
      numRuns: RUNS,
      examples: [PALETTE_IN_A_SEQUENCE, CODE_OF_NO_SCHEME, CODE_OF_AN_OWN_SCHEME].map(
        (each): [Planted[], typeof IMPLICIT] => [each, IMPLICIT],
      ),
    },
  );
  assert.ok(results > RUNS / 2, `${results} of ${RUNS} gave a result: the property says something`);
});
