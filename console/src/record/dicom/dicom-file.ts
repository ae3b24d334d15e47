/**
 * A DICOM file (PS3.10), opened in memory by dicom-parser, within limits that the library does not have of its own.
 *
 * The library reads every number through a reader that is handed to it: one that counts ends a file of millions of elements
 * before it has taken all memory. What is nested too deep ends at the language's own stack.
 */
import dicomParser from 'dicom-parser';
import type { ByteArrayParser, DataSet, Element } from 'dicom-parser';
import { ReadingFault } from '../worker/worker-call.ts';

/** Beyond, a file is not loaded to be looked at; bytes. A cine of a minute in colour is about a quarter of it. */
export const DICOM_BYTES_MAX = 512 * 1024 * 1024;
/** Numbers of 16 bits that are read before the pixels; an element takes at least two. */
const READS_MAX = 2_000_000;

export const SYNTAX = {
  implicitLittle: '1.2.840.10008.1.2',
  explicitLittle: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  explicitBig: '1.2.840.10008.1.2.2',
  jpegBaseline: '1.2.840.10008.1.2.4.50',
  jpegExtended: '1.2.840.10008.1.2.4.51',
  jpegLossless: '1.2.840.10008.1.2.4.57',
  jpegLosslessFirst: '1.2.840.10008.1.2.4.70',
  rle: '1.2.840.10008.1.2.5',
} as const;

export interface DicomFile {
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
}

export type { DataSet, Element } from 'dicom-parser';

/** @throws ReadingFault DICOM_UNREADABLE, DICOM_TOO_MANY_ELEMENTS */
export async function openDicom(bytes: Uint8Array): Promise<DicomFile> {
  try {
    const meta = dicomParser.readPart10Header(bytes) as DataSet & { readonly position: number };
    const transferSyntax = meta.string('x00020010') ?? SYNTAX.implicitLittle;
    const isDeflated = transferSyntax === SYNTAX.deflated;
    const content = isDeflated ? await inflate(bytes, meta.position) : bytes;
    const order =
      transferSyntax === SYNTAX.explicitBig
        ? dicomParser.bigEndianByteArrayParser
        : dicomParser.littleEndianByteArrayParser;
    const dataSet = parse(content, meta, transferSyntax, order);
    return { dataSet, transferSyntax };
  } catch (fault) {
    if (fault instanceof ReadingFault) throw fault;
    throw new ReadingFault('DICOM_UNREADABLE');
  }
}

/** Runs what reads values of a file: whatever the library stumbles over is the file's fault. @throws ReadingFault DICOM_UNREADABLE */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (fault) {
    if (fault instanceof ReadingFault) throw fault;
    throw new ReadingFault('DICOM_UNREADABLE');
  }
}

/** The numbers of an element of decimal text; the library's own reading stumbles where one is missing. */
export function decimalsOf(dataSet: DataSet, tag: string): readonly number[] {
  const text = dataSet.string(tag);
  return text === undefined ? [] : text.split('\\').map((each) => Number.parseFloat(each));
}

function parse(
  bytes: Uint8Array,
  meta: DataSet & { readonly position: number },
  transferSyntax: string,
  order: ByteArrayParser,
): DataSet {
  const stream = new dicomParser.ByteStream(counting(order), bytes, meta.position);
  const elements: Record<string, Element> = {};
  // The library's declaration leaves its class out.
  const { DataSet: NewDataSet } = dicomParser as unknown as {
    readonly DataSet: new (
      parser: ByteArrayParser,
      bytes: Uint8Array,
      elements: Record<string, Element>,
    ) => DataSet;
  };
  const dataSet = new NewDataSet(order, bytes, elements);
  dataSet.warnings = [];
  if (transferSyntax === SYNTAX.implicitLittle)
    dicomParser.parseDicomDataSetImplicit(dataSet, stream, bytes.length);
  else dicomParser.parseDicomDataSetExplicit(dataSet, stream, bytes.length);
  // Nested ones keep the counting reader: what is shown later counts anew from here.
  for (const [tag, element] of Object.entries(meta.elements)) elements[tag] ??= element;
  return dataSet;
}

function counting(order: ByteArrayParser): ByteArrayParser {
  let reads = 0;
  return {
    ...order,
    readUint16: (bytes, position) => {
      reads += 1;
      if (reads > READS_MAX) throw new ReadingFault('DICOM_TOO_MANY_ELEMENTS');
      return order.readUint16(bytes, position);
    },
  };
}

/** Deflated files are unpacked as a whole, to the same limit. */
async function inflate(bytes: Uint8Array, from: number): Promise<Uint8Array> {
  const packed = new Blob([bytes.slice(from) as Uint8Array<ArrayBuffer>]).stream();
  const reader = packed.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array[] = [bytes.subarray(0, from)];
  let total = from;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.length;
    if (total > DICOM_BYTES_MAX) throw new ReadingFault('RECORD_TOO_LARGE_TO_VIEW');
    parts.push(value);
  }
  const all = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
