/** All elements of a file as rows, nested ones under theirs, with values as a person reads them. */
import { shownLine } from '../log/line-text.ts';
import { decoderOf } from './character-set.ts';
import { guarded } from './dicom-file.ts';
import type { DataSet, Element } from './dicom-file.ts';

/** Rows beyond are not listed. */
export const TAGS_MAX = 50_000;
const VALUE_LENGTH_MAX = 400;
const NUMBERS_MAX = 16;
const DEPTH_MAX = 16;

export interface TagRow {
  readonly depth: number;
  /** `(0010,0010)`; an item's number for what is nested. */
  readonly tag: string;
  readonly name: string;
  readonly vr: string;
  readonly bytes: number;
  readonly value: string;
  readonly isPrivate: boolean;
}

export interface TagList {
  readonly rows: readonly TagRow[];
  readonly isCut: boolean;
}

/** What the dictionary knows of an element. */
export type AskDictionary = (tag: string) => { readonly name: string; readonly vr: string } | null;

export function listTags(dataSet: DataSet, ask: AskDictionary): TagList {
  const rows: TagRow[] = [];
  guarded(() => collect(dataSet, 0, rows, ask, new TextDecoder('windows-1252')));
  return { rows, isCut: rows.length >= TAGS_MAX };
}

function collect(
  dataSet: DataSet,
  depth: number,
  rows: TagRow[],
  ask: AskDictionary,
  outer: TextDecoder,
): void {
  const decoder = decoderOf(dataSet) ?? outer;
  const elements = Object.values(dataSet.elements).toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
  let creators: ReadonlyMap<string, string> | null = null;
  for (const element of elements) {
    if (rows.length >= TAGS_MAX) return;
    const { tag, items } = element;
    const isPrivate = (Number.parseInt(tag.slice(4, 5), 16) & 1) === 1;
    const known = isPrivate ? null : ask(tag);
    const vr = element.vr ?? known?.vr ?? (items === undefined ? 'UN' : 'SQ');
    creators ??= creatorsOf(dataSet, elements);
    rows.push({
      depth,
      tag: shownTag(tag),
      name: isPrivate ? privateName(tag, creators) : (known?.name ?? ''),
      vr,
      bytes: element.hadUndefinedLength === true ? 0 : element.length,
      value: items === undefined ? valueOf(dataSet, element, vr, decoder) : countOf(items.length),
      isPrivate,
    });
    if (depth >= DEPTH_MAX) continue;
    for (const [index, { dataSet: nested }] of (items ?? []).entries()) {
      if (nested === undefined || rows.length >= TAGS_MAX) continue;
      const name = `Item ${index + 1}`;
      rows.push({ depth: depth + 1, tag: '', name, vr: '', bytes: 0, value: '', isPrivate });
      collect(nested, depth + 2, rows, ask, decoder);
    }
  }
}

function countOf(items: number): string {
  return `${items} ${items === 1 ? 'item' : 'items'}`;
}

function shownTag(tag: string): string {
  return `(${tag.slice(1, 5).toUpperCase()},${tag.slice(5).toUpperCase()})`;
}

/** Who reserved which block of a private group (PS3.5 §7.8.1). */
function creatorsOf(dataSet: DataSet, elements: readonly Element[]): ReadonlyMap<string, string> {
  const creators = new Map<string, string>();
  for (const { tag } of elements) {
    const block = Number.parseInt(tag.slice(5), 16);
    if (block >= 0x10 && block <= 0xff) {
      const name = dataSet.string(tag)?.slice(0, 64);
      if (name !== undefined) creators.set(`${tag.slice(1, 5)}${tag.slice(7)}`, shownLine(name));
    }
  }
  return creators;
}

function privateName(tag: string, creators: ReadonlyMap<string, string>): string {
  const block = Number.parseInt(tag.slice(5), 16);
  if (block <= 0xff) return 'Private creator';
  const creator = creators.get(`${tag.slice(1, 5)}${tag.slice(5, 7)}`);
  return creator === undefined ? 'Private' : `Private · ${creator}`;
}

const NUMBERS: Readonly<
  Record<string, 'uint16' | 'int16' | 'uint32' | 'int32' | 'float' | 'double'>
> = {
  US: 'uint16',
  SS: 'int16',
  UL: 'uint32',
  SL: 'int32',
  FL: 'float',
  FD: 'double',
};
const WIDTHS: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8 };
const BYTES: ReadonlySet<string> = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV']);
/** Texts whose signs are those of the file's own character set (PS3.5 §6.1.2.3). */
const SPECIFIC: ReadonlySet<string> = new Set(['SH', 'LO', 'ST', 'LT', 'PN', 'UC', 'UT']);

function valueOf(dataSet: DataSet, element: Element, vr: string, decoder: TextDecoder): string {
  const { tag, length, dataOffset } = element;
  if (element.encapsulatedPixelData === true) return `${element.fragments?.length ?? 0} fragments`;
  if (length <= 0) return '';
  const numbers = NUMBERS[vr];
  if (numbers !== undefined) {
    const count = Math.floor(length / (WIDTHS[vr] ?? 1));
    const shown = Array.from({ length: Math.min(count, NUMBERS_MAX) }, (_, at) =>
      String(dataSet[numbers](tag, at) ?? ''),
    );
    return shown.join(' \\ ') + (count > NUMBERS_MAX ? ' …' : '');
  }
  if (vr === 'AT') return shownTag(dataSet.attributeTag(tag) ?? 'x????????');
  const bytes = dataSet.byteArray.subarray(
    dataOffset,
    dataOffset + Math.min(length, VALUE_LENGTH_MAX),
  );
  if (BYTES.has(vr) || (vr === 'UN' && !isPrintable(bytes))) return `${length} bytes`;
  const text = (SPECIFIC.has(vr) || vr === 'UN' ? decoder : new TextDecoder('windows-1252')).decode(
    bytes,
  );
  return shownLine(text.replaceAll(/[\0 ]+$/g, '')) + (length > VALUE_LENGTH_MAX ? ' …' : '');
}

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.every(
    (byte) => byte === 0 || byte === 10 || byte === 13 || (byte >= 0x20 && byte !== 0x7f),
  );
}
