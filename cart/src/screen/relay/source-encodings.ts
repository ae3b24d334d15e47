/**
 * Chooses what the cart asks of its screen source, out of what a viewer can take.
 *
 * Only encodings pass whose framing the cart can walk, and of those only such as survive a new connection
 * to the source in the middle of a viewer's stream. ZRLE is left out for that: its zlib stream lasts as long
 * as the viewer's connection and, unlike Tight's, cannot be reset.
 */
import { ENCODING, isLevelEncoding } from '@chaperone/protocol/rfb/encoding.ts';

const PASSED: ReadonlySet<number> = new Set([
  ENCODING.raw,
  ENCODING.copyRect,
  ENCODING.tight,
  ENCODING.cursor,
  ENCODING.desktopSize,
  ENCODING.fence,
  ENCODING.continuousUpdates,
]);

/** Passed beside those when the cart itself encodes: it makes no name of its own, and knows how its streams go on. */
const RE_ENCODED: ReadonlySet<number> = new Set([
  ENCODING.h264,
  ENCODING.zrle,
  ENCODING.desktopName,
  ENCODING.extendedDesktopSize,
]);

/** Asked of the source in any case: the cart itself reads these. */
const ALWAYS = [ENCODING.raw, ENCODING.desktopSize, ENCODING.lastRect] as const;

/**
 * Returns the encodings to ask of the source, in the viewer's order of preference.
 *
 * @param isReEncoded whether the source is the cart's own re-encoder
 */
export function chooseSourceEncodings(
  wanted: readonly number[],
  takesKeyCodes: boolean,
  isReEncoded: boolean,
): number[] {
  const chosen = new Set<number>();
  for (const encoding of wanted) {
    const isKeyEncoding = encoding === ENCODING.qemuExtendedKeyEvent && takesKeyCodes;
    const isOwn = isReEncoded && RE_ENCODED.has(encoding);
    if (PASSED.has(encoding) || isLevelEncoding(encoding) || isKeyEncoding || isOwn) {
      chosen.add(encoding);
    }
  }
  for (const encoding of ALWAYS) chosen.add(encoding);
  return [...chosen];
}
