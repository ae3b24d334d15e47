/** One viewing of the cart's screen: a WebSocket to the desk with noVNC at its end. */
import RFB from '@novnc/novnc';

/** Why a viewing is over. The desk's close codes: gateway, desk/screen. */
export interface ScreenEnd {
  readonly is: 'over' | 'replaced' | 'refused';
  /** Code of docs/errors.md, or empty when the line just broke. */
  readonly code: string;
}

export interface OpenScreen {
  /** `fit` shows all of it, `actual` each of its pixels as one. */
  setScale(scale: Scale): void;
  setViewOnly(isViewOnly: boolean): void;
  focus(): void;
  /** Lets go of the keyboard. */
  release(): void;
  close(): void;
}
export type Scale = 'fit' | 'actual';

const CLOSED = { refused: 4003, replaced: 4009 } as const;

export interface ScreenOptions {
  readonly scale: Scale;
  readonly isViewOnly: boolean;
  readonly onShown: () => void;
  readonly onEnd: (end: ScreenEnd) => void;
}

/** Shows the screen inside an element until it ends or is closed. */
export function openScreen(target: Element, address: string, options: ScreenOptions): OpenScreen {
  const socket = new WebSocket(address);
  let isClosed = false;
  let isOver = false;
  // Said by the WebSocket, before noVNC hears of it and without its guessing.
  socket.addEventListener('close', ({ code, reason }) => {
    if (isClosed) return;
    const is = code === CLOSED.replaced ? 'replaced' : code === CLOSED.refused ? 'refused' : 'over';
    options.onEnd({ is, code: reason });
  });
  const rfb = new RFB(target, socket, { shared: true });
  rfb.background = 'transparent';
  rfb.focusOnClick = true;
  rfb.addEventListener('connect', options.onShown);
  rfb.addEventListener('disconnect', () => {
    isOver = true;
  });
  const screen: OpenScreen = {
    setScale: (scale) => {
      rfb.scaleViewport = scale === 'fit';
    },
    setViewOnly: (isViewOnly) => {
      rfb.viewOnly = isViewOnly;
    },
    focus: () => rfb.focus(),
    release: () => rfb.blur(),
    close: () => {
      isClosed = true;
      if (!isOver) rfb.disconnect();
    },
  };
  screen.setScale(options.scale);
  screen.setViewOnly(options.isViewOnly);
  return screen;
}
