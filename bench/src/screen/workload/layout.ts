/** Where things are on the drawn machine's screen, and how fast its film runs. */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';

export const SCREEN = { width: 1280, height: 1024 } as const;
export const CINE = { x: 240, y: 140, width: 800, height: 600 } as const satisfies Rectangle;
/** A physiological trace below the film, drawn from left to right. */
export const TRACE = { x: 240, y: 790, width: 800, height: 70 } as const satisfies Rectangle;
/** Half over the controls, half over the film, as menus of such machines open. */
export const MENU = { x: 120, y: 300, width: 260, height: 330 } as const satisfies Rectangle;
export const DIALOG = { x: 360, y: 250, width: 560, height: 380 } as const satisfies Rectangle;
export const CLOCK = { x: 1130, y: 8, width: 130, height: 26 } as const satisfies Rectangle;

export const FRAMES_PER_SECOND = 25;
export const FRAME_MS = 1000 / FRAMES_PER_SECOND;
