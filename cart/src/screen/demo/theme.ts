/** Colours and places of the demo's picture, for a screen of 1280x1024. */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import type { RGB } from '../../platform/drawing/canvas.ts';

export const SCREEN = { width: 1280, height: 1024 } as const;

export const COLOUR = {
  black: 0x000000,
  ground: 0x0c1016,
  panel: 0x151b24,
  panelTop: 0x1b222d,
  key: 0x232c39,
  keyTop: 0x2d3848,
  edge: 0x303c4d,
  text: 0xe6edf6,
  dim: 0x8c9bb0,
  faint: 0x5b697d,
  accent: 0x39c6b4,
  accentDark: 0x17504b,
  amber: 0xf4b544,
  amberDark: 0x4a3714,
  green: 0x5fdc7a,
  blue: 0x5aa9ff,
  yellow: 0xffe066,
} as const satisfies Record<string, RGB>;

const TOP_HEIGHT = 76;
const KEYS_TOP = 936;

export const AREA = {
  top: { x: 0, y: 0, width: 1280, height: TOP_HEIGHT },
  clock: { x: 1130, y: 8, width: 142, height: 60 },
  left: { x: 0, y: TOP_HEIGHT, width: 204, height: KEYS_TOP - TOP_HEIGHT },
  image: { x: 204, y: TOP_HEIGHT, width: 858, height: KEYS_TOP - TOP_HEIGHT },
  right: { x: 1062, y: TOP_HEIGHT, width: 218, height: KEYS_TOP - TOP_HEIGHT },
  keys: { x: 0, y: KEYS_TOP, width: 1280, height: 1024 - KEYS_TOP },
  note: { x: 0, y: KEYS_TOP, width: 1280, height: 30 },
} as const satisfies Record<string, Rectangle>;

/** Stored images in the right column: the image area, six times smaller. */
export const THUMBNAIL = {
  width: 143,
  height: 143,
  step: 6,
  x: 1123,
  top: 616,
  gap: 12,
  count: 2,
} as const;

/** Tells whether a point lies within an area. */
export function contains(area: Rectangle, x: number, y: number): boolean {
  return x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
}
