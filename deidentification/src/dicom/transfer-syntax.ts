/** The ways of storing a data set and its pixels that are taken apart here. @see PS3.6 table A-1 */

export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
export const RLE_LOSSLESS = '1.2.840.10008.1.2.5';

const READABLE: ReadonlySet<string> = new Set([
  IMPLICIT_LITTLE_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  JPEG_BASELINE,
  RLE_LOSSLESS,
]);

export function isReadableSyntax(uid: string): boolean {
  return READABLE.has(uid);
}

export function isImplicitSyntax(uid: string): boolean {
  return uid === IMPLICIT_LITTLE_ENDIAN;
}

export function isEncapsulatedSyntax(uid: string): boolean {
  return uid === JPEG_BASELINE || uid === RLE_LOSSLESS;
}
