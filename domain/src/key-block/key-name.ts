/**
 * Names of keys as a configuration writes them, and which of a viewer's key messages can mean each.
 *
 * A viewer says a key by what it means (keysym) or also by which key it is (a PC scan code, QEMU's extended key event); the
 * two need not agree, so either counts. Left and right are one name, and so are what different layouts make of one key.
 *
 * @see X11 protocol appendix A (KEYSYM encoding); RFB community specification, QEMU Extended Key Event Message
 */

import { MACHINE_KEYS } from './machine-key.ts';
import type { Meant } from './machine-key.ts';

const FUNCTION_KEYSYM = 0xffbe;
/** Scan codes of F1 to F12. */
const FUNCTION_CODES = [0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41, 0x42, 0x43, 0x44, 0x57, 0x58];
/** Scan codes of the letters of a US keyboard, a to z; other layouts put other letters there, which their keysyms tell. */
const LETTER_CODES = [
  0x1e, 0x30, 0x2e, 0x20, 0x12, 0x21, 0x22, 0x23, 0x17, 0x24, 0x25, 0x26, 0x32, 0x31, 0x18, 0x19,
  0x10, 0x13, 0x1f, 0x14, 0x16, 0x2f, 0x11, 0x2d, 0x15, 0x2c,
];
/** XF86Switch_VT_1 to 12: what a keyboard makes of Ctrl+Alt+F1 to F12, said as if it were one key. */
const SWITCH_KEYSYM = 0x1008_fe01;
/** Terminate_Server: what it makes of Ctrl+Alt+Backspace. */
const TERMINATE_KEYSYM = 0xfed5;

/** Keys of the right half and of the middle have the top bit set. */
const NAMED: Readonly<Record<string, Meant>> = {
  Ctrl: { keysyms: [0xffe3, 0xffe4], keycodes: [0x1d, 0x9d] },
  // Meta is what Shift makes of Alt.
  Alt: { keysyms: [0xffe9, 0xffea, 0xffe7, 0xffe8], keycodes: [0x38, 0xb8] },
  Shift: { keysyms: [0xffe1, 0xffe2], keycodes: [0x2a, 0x36] },
  Super: { keysyms: [0xffeb, 0xffec, 0xffed, 0xffee], keycodes: [0xdb, 0xdc] },
  Menu: { keysyms: [0xff67], keycodes: [0xdd] },
  Delete: { keysyms: [0xffff, 0xff9f], keycodes: [0xd3, 0x53] },
  Backspace: { keysyms: [0xff08], keycodes: [0x0e] },
  // Shift makes ISO_Left_Tab of it.
  Tab: { keysyms: [0xff09, 0xfe20], keycodes: [0x0f] },
  Escape: { keysyms: [0xff1b], keycodes: [0x01] },
  Enter: { keysyms: [0xff0d, 0xff8d], keycodes: [0x1c, 0x9c] },
  Space: { keysyms: [0x20], keycodes: [0x39] },
  PrintScreen: { keysyms: [0xff61], keycodes: [0xb7] },
  Pause: { keysyms: [0xff13, 0xff6b], keycodes: [0xc6, 0x46] },
  Insert: { keysyms: [0xff63, 0xff9e], keycodes: [0xd2, 0x52] },
  Home: { keysyms: [0xff50, 0xff95], keycodes: [0xc7, 0x47] },
  End: { keysyms: [0xff57, 0xff9c], keycodes: [0xcf, 0x4f] },
  PageUp: { keysyms: [0xff55, 0xff9a], keycodes: [0xc9, 0x49] },
  PageDown: { keysyms: [0xff56, 0xff9b], keycodes: [0xd1, 0x51] },
  NumLock: { keysyms: [0xff7f], keycodes: [0x45] },
};

const MEANT: ReadonlyMap<string, Meant> = new Map([
  ...Object.entries(NAMED),
  ...Object.entries(MACHINE_KEYS),
  ...FUNCTION_CODES.map((code, index) => {
    return [`F${index + 1}`, { keysyms: [FUNCTION_KEYSYM + index], keycodes: [code] }] as const;
  }),
  ...LETTER_CODES.map((code, index) => {
    const keysyms = [0x41 + index, 0x61 + index];
    return [String.fromCharCode(0x41 + index), { keysyms, keycodes: [code] }] as const;
  }),
  ...Array.from({ length: 10 }, (_, digit) => {
    const keycodes = [digit === 0 ? 0x0b : digit + 1];
    return [String(digit), { keysyms: [0x30 + digit, 0xffb0 + digit], keycodes }] as const;
  }),
]);

/** Every name, in the order of the documentation. */
export const KEY_NAMES: readonly string[] = [...MEANT.keys()];

/** What Alt makes of PrintScreen; its key has a scan code of its own then. */
const SYS_REQ = { keysym: 0xff15, keycode: 0x54 };

/** Keysyms that are a whole combination by themselves. */
const WHOLE: ReadonlyMap<number, readonly string[]> = new Map<number, readonly string[]>([
  [SYS_REQ.keysym, ['Alt', 'PrintScreen']],
  [TERMINATE_KEYSYM, ['Ctrl', 'Alt', 'Backspace']],
  ...FUNCTION_CODES.map(
    (_, index) => [SWITCH_KEYSYM + index, ['Ctrl', 'Alt', `F${index + 1}`]] as const,
  ),
]);
/** Unicode said as a keysym: the first 256 have keysyms of their own, and controls those of the keys that make them. */
const UNICODE_KEYSYM = 0x0100_0000;
const CONTROLS: ReadonlyMap<number, number> = new Map([
  ...[0x08, 0x09, 0x0d, 0x1b].map((code) => [code, 0xff00 + code] as const),
  [0x7f, 0xffff],
]);

const BY_KEYSYM = index('keysyms');
const BY_KEYCODE = index('keycodes');

/** Names what a key message can mean; most keys have no name. @param keycode null where the viewer says none */
export function namesOf(keysym: number, keycode: number | null): readonly string[] {
  const said = BY_KEYSYM.get(plain(keysym));
  const is = keycode === null ? undefined : BY_KEYCODE.get(keycode);
  const whole = WHOLE.get(keycode === SYS_REQ.keycode ? SYS_REQ.keysym : keysym) ?? [];
  return [...whole, said, is].filter((name) => name !== undefined);
}

function plain(keysym: number): number {
  const code = keysym - UNICODE_KEYSYM;
  return code < 0 || code > 0xff ? keysym : (CONTROLS.get(code) ?? code);
}

/** Reads a combination such as `Ctrl+Alt+Delete`; null when it names a key that is not known, or one twice. */
export function readCombination(text: string): ReadonlySet<string> | null {
  const names = text.split('+');
  const keys = new Set(names);
  return keys.size === names.length && names.every((name) => MEANT.has(name)) ? keys : null;
}

function index(by: keyof Meant): ReadonlyMap<number, string> {
  return new Map([...MEANT].flatMap(([name, meant]) => meant[by].map((code) => [code, name])));
}
