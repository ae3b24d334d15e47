/**
 * What the cart says, as the desktop's name and so in order with the pixels, about the picture that a viewer has.
 *
 * `exact`: with what was sent up to here, every pixel is the cart's as it was then. `moving`: some are not, because they
 * go as film, or in fewer colours than there are, or have not been sent yet. `stills`: the same, and what moves goes as stills
 * although the viewer takes film, because the cart has no program for it or that fails.
 *
 * @see rfbproto, DesktopName Pseudo-encoding
 */
export const PICTURE_STATES = ['exact', 'moving', 'stills'] as const;
export type PictureState = (typeof PICTURE_STATES)[number];

/** The desktop's name before anything is known of the picture. */
export const DESKTOP_NAME = 'Cart screen';

/** Returns the desktop's name that says how the picture is. */
export function desktopNameOf(state: PictureState): string {
  return `${DESKTOP_NAME}: ${state}`;
}

/** Reads what a desktop's name says of the picture; null if it says nothing. */
export function pictureStateOf(name: string): PictureState | null {
  return PICTURE_STATES.find((state) => name === desktopNameOf(state)) ?? null;
}
