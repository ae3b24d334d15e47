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
  desktopSize: -223,
  lastRect: -224,
  cursor: -239,
  qemuExtendedKeyEvent: -258,
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

/** Tells whether a pseudo-encoding only asks for a quality or compression level. */
export function isLevelEncoding(encoding: number): boolean {
  return LEVEL_RANGES.some(([low, high]) => encoding >= low && encoding <= high);
}
