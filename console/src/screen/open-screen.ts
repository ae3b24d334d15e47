/** One viewing of the cart's screen: a WebSocket to the desk with noVNC at its end. */
import RFB from '@novnc/novnc';
import type { LinkMeter } from './link-meter.ts';
import type { Key } from './key-strokes.ts';
import { SilenceWatch } from './silence-watch.ts';
import { pictureStateOf, type PictureState } from '@chaperone/protocol/rfb/picture-state.ts';

/** Why a viewing is over. The desk's close codes: gateway, desk/screen. */
export interface ScreenEnd {
  readonly is: 'over' | 'replaced' | 'refused';
  /** Code of docs/errors.md, or empty when the line just broke. */
  readonly code: string;
}

export interface OpenScreen {
  /** The picture as it is now; null before there is one. */
  canvas(): HTMLCanvasElement | null;
  /** Presses or lifts a key; without `down` both. */
  sendKey(key: Key, down?: boolean): void;
  sendCtrlAltDel(): void;
  setViewOnly(isViewOnly: boolean): void;
  focus(): void;
  /** Lets go of the keyboard. */
  release(): void;
  close(): void;
}
/** Between two questions how long a picture is under way, milliseconds. */
const ECHO_EVERY_MS = 2_000;
const CLOSED = { refused: 4003, replaced: 4009 } as const;

export interface ScreenOptions {
  readonly meter: LinkMeter;
  readonly isViewOnly: boolean;
  /** An older cart says nothing while nothing changes: then silence means nothing, and is not told. */
  readonly isHeartbeatExpected: boolean;
  readonly onShown: () => void;
  /** An update was taken in. */
  readonly onUpdate: () => void;
  /** What the cart says of the picture; null until it says anything. */
  readonly onPicture: (state: PictureState | null) => void;
  /** Nothing is heard of the cart, or something is again. */
  readonly onSilence: (isSilent: boolean) => void;
  readonly onEnd: (end: ScreenEnd) => void;
}

/** Shows the screen inside an element until it ends or is closed. */
export function openScreen(target: Element, address: string, options: ScreenOptions): OpenScreen {
  const socket = new WebSocket(address);
  let isClosed = false;
  let isOver = false;
  const silence = new SilenceWatch(options.onSilence);
  socket.addEventListener('message', () => silence.heard());
  socket.addEventListener('close', () => silence.stop());
  // Said by the WebSocket, before noVNC hears of it and without its guessing.
  socket.addEventListener('close', ({ code, reason }) => {
    if (isClosed) return;
    const is = code === CLOSED.replaced ? 'replaced' : code === CLOSED.refused ? 'refused' : 'over';
    options.onEnd({ is, code: reason });
  });
  const rfb = new RFB(target, socket, { shared: true });
  rfb.background = 'transparent';
  // Always as large as its element, which is as large as the view wants it.
  rfb.scaleViewport = true;
  rfb.addEventListener('connect', () => {
    if (options.isHeartbeatExpected) silence.begin();
    options.onShown();
  });
  const timer = measure(rfb, socket, options);
  rfb.addEventListener('desktopname', ({ detail }) =>
    options.onPicture(pictureStateOf(detail.name)),
  );
  rfb.addEventListener('disconnect', () => {
    isOver = true;
    clearInterval(timer);
  });
  const screen: OpenScreen = {
    canvas: () => {
      const canvas = target.querySelector('canvas');
      return canvas === null || canvas.width === 0 ? null : canvas;
    },
    sendKey: ({ keysym, code }, down) => rfb.sendKey(keysym, code, down),
    sendCtrlAltDel: () => rfb.sendCtrlAltDel(),
    setViewOnly: (isViewOnly) => {
      rfb.viewOnly = isViewOnly;
      // A picture that takes no keys must not keep them from the console.
      rfb.focusOnClick = !isViewOnly;
      if (isViewOnly) rfb.blur();
    },
    focus: () => rfb.focus(),
    release: () => rfb.blur(),
    close: () => {
      isClosed = true;
      clearInterval(timer);
      silence.stop();
      if (!isOver) rfb.disconnect();
    },
  };
  screen.setViewOnly(options.isViewOnly);
  return screen;
}

/** Counts what comes, and asks now and then how long it is under way. */
function measure(
  rfb: RFB,
  socket: WebSocket,
  { meter, onUpdate }: ScreenOptions,
): ReturnType<typeof setInterval> {
  let turn = 0;
  meter.clear();
  socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) =>
    meter.came(data.byteLength, performance.now()),
  );
  rfb.addEventListener('update', () => {
    meter.picture(performance.now());
    onUpdate();
  });
  rfb.addEventListener('fence', ({ detail }) => meter.answered(detail.payload, performance.now()));
  return setInterval(() => {
    // Nobody looks: a page in the background is slowed down by its browser, not by the road.
    if (document.hidden) return;
    turn += 1;
    if (rfb.requestFence(`echo ${turn}`)) meter.asked(`echo ${turn}`, performance.now());
  }, ECHO_EVERY_MS);
}
