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

/** Asked of the source in any case: the cart itself reads these. */
const ALWAYS = [ENCODING.raw, ENCODING.desktopSize, ENCODING.lastRect] as const;

/** Returns the encodings to ask of the source, in the viewer's order of preference. */
export function chooseSourceEncodings(wanted: readonly number[], takesKeyCodes: boolean): number[] {
  const chosen = new Set<number>();
  for (const encoding of wanted) {
    const isKeyEncoding = encoding === ENCODING.qemuExtendedKeyEvent && takesKeyCodes;
    if (PASSED.has(encoding) || isLevelEncoding(encoding) || isKeyEncoding) chosen.add(encoding);
  }
  for (const encoding of ALWAYS) chosen.add(encoding);
  return [...chosen];
}
