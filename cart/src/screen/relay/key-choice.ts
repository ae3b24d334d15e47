/**
 * Which keys may go to a display that also shows the operator's panel.
 *
 * Keys go to the window that has the keyboard, and a window manager, the X server or an accessibility feature gives it
 * (or moves the pointer) on certain keys: those would be ways around the panel's rectangle. So what is listed here is
 * what one types and works an application with; everything else stays out: Alt, Meta, Super, Hyper, Menu, Num Lock
 * (mouse keys), virtual terminals, media keys, and Control with a function key, Tab or Escape.
 *
 * @see X11 protocol appendix A (KEYSYM encoding)
 */
type Range = readonly [first: number, last: number];

const TYPED: readonly Range[] = [
  [0x0020, 0x20ff], // letters, digits and signs of the old character sets
  [0x0100_0100, 0x0110_ffff], // Unicode
  [0xfe03, 0xfe03], // ISO_Level3_Shift: AltGr
  [0xfe50, 0xfe6f], // dead accents; between them are the switches of sticky, slow and mouse keys
  [0xfe80, 0xfe93],
  [0xff08, 0xff0d], // BackSpace, Tab, Linefeed, Clear, Return
  [0xff1b, 0xff1b], // Escape
  [0xff50, 0xff58], // Home, arrows, Page Up and Down, End, Begin
  [0xff63, 0xff63], // Insert
  [0xff80, 0xffbd], // the number pad
  [0xffbe, 0xffc9], // F1 to F12
  [0xffe1, 0xffe5], // Shift, Control, Caps Lock
  [0xffff, 0xffff], // Delete
];
const WITH_CONTROL_NEVER: readonly Range[] = [
  [0xff09, 0xff09],
  [0xff1b, 0xff1b],
  [0xffbe, 0xffc9],
];

export const CONTROL_KEYSYMS: readonly number[] = [0xffe3, 0xffe4];

/** Tells whether a key may go down on a display that also shows the panel. */
export function isForSharedDisplay(keysym: number, isControlDown: boolean): boolean {
  if (isControlDown && isIn(WITH_CONTROL_NEVER, keysym)) return false;
  return isIn(TYPED, keysym);
}

function isIn(ranges: readonly Range[], keysym: number): boolean {
  return ranges.some(([first, last]) => keysym >= first && keysym <= last);
}
