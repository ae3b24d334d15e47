// Goal: the name of a patient becomes a word of the dictionary in whatever character set its file is written. Method: the bytes of
// known names in each of them; the same name is then looked for in a log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dictionary } from '../log/dictionary.ts';
import { dicomFile, imageOf, regionOf } from '../testing/dicom-file.ts';
import { run, trustsRegions } from '../testing/run.ts';

const NAMES: readonly (readonly [string, string, Buffer, string])[] = [
  ['UTF-8', 'ISO_IR 192', Buffer.from('Łukasiewicz^Żaneta'), 'Żaneta Łukasiewicz'],
  ['UTF-8, decomposed', 'ISO_IR 192', Buffer.from('Mu\u0308ller^Ju\u0308rgen'), 'Jürgen Müller'],
  ['Latin 1', 'ISO_IR 100', Buffer.from('Müller^Jürgen', 'latin1'), 'Jürgen Müller'],
  [
    'Greek',
    'ISO_IR 126',
    Buffer.from([0xc3, 0xe9, 0xfe, 0xf1, 0xe3, 0xef, 0xf2, 0x5e, 0xc4]),
    'Γιώργος',
  ],
  [
    'Cyrillic',
    'ISO_IR 144',
    Buffer.from([0xbb, 0xee, 0xda, 0xd5, 0xdc, 0xd1, 0xe3, 0xe0, 0xd3]),
    'Люкембург',
  ],
  [
    'Japanese, with escapes',
    '\\ISO 2022 IR 87',
    Buffer.from('\u001b$B;3ED\u001b(B^\u001b$BB@O:\u001b(B', 'latin1'),
    '山田太郎',
  ],
  [
    'Korean, with escapes',
    '\\ISO 2022 IR 149',
    Buffer.from('\u001b$)C\u00b1\u00e8\u00c8\u00f1^', 'latin1'),
    '김희',
  ],
];

for (const [label, set, bytes, written] of NAMES) {
  test(label, async () => {
    const file = dicomFile({
      elements: [
        [0x0008_0005, 'CS', set],
        [0x0010_0010, 'PN', bytes],
        [0x0018_6011, 'SQ', [regionOf(0, 20, 63, 63)]],
        ...imageOf(64, 64, 1, 'MONOCHROME2'),
      ],
      pixels: Buffer.alloc(64 * 64),
    });
    const { words } = await run(file, { templates: [trustsRegions(64, 64)] });
    const line = new Dictionary(words).replace(`exam of ${written} begun`, () => '#');
    for (const part of written.split(' '))
      assert.ok(!line.includes(part), `${line}; ${words.join(', ')}`);
  });
}
