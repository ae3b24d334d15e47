/**
 * A picture of the cart's own display, taken on the cart, for whoever makes or checks its mask templates. It goes to no network: it is
 * not covered.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import type { Picture } from '../picture/picture.ts';
import { SourceView } from '../re-encoder/source-view.ts';
import { ScreenSourceUnreachable } from '../screen-error.ts';
import type { ScreenSource } from '../source/source.ts';

/** Time for the source to send its first picture. */
const PICTURE_TIMEOUT_MS = 10_000;
/** What a source sends of a picture after its first update belongs to it. */
const SETTLE_MS = 700;

/** Takes the picture, without the pointer. @throws ScreenSourceUnreachable, MalformedRFB */
export async function takeSnapshot(source: ScreenSource, signal: AbortSignal): Promise<Picture> {
  const view = await SourceView.open(source, signal, 0);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new ScreenSourceUnreachable("The cart's screen source sends no picture.")),
    PICTURE_TIMEOUT_MS,
  );
  view.follow({
    onChange: () => {
      if (view.hasPixels) resolve();
    },
    onPicture: () => undefined,
    isBehind: () => false,
    onCursor: () => undefined,
    onKeyCodes: () => undefined,
    onBell: () => undefined,
    onCutText: () => undefined,
    onDrain: () => undefined,
    onLost: reject,
  });
  try {
    view.setEncodings([
      ENCODING.raw,
      ENCODING.cursor,
      ENCODING.desktopSize,
      ENCODING.extendedDesktopSize,
      ENCODING.lastRect,
    ]);
    view.begin();
    await promise;
    await delay(SETTLE_MS, undefined, { signal });
    return view.shown;
  } finally {
    clearTimeout(timer);
    view.close();
  }
}
