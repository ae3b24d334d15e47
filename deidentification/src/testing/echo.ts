/**
 * The real echo study with a patient planted into it: tags, nested sequences, private blocks, meta information, preamble, bytes
 * after its end, and a banner on every frame.
 *
 * The study is the one of the demo cart (dicomweb-client's test data): ten frames of 600 x 430, palette colour, RLE.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { find, textOf } from '../dicom/element.ts';
import type { DataElement } from '../dicom/element.ts';
import { describeImage } from '../dicom/pixel/image.ts';
import { openFrames } from '../dicom/pixel/frames.ts';
import { readDicom } from '../dicom/reader.ts';
import { readTemplates } from '../dicom/template.ts';
import { fromBytes } from '../source/byte-source.ts';
import { dicomFile, regionOf } from './dicom-file.ts';
import type { Planted } from './dicom-file.ts';

export const ECHO = { columns: 600, rows: 430, frames: 10, bannerRows: 23 } as const;
/** An index of the palette that is bright. */
const BANNER = 200;

export const SECRETS = [
  'DOE^JANE',
  'MRN-99812345',
  '19700102',
  'St. Mary Hospital',
  'NURSE^NINA',
  'ACC-777-111',
  'phoned 555-1234',
  'PRIVATE^SECRET^NAME',
  '1.2.840.99999.4.5.6.7',
  'SN-0042-8891',
  'Jane Doe at home',
] as const;

export function echoBytes(): Buffer {
  const place = 'dicomweb-client/testData/US-PAL-8-10x-echo.dcm';
  const cart = createRequire(path.join(import.meta.dirname, '../../../cart/package.json'));
  for (const folder of cart.resolve.paths(place) ?? []) {
    try {
      return readFileSync(path.join(folder, place));
    } catch {
      continue;
    }
  }
  throw new Error('The echo study is not installed: npm install.');
}

const TEMPLATES_FILE = path.join(import.meta.dirname, '../../templates/demo.json');

export function demoTemplates(): ReturnType<typeof readTemplates> {
  return readTemplates(readFileSync(TEMPLATES_FILE, 'utf8'));
}

/** As a configuration names them. */
export function demoTemplatesPin() {
  const templatesSha256 = createHash('sha256').update(readFileSync(TEMPLATES_FILE)).digest('hex');
  return { templatesFile: TEMPLATES_FILE, templatesSha256 };
}

/** Frames of the study as they are, decoded. */
export async function echoFrames(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
  const source = fromBytes(bytes);
  const file = await readDicom(source);
  const image = describeImage(file);
  const frames = await openFrames(source, file, image);
  return await Promise.all(Array.from({ length: image.frames }, (_, index) => frames.frame(index)));
}

/** Where somebody wrote inside of the machine's own region, below the upper edge, and on which frames. */
export const WRITTEN_INSIDE = {
  x: 200,
  y: 120,
  width: 160,
  height: 12,
  frames: [3, 4, 7],
} as const;

/**
 * The study with the secrets in it, uncompressed.
 * @param inside gives it regions as its machine could have written them, and writes into one of them
 */
export async function planted(inside = false): Promise<Buffer> {
  const original = await readDicom(fromBytes(echoBytes()));
  const frames = await echoFrames(echoBytes());
  for (const frame of frames) {
    frame.fill(0, 0, ECHO.columns * ECHO.bannerRows);
    // Letters of a banner: what matters is that none of it stays.
    for (let at = 0; at < ECHO.columns * ECHO.bannerRows; at += 3) frame[at] = BANNER;
  }
  if (inside) for (const index of WRITTEN_INSIDE.frames) write(frames[index]);
  const kept = original.dataSet.elements.filter(
    ({ tag }) => (tag & 0xffff) !== 0 && tag !== 0x0008_0016 && tag !== 0x0008_0018,
  );
  const secrets = secretElements();
  const ofSecrets = new Set(secrets.map(([tag]) => tag));
  return dicomFile({
    instance: SECRETS[8],
    preamble: SECRETS[0],
    elements: [
      ...kept.filter(({ tag }) => !ofSecrets.has(tag)).map((each) => asPlanted(each)),
      ...secrets,
      ...(inside ? [REGIONS] : []),
    ],
    pixels: Buffer.concat(frames),
    after: Buffer.from(`\0\0trailing ${SECRETS[0]} ${SECRETS[1]}`),
  });
}

const REGIONS: Planted = [
  0x0018_6011,
  'SQ',
  [regionOf(150, 24, 539, 269), regionOf(50, 270, 539, 405)],
];

function write(frame: Uint8Array | undefined): void {
  const { x, y, width, height } = WRITTEN_INSIDE;
  for (let row = y; row < y + height; row += 1)
    frame?.fill(BANNER, row * ECHO.columns + x, row * ECHO.columns + x + width);
}

function secretElements(): readonly Planted[] {
  const [name, id, born, hospital, operator, accession, comment, secret, , serial, home] = SECRETS;
  const patient: readonly Planted[] = [
    [0x0010_0010, 'PN', name],
    [0x0010_0020, 'LO', id],
  ];
  const nested: readonly Planted[] = [
    [0x0008_0100, 'SH', 'T-32000'],
    [0x0008_0102, 'SH', 'SRT'],
    [0x0008_0104, 'LO', home],
    [0x0008_1070, 'PN', operator],
    [0x0008_2220, 'SQ', [[...patient, [0x0040_a730, 'SQ', [patient]]]]],
  ];
  return [
    ...patient,
    [0x0008_0050, 'SH', accession],
    [0x0008_0080, 'LO', hospital],
    [0x0008_1010, 'SH', 'ROOM-4-ECHO'],
    [0x0008_1070, 'PN', operator],
    [0x0008_1120, 'SQ', [patient]],
    [0x0008_2218, 'SQ', [nested]],
    [0x0009_0010, 'LO', 'ACME PRIV'],
    [0x0009_1001, 'LO', secret],
    [0x0009_1002, 'SQ', [patient]],
    [0x0010_0030, 'DA', born],
    [0x0010_0040, 'CS', 'F'],
    [0x0018_1000, 'LO', serial],
    [0x0020_4000, 'LT', comment],
    [0x0028_0301, 'CS', 'YES'],
    [0x0032_4000, 'LT', home],
    [0x0088_0200, 'SQ', [[[0x0010_0010, 'PN', name]]]],
    [0x6000_3000, 'OW', Buffer.from(name)],
    [0x6000_4000, 'LT', comment],
  ];
}

function asPlanted({ tag, vr, value }: DataElement): Planted {
  return [tag, vr, value];
}

/** The name of the manufacturer, which stays where a template vouches for it. */
export async function manufacturerOf(bytes: Uint8Array): Promise<string> {
  return textOf(find((await readDicom(fromBytes(bytes))).dataSet, 0x0008_0070));
}
