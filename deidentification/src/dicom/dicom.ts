/**
 * De-identifies one DICOM file by PS3.15 annex E: basic profile (113100) with clean pixel data (113101), graphics removed
 * with everything else (113103 where there were any).
 *
 *   read → rules for class, pixels → clean the data set → write its head → check it → frames, one by one, blanked and searched
 *
 * Nothing of it is random: the same file, secret and templates give the same bytes, so that a transfer that broke off can
 * go on. A result counts only when the last chunk has come: whoever keeps chunks throws them away when it ends in an error.
 *
 * @see PS3.15 sections E.1.1, E.2, E.3.1, E.3.3
 */
import {
  DeidentificationLimitReached,
  SOPClassWithoutRule,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import { OriginalValues } from '../residue/original-values.ts';
import { ByteSearch } from '../residue/byte-search.ts';
import { checkHead, residue } from '../residue/check-result.ts';
import { personWords } from './person-words.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { cleanDataSet } from './clean-data-set.ts';
import type { Cleaned } from './clean-data-set.ts';
import type { DicomFile } from './element.ts';
import { find, textOf } from './element.ts';
import { markElements, methodsOf } from './mark.ts';
import { describeImage } from './pixel/image.ts';
import type { Image } from './pixel/image.ts';
import { blackOf, blank, clearUnusedBits } from './pixel/blank.ts';
import { openFrames } from './pixel/frames.ts';
import type { Frames } from './pixel/frames.ts';
import { blankingRule, templateOf } from './pixel/region.ts';
import type { BlankingRule } from './pixel/region.ts';
import { readDicom, readTrailer } from './reader.ts';
import { EMPTY_ELEMENTS, EMPTY_WHEN_ABSENT, NEEDED_UIDS } from './required.ts';
import type { RegionTemplate } from './template.ts';
import { ascii, writeElements, writeHead, writePixelHead } from './writer.ts';
import type { WrittenElement } from './writer.ts';
import { mapUID } from './uid-map.ts';
import { imageElements } from './image-elements.ts';

/** What has a rule: ultrasound images, single and multi-frame, present and retired. @see PS3.4 table B.5-1 */
const SOP_CLASSES: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.4.1.1.6.1',
  '1.2.840.10008.5.1.4.1.1.3.1',
  '1.2.840.10008.5.1.4.1.1.6',
  '1.2.840.10008.5.1.4.1.1.3',
]);

/** Of no meaning in other images. */
const PALETTE = [
  0x0028_1101, 0x0028_1102, 0x0028_1103, 0x0028_1199, 0x0028_1201, 0x0028_1202, 0x0028_1203,
];

/** Of the meta information: lengths and versions, and which program wrote the file. */
const OF_NOBODY: ReadonlySet<number> = new Set([
  0x0002_0000, 0x0002_0001, 0x0002_0012, 0x0002_0013,
]);

export interface DicomOrder {
  /** Of the case, 32 bytes or more. */
  readonly secret: Uint8Array;
  readonly templates: readonly RegionTemplate[];
}

export interface Result {
  /** In their order, once. @throws DeidentificationRefused at any time, also after the last one was made */
  readonly chunks: AsyncGenerator<Uint8Array, DeidentificationReport, undefined>;
  /** Names and numbers of the patient that the file held, for the case's dictionary. */
  readonly words: readonly string[];
}

/** @throws DeidentificationRefused */
export async function deidentifyDicom(source: ByteSource, order: DicomOrder): Promise<Result> {
  const file = await readDicom(source);
  const sopClass = textOf(find(file.dataSet, 0x0008_0016));
  const saysTheSame = textOf(find(file.meta, 0x0002_0002)) === sopClass;
  if (!SOP_CLASSES.has(sopClass) || !saysTheSame) {
    throw new SOPClassWithoutRule(
      'Only ultrasound images are de-identified. Reports, documents, screen copies and all other kinds are refused.',
    );
  }
  const image = describeImage(file);
  const template = templateOf(order.templates, file.dataSet, image);
  const rule = blankingRule(template, file.dataSet, image);
  const frames = await openFrames(source, file, image);
  const trailer = await readTrailer(source, frames.end, file.isImplicit);
  const equipment = new Set(
    template && [template.manufacturer, template.model, ...template.software],
  );
  const cleaned = cleanDataSet(file.dataSet, { secret: order.secret, equipment });
  for (const element of trailer.elements) cleaned.changes.add(element.tag, 'AfterThePixels', 'X');
  const originals = originalsOf(file, cleaned, trailer.elements);
  const { head, methods } = headOf(file, sopClass, { cleaned, image, rule, order });
  await checkHead(head, originals);
  return {
    chunks: write({ source, file, head, methods, image, rule, frames, cleaned, originals }),
    words: personWords(file),
  };
}

function originalsOf(
  file: DicomFile,
  cleaned: Cleaned,
  trailer: Cleaned['removed'],
): OriginalValues {
  const originals = new OriginalValues();
  for (const element of [...cleaned.removed, ...trailer]) originals.take(element);
  for (const element of file.meta.elements) {
    if (!OF_NOBODY.has(element.tag)) originals.take(element);
  }
  if (originals.isFull) {
    throw new DeidentificationLimitReached('The file holds more values than can be searched for.');
  }
  return originals;
}

function headOf(
  { dataSet }: DicomFile,
  sopClass: string,
  {
    cleaned,
    image,
    rule,
    order,
  }: {
    readonly cleaned: Cleaned;
    readonly image: Image;
    readonly rule: BlankingRule;
    readonly order: DicomOrder;
  },
): { readonly head: Uint8Array; readonly methods: readonly string[] } {
  const elements = new Map<number, WrittenElement>();
  for (const { tag, vr } of [...EMPTY_WHEN_ABSENT, ...EMPTY_ELEMENTS]) {
    elements.set(tag, { tag, vr, value: ascii(vr, '') });
  }
  for (const element of cleaned.elements) elements.set(element.tag, element);
  if (image.photometric !== 'PALETTE COLOR') for (const tag of PALETTE) elements.delete(tag);
  for (const tag of NEEDED_UIDS) {
    // Made of the two others where one is missing: a file without it gets the same one each time.
    const known = NEEDED_UIDS.map((each) => textOf(find(dataSet, each))).join('\\');
    if (elements.has(tag)) continue;
    const uid = mapUID(order.secret, `${tag}\\${known}`);
    elements.set(tag, { tag, vr: 'UI', value: ascii('UI', uid) });
  }
  const methods = methodsOf(cleaned.hadGraphics);
  for (const element of [
    { tag: 0x0008_0016, vr: 'UI', value: ascii('UI', sopClass) },
    ...imageElements(image, dataSet, cleaned.elements),
    ...markElements(methods, rule.template),
  ]) {
    elements.set(element.tag, element);
  }
  const instance = elements.get(0x0008_0018);
  const uid = instance !== undefined && 'value' in instance ? textOfWritten(instance.value) : '';
  const vr = image.bytesPerSample === 1 ? 'OB' : 'OW';
  const head = Buffer.concat([
    writeHead(sopClass, uid),
    writeElements([...elements.values()]),
    writePixelHead(vr, image.frameBytes * image.frames),
  ]);
  return { head, methods };
}

interface Writing {
  readonly source: ByteSource;
  readonly file: DicomFile;
  readonly head: Uint8Array;
  readonly methods: readonly string[];
  readonly image: Image;
  readonly rule: BlankingRule;
  readonly frames: Frames;
  readonly cleaned: Cleaned;
  readonly originals: OriginalValues;
}

async function* write(writing: Writing): AsyncGenerator<Uint8Array, DeidentificationReport> {
  const { source, file, head, methods, image, rule, frames, cleaned, originals } = writing;
  const search = new ByteSearch(originals.anywhere, originals.encoded());
  const black = blackOf(image, file.dataSet);
  yield head;
  for (let index = 0; index < image.frames; index += 1) {
    const frame = await frames.frame(index);
    clearUnusedBits(frame, image);
    blank(frame, image, rule.blanked, black);
    if (search.finds(frame)) throw residue();
    yield frame;
  }
  const pixelBytes = image.frameBytes * image.frames;
  if (pixelBytes % 2 === 1) yield new Uint8Array(1);
  return {
    version: 1,
    kind: 'dicom',
    methods,
    changes: cleaned.changes.list(),
    pixels: {
      frames: image.frames,
      width: image.columns,
      height: image.rows,
      source: rule.source,
      blanked: rule.blanked,
    },
    searchedValues: originals.size,
    bytesBefore: source.bytes,
    bytesAfter: head.length + pixelBytes + (pixelBytes % 2),
  };
}

function textOfWritten(value: Uint8Array): string {
  return Buffer.from(value).toString('latin1').replaceAll('\0', '');
}
