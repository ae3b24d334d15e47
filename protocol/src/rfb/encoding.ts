/**
 * Numbers of the RFB encodings and pseudo-encodings that Chaperone knows by name.
 *
 * @see RFC 6143 section 7.7, and the community's rfbproto for Tight and the extensions
 */
export const ENCODING = {
  raw: 0,
  copyRect: 1,
  tight: 7,
  zrle: 16,
  h264: 50,
  desktopSize: -223,
  lastRect: -224,
  cursor: -239,
  qemuExtendedKeyEvent: -258,
  desktopName: -307,
  extendedDesktopSize: -308,
  fence: -312,
  continuousUpdates: -313,
} as const;

/** Ranges of pseudo-encodings by which a viewer asks a Tight encoder for a quality or a level. */
const LEVEL_RANGES: readonly (readonly [number, number])[] = [
  [-32, -23], // JPEG quality
  [-256, -247], // compression level
  [-512, -412], // fine JPEG quality
  [-768, -763], // JPEG subsampling
];

/** A coarse quality of 0 is this pseudo-encoding, one of 9 the last above it; a fine one of 0 to 100 likewise. */
const QUALITY_FIRST = -32;
const QUALITY_LAST = -23;
const FINE_QUALITY_FIRST = -512;
const FINE_QUALITY_LAST = -412;

/** Returns the quality of JPEG that a viewer asks for, 0 to 9; null if it takes none. A coarse one counts first. */
export function jpegQuality(encodings: readonly number[]): number | null {
  const coarse = encodings.find((each) => each >= QUALITY_FIRST && each <= QUALITY_LAST);
  if (coarse !== undefined) return coarse - QUALITY_FIRST;
  const fine = encodings.find((each) => each >= FINE_QUALITY_FIRST && each <= FINE_QUALITY_LAST);
  return fine === undefined ? null : Math.min(9, Math.floor((fine - FINE_QUALITY_FIRST) / 11));
}

/** Tells whether a pseudo-encoding only asks for a quality or compression level. */
export function isLevelEncoding(encoding: number): boolean {
  return LEVEL_RANGES.some(([low, high]) => encoding >= low && encoding <= high);
}
