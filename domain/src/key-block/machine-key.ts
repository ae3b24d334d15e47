/**
 * Keys that work the machine, the X server or the keyboard itself, and no application: by the names that a configuration writes.
 *
 * One name stands for all that do about the same, since nobody wants one of them and not the others. A keyboard of the cart may
 * have some of them; a viewer can say any, and RFB servers give a keysym that no key of the keyboard has a key of its own.
 *
 * @see XF86keysym.h (vendor keysyms 0x1008ffxx; 0x10081xxx stands for a key's number in Linux' input-event-codes.h)
 */

/** Which of a viewer's key messages can mean a key. */
export interface Meant {
  readonly keysyms: readonly number[];
  /** PC scan codes; keys of the right half and of the middle have the top bit set. */
  readonly keycodes: readonly number[];
}

export const MACHINE_KEYS = {
  /** PowerDown, PowerOff; KEY_POWER, KEY_POWER2, KEY_RESTART. X has no keysym of its own for a restart. */
  Power: { keysyms: [0x1008_ff21, 0x1008_ff2a, ...linux(116, 356, 0x198)], keycodes: [0xde] },
  /** Standby, WakeUp, Sleep, Suspend, Hibernate. */
  Sleep: {
    keysyms: [
      ...[0x1008_ff10, 0x1008_ff2b, 0x1008_ff2f, 0x1008_ffa7, 0x1008_ffa8],
      ...linux(142, 143, 205),
    ],
    keycodes: [0xdf, 0xe3, 0xa5],
  },
  /** ScreenSaver, LogOff: nobody at the cart could see who is at work. KEY_COFFEE. */
  LockScreen: { keysyms: [0x1008_ff2d, 0x1008_ff61, ...linux(152)], keycodes: [0x92] },
  /** Ungrab, ClearGrab, Next_VMode, Prev_VMode, LogWindowTree, LogGrabInfo: orders to the X server. */
  XServer: { keysyms: range(0x1008_fe20, 0x1008_fe25), keycodes: [] },
  /** AccessX_Enable to AudibleBell_Enable: sticky, slow, bounce and mouse keys change what the operator's keyboard does. */
  AccessX: { keysyms: range(0xfe70, 0xfe7a), keycodes: [] },
  /** Pointer_Left to Pointer_DfltBtnPrev: they move and press the pointer, also where the pointer itself may not go. */
  PointerKeys: { keysyms: range(0xfee0, 0xfefb), keycodes: [] },
  /** What Alt makes of PrintScreen: with another key the Linux kernel takes it as an order, such as to restart. */
  SysRq: { keysyms: [0xff15], keycodes: [0x54] },
} as const satisfies Readonly<Record<string, Meant>>;

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function linux(...keys: readonly number[]): readonly number[] {
  return keys.map((key) => 0x1008_1000 + key);
}
