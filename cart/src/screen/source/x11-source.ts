/**
 * The cart's X display as a screen source: its RFB server is started with the first viewer, ends by itself
 * some time after the last, and is then started again.
 */
import type { Socket } from 'node:net';
import {
  startX11Display,
  X11DisplayUnavailable,
  type X11Display,
} from '../../device/x11-display/x11-display.ts';
import { releaseInjected, X11OverlayUnavailable } from '../../device/x11-overlay/x11-overlay.ts';
import { InvalidScreenSource, ScreenSourceUnreachable } from '../screen-error.ts';
import { connectTo } from './rfb-source.ts';
import type { ScreenSource } from './source.ts';

/** A display on this machine, as in DISPLAY. */
const DISPLAY = /^:\d{1,5}(\.\d{1,2})?$/;

/** Makes a source of an X display; a server that ended is started again. @throws InvalidScreenSource */
export function x11Source(display: string): ScreenSource {
  if (!DISPLAY.test(display)) {
    throw new InvalidScreenSource('An X display on this machine is written ":0".');
  }
  let running: Promise<X11Display> | null = null;
  const start = (): Promise<X11Display> => {
    const started = startX11Display(display);
    const forget = (): void => {
      if (running === started) running = null;
    };
    started.then(({ ended }) => void ended.then(forget), forget);
    return started;
  };
  return {
    description: 'X display',
    async open(signal) {
      try {
        const earlier = running;
        if (earlier !== null) {
          const socket = await connectToRunning(earlier, signal);
          if (socket !== null) return socket;
          if (running === earlier) running = null;
        }
        running ??= start();
        const { socketPath } = await running;
        return await connectTo({ kind: 'unix', path: socketPath }, signal);
      } catch (error) {
        if (!(error instanceof X11DisplayUnavailable)) throw error;
        throw new ScreenSourceUnreachable(error.message, { cause: error });
      }
    },
    async releaseHeld() {
      try {
        await releaseInjected({ display, xauthority: null });
      } catch (error) {
        if (!(error instanceof X11OverlayUnavailable)) throw error;
        throw new ScreenSourceUnreachable(error.message, { cause: error });
      }
    },
    async close() {
      const last = running;
      running = null;
      await last?.then(
        (server) => server.stop(),
        () => undefined,
      );
    },
  };
}

/** Connects to a server that was started earlier, or returns null if that is just ending by itself. */
async function connectToRunning(
  running: Promise<X11Display>,
  signal: AbortSignal,
): Promise<Socket | null> {
  const { socketPath } = await running;
  try {
    return await connectTo({ kind: 'unix', path: socketPath }, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof ScreenSourceUnreachable)) throw error;
    return null;
  }
}
