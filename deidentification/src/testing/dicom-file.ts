/** Makes DICOM files for tests, element by element, right and wrong ones: a writer of its own that shares nothing with the product's. */

export type Planted =
  | readonly [tag: number, vr: string, value: string | Uint8Array | number]
  | readonly [tag: number, vr: 'SQ', items: readonly (readonly Planted[])[]];

const LONG = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);
export const US_MULTIFRAME = '1.2.840.10008.5.1.4.1.1.3.1';
export const EXPLICIT = '1.2.840.10008.1.2.1';
export const IMPLICIT = '1.2.840.10008.1.2';

export interface FileParts {
  readonly sopClass?: string;
  readonly transferSyntax?: string;
  readonly instance?: string;
  readonly preamble?: string;
  readonly elements: readonly Planted[];
  /** Bytes of (7FE0,0010), or the frames of encapsulated pixels. */
  readonly pixels?: Uint8Array | readonly Uint8Array[];
  readonly after?: Uint8Array;
}

/** Puts a whole file together; elements are sorted. */
export function dicomFile(parts: FileParts): Buffer {
  const { sopClass = US_MULTIFRAME, transferSyntax = EXPLICIT, instance = '1.2.3.4.5' } = parts;
  const meta = encode(
    [
      [0x0002_0002, 'UI', sopClass],
      [0x0002_0003, 'UI', instance],
      [0x0002_0010, 'UI', transferSyntax],
    ],
    false,
  );
  const preamble = Buffer.alloc(128);
  preamble.write(parts.preamble ?? '', 'latin1');
  const isImplicit = transferSyntax === IMPLICIT;
  const sop: readonly Planted[] = [
    [0x0008_0016, 'UI', sopClass],
    [0x0008_0018, 'UI', instance],
  ];
  const body = encode([...sop, ...parts.elements], isImplicit);
  const pixels = parts.pixels === undefined ? [] : pixelsOf(parts.pixels, isImplicit);
  return Buffer.concat([
    preamble,
    Buffer.from('DICM'),
    encode([[0x0002_0000, 'UL', meta.length]], false),
    meta,
    body,
    ...pixels,
    parts.after ?? Buffer.alloc(0),
  ]);
}

/** The elements that describe an 8-bit image. */
export function imageOf(
  columns: number,
  rows: number,
  frames: number,
  photometric: string,
  samples = 1,
): readonly Planted[] {
  return [
    [0x0028_0002, 'US', samples],
    [0x0028_0004, 'CS', photometric],
    [0x0028_0008, 'IS', String(frames)],
    [0x0028_0010, 'US', rows],
    [0x0028_0011, 'US', columns],
    [0x0028_0100, 'US', 8],
    [0x0028_0101, 'US', 8],
    [0x0028_0102, 'US', 7],
    [0x0028_0103, 'US', 0],
    ...(samples === 3 ? [[0x0028_0006, 'US', 0] as const] : []),
  ];
}

/** One ultrasound region, last pixels included. */
export function regionOf(x0: number, y0: number, x1: number, y1: number): readonly Planted[] {
  return [
    [0x0018_6012, 'US', 1],
    [0x0018_6014, 'US', 1],
    [0x0018_6016, 'UL', 0],
    [0x0018_6018, 'UL', x0],
    [0x0018_601a, 'UL', y0],
    [0x0018_601c, 'UL', x1],
    [0x0018_601e, 'UL', y1],
  ];
}

export function encode(elements: readonly Planted[], isImplicit: boolean): Buffer {
  const ordered = elements.toSorted((a, b) => a[0] - b[0]);
  return Buffer.concat(ordered.map((each) => encodeOne(each, isImplicit)));
}

function encodeOne(element: Planted, isImplicit: boolean): Buffer {
  const [tag, vr] = element;
  const value = valueOf(element, isImplicit);
  const head = Buffer.alloc(!isImplicit && LONG.has(vr) ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  if (isImplicit) head.writeUInt32LE(value.length, 4);
  else {
    head.write(vr, 4, 'latin1');
    if (LONG.has(vr)) head.writeUInt32LE(value.length, 8);
    else head.writeUInt16LE(value.length, 6);
  }
  return Buffer.concat([head, value]);
}

function valueOf([, vr, value]: Planted, isImplicit: boolean): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(vr === 'US' ? 2 : 4);
    if (vr === 'US') bytes.writeUInt16LE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  }
  if (typeof value === 'string') return padded(Buffer.from(value, 'utf8'), vr === 'UI' ? 0 : 0x20);
  if (value instanceof Uint8Array) return padded(value, 0);
  return Buffer.concat(
    value.map((item) => {
      const bytes = encode(item, isImplicit);
      return Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0]), ulong(bytes.length), bytes]);
    }),
  );
}

function pixelsOf(pixels: Uint8Array | readonly Uint8Array[], isImplicit: boolean): Buffer[] {
  if (pixels instanceof Uint8Array) {
    const bytes = padded(pixels, 0);
    const tag = Buffer.from([0xe0, 0x7f, 0x10, 0x00]);
    const kind = isImplicit ? [] : [Buffer.from([0x4f, 0x42, 0, 0])];
    return [tag, ...kind, ulong(bytes.length), bytes];
  }
  const item = (bytes: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0]), ulong(bytes.length), bytes]);
  return [
    Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    item(Buffer.alloc(0)),
    ...pixels.map((each) => item(padded(each, 0))),
    Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]),
  ];
}

function padded(bytes: Uint8Array, by: number): Buffer {
  return bytes.length % 2 === 0 ? Buffer.from(bytes) : Buffer.concat([bytes, Buffer.from([by])]);
}

function ulong(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
