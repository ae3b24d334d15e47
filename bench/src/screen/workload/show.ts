/**
 * Shows pictures on an X display without a pointer, each change at once: pixels go into a pixmap first, and from there onto the window in one
 * request, so that no server of the display can see a frame that is half drawn.
 */
import { answered, openConnection } from '@chaperone/cart/device/x11-overlay/x11-connection.ts';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { SCREEN } from './layout.ts';

/** A request without an extension holds 256 KiB less its header. */
const REQUEST_BYTES_MAX = 240 * 1024;
const ANSWER_TIMEOUT_MS = 20_000;
const Z_PIXMAP = 2;
const DEPTH = 24;
const INPUT_OUTPUT = 1;

export interface Shown {
  /** Shows these areas of a picture of the whole screen, and waits until the X server has drawn them. */
  show(pixels: Uint32Array, areas: readonly Rectangle[]): Promise<void>;
  close(): void;
}

/** Opens a window over the whole display. @param display as in DISPLAY */
export async function showOn(display: string): Promise<Shown> {
  const connection = await openConnection({ display, xauthority: null });
  const { client } = connection;
  const screen = connection.display.screen[connection.screenNumber];
  if (screen === undefined) throw new Error(`the display ${display} has no screen`);
  // Xvfb draws the pointer into what servers of the display read.
  const noCursor = (): number => {
    const [cursor, mask, clear] = [client.AllocID(), client.AllocID(), client.AllocID()];
    const black = { R: 0, G: 0, B: 0 };
    client.CreatePixmap(mask, screen.root, 1, 1, 1);
    client.CreateGC(clear, mask, { foreground: 0 });
    client.PolyFillRectangle(mask, clear, [0, 0, 1, 1]);
    client.CreateCursor(cursor, mask, mask, black, black, 0, 0);
    return cursor;
  };
  const [window, pixmap, gc] = [client.AllocID(), client.AllocID(), client.AllocID()];
  const { width, height } = SCREEN;
  const values = { overrideRedirect: 1, backgroundPixel: 0, cursor: noCursor() } as const;
  const place = [0, 0, width, height, 0, DEPTH, INPUT_OUTPUT] as const;
  client.CreateWindow(window, screen.root, ...place, screen.root_visual, values);
  client.CreatePixmap(pixmap, window, DEPTH, width, height);
  client.CreateGC(gc, window, { foreground: 0 });
  client.MapWindow(window);
  const drawn = async (): Promise<void> => {
    await answered<null>(
      (answer) => client.sync((error) => answer(error, null)),
      ANSWER_TIMEOUT_MS,
    );
  };
  await drawn();
  return {
    async show(pixels, areas) {
      for (const area of areas) {
        for (const band of bandsOf(area)) {
          const bytes = bytesOf(pixels, band);
          const { x, y } = band;
          client.PutImage(Z_PIXMAP, pixmap, gc, band.width, band.height, x, y, 0, DEPTH, bytes);
        }
      }
      // The pixels are there before any of them is shown.
      await drawn();
      for (const { x, y, width: wide, height: high } of areas) {
        client.CopyArea(pixmap, window, gc, x, y, x, y, wide, high);
      }
      await drawn();
    },
    close: () => client.terminate(),
  };
}

function bandsOf(area: Rectangle): Rectangle[] {
  const rows = Math.max(1, Math.floor(REQUEST_BYTES_MAX / (area.width * 4)));
  const bands: Rectangle[] = [];
  for (let y = area.y; y < area.y + area.height; y += rows) {
    bands.push({ ...area, y, height: Math.min(rows, area.y + area.height - y) });
  }
  return bands;
}

/** Pixels as the X server has them: blue, green, red, nothing. */
function bytesOf(pixels: Uint32Array, { x, y, width, height }: Rectangle): Buffer {
  const bytes = Buffer.allocUnsafe(width * height * 4);
  const to = new Uint32Array(bytes.buffer, bytes.byteOffset, width * height);
  for (let row = 0; row < height; row += 1) {
    const at = (y + row) * SCREEN.width + x;
    to.set(pixels.subarray(at, at + width), row * width);
  }
  return bytes;
}
