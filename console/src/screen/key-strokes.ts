/**
 * Keys that a browser or a keyboard cannot send by itself, and text that is typed for somebody: as keysyms, so that the cart's
 * keyboard layout decides nothing.
 *
 * @see RFC 6143 section 7.5.4; X11 protocol, appendix A (Unicode keysyms)
 */
/** Characters that are typed at once: a path or a name of a host, not a document. */
export const TYPED_MAX = 500;

export interface Key {
  readonly keysym: number;
  /** As `KeyboardEvent.code` names the place of the key; '' for a character. */
  readonly code: string;
}

export const HELD_KEYS = {
  Alt: { keysym: 0xffe9, code: 'AltLeft' },
  Super: { keysym: 0xffeb, code: 'MetaLeft' },
} as const satisfies Readonly<Record<string, Key>>;
export type HeldKey = keyof typeof HELD_KEYS;

const F1 = 0xffbe;
export const FUNCTION_KEYS: readonly (readonly [name: string, key: Key])[] = Array.from(
  { length: 12 },
  (_, at) => [`F${at + 1}`, { keysym: F1 + at, code: `F${at + 1}` }] as const,
);
export const SPECIAL_KEYS: readonly (readonly [name: string, key: Key])[] = [
  ['Esc', { keysym: 0xff1b, code: 'Escape' }],
  ['Tab', { keysym: 0xff09, code: 'Tab' }],
  ['Print', { keysym: 0xff61, code: 'PrintScreen' }],
  ['Ins', { keysym: 0xff63, code: 'Insert' }],
  ['Del', { keysym: 0xffff, code: 'Delete' }],
];

const RETURN: Key = { keysym: 0xff0d, code: 'Enter' };
const TAB: Key = { keysym: 0xff09, code: 'Tab' };
const UNICODE = 0x0100_0000;

/** What cannot be typed: too long, or a character that no key makes. */
export type TypingFault = 'too-long' | 'no-key';

/** Gives the keys that type a text, in their order; or why it cannot be typed. */
export function keysOf(text: string): readonly Key[] | TypingFault {
  const characters = [...text.replaceAll('\r\n', '\n')];
  if (characters.length > TYPED_MAX) return 'too-long';
  const keys: Key[] = [];
  for (const character of characters) {
    const key = keyOf(character);
    if (key === null) return 'no-key';
    keys.push(key);
  }
  return keys;
}

function keyOf(character: string): Key | null {
  if (character === '\n') return RETURN;
  if (character === '\t') return TAB;
  const point = character.codePointAt(0) ?? 0;
  const isControl = point < 0x20 || (point >= 0x7f && point < 0xa0);
  const isHalf = point >= 0xd800 && point <= 0xdfff;
  if (isControl || isHalf) return null;
  // The old character set has its own numbers as keysyms; all others are Unicode's.
  return { keysym: point < 0x100 ? point : UNICODE | point, code: '' };
}
