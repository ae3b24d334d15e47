/** What a viewer can take, from its SetEncodings and SetPixelFormat. */
import { ENCODING, jpegQuality } from '@chaperone/protocol/rfb/encoding.ts';
import { TRUE_COLOUR_32, type PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import type { FilmKind } from '../encoder/film.ts';
import type { StillTerms } from '../encoder/still.ts';

export interface ViewerTerms {
  readonly format: PixelFormat;
  /** How what stands still is sent: the densest that the viewer can take, always without loss. */
  readonly still: StillTerms['still'];
  /** How what moves is sent, if it can take any film. */
  readonly film: FilmKind | null;
  /** How it is told of another size; null: it cannot follow one. */
  readonly size: 'extended' | 'plain' | null;
  readonly takesCursor: boolean;
  readonly takesFence: boolean;
  readonly takesContinuous: boolean;
  readonly takesName: boolean;
  readonly takesKeyCodes: boolean;
}

/** Reads the terms. */
export function viewerTerms(
  encodings: readonly number[],
  format: PixelFormat = TRUE_COLOUR_32,
): ViewerTerms {
  const takes = (encoding: number): boolean => encodings.includes(encoding);
  return {
    format,
    still: stillFor(takes(ENCODING.tight), takes(ENCODING.zrle), format),
    film: filmFor(encodings, format),
    size: takes(ENCODING.extendedDesktopSize)
      ? 'extended'
      : takes(ENCODING.desktopSize)
        ? 'plain'
        : null,
    takesCursor: takes(ENCODING.cursor),
    takesFence: takes(ENCODING.fence),
    takesContinuous: takes(ENCODING.continuousUpdates),
    takesName: takes(ENCODING.desktopName),
    takesKeyCodes: takes(ENCODING.qemuExtendedKeyEvent),
  };
}

/**
 * Both only where red comes first in memory, as noVNC has it: the gateway's recording takes ZRLE in no other order of colours,
 * and would refuse the screen (decision 0052).
 */
function stillFor(tight: boolean, zrle: boolean, format: PixelFormat): StillTerms['still'] {
  if (!tight) return zrle ? 'zrle' : 'raw';
  const isRedFirst = format.bitsPerPixel === 32 && !format.bigEndian && format.redShift === 0;
  return zrle && isRedFirst ? 'tight-or-zrle' : 'tight';
}

/** H.264 if it plays that; else JPEG if it knows Tight, asks for a quality, and has more than 256 colours. */
function filmFor(encodings: readonly number[], { bitsPerPixel }: PixelFormat): FilmKind | null {
  if (encodings.includes(ENCODING.h264)) return { codec: 'h264' };
  const quality = jpegQuality(encodings);
  const takesJPEG = encodings.includes(ENCODING.tight) && bitsPerPixel > 8;
  return quality !== null && takesJPEG ? { codec: 'jpeg', quality } : null;
}

/** Tells whether two viewers take the same film. */
export function isSameFilm(one: FilmKind | null, other: FilmKind | null): boolean {
  if (one?.codec === 'jpeg' && other?.codec === 'jpeg') return one.quality === other.quality;
  return one?.codec === other?.codec;
}

/** Returns what to ask of the source for such a viewer: pixels as they are, and what they stand in. */
export function sourceEncodings(terms: ViewerTerms): number[] {
  return [
    ENCODING.raw,
    // Without this the source draws the cursor into the picture, as a viewer that knows none wants it.
    ...(terms.takesCursor ? [ENCODING.cursor] : []),
    ...(terms.takesKeyCodes ? [ENCODING.qemuExtendedKeyEvent] : []),
    ENCODING.desktopSize,
    ENCODING.extendedDesktopSize,
    ENCODING.lastRect,
  ];
}
