/** A data set as it was read: elements in their order, sequences as nested data sets, the pixels by their place only. */

export interface DataElement {
  readonly tag: number;
  /** Two letters; `UN` where an implicit file does not say and the tables do not know. */
  readonly vr: string;
  /** Empty for sequences and pixels. */
  readonly value: Uint8Array;
  /** Only of sequences. */
  readonly items: readonly DataSet[] | null;
}

export interface DataSet {
  readonly elements: readonly DataElement[];
}

/** Where the pixels lie in the file. */
export type PixelPlace =
  | { readonly kind: 'native'; readonly offset: number; readonly bytes: number }
  | { readonly kind: 'encapsulated'; readonly offset: number };

export interface DicomFile {
  readonly meta: DataSet;
  readonly transferSyntax: string;
  readonly dataSet: DataSet;
  readonly pixels: PixelPlace | null;
  /** After the pixels; read when they have been walked over. */
  readonly isImplicit: boolean;
}

export function find(dataSet: DataSet, tag: number): DataElement | undefined {
  return dataSet.elements.find((each) => each.tag === tag);
}

/** Reads a value as text without its padding; by single bytes, since what is compared is ASCII. */
export function textOf(element: DataElement | undefined): string {
  if (element === undefined) return '';
  return Buffer.from(element.value)
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trimStart();
}

/** Reads an unsigned 16-bit number; undefined when it is absent or of another size. */
export function ushortOf(element: DataElement | undefined): number | undefined {
  if (element?.value.length !== 2) return undefined;
  return (element.value[0] ?? 0) | ((element.value[1] ?? 0) << 8);
}

/** Names a tag as eight hexadecimal digits. */
export function tagName(tag: number): string {
  return (tag >>> 0).toString(16).padStart(8, '0').toUpperCase();
}
