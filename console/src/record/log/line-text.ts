/** A line as it is shown: one character for one, whatever it holds, so that what was found in it stays where it was. */
import type { TextEncoding } from './line-index.ts';

export const LEVELS = ['error', 'warning', 'info', 'debug'] as const;
export type Level = (typeof LEVELS)[number];

/** Where in a line a level is looked for; characters. */
const LEVEL_WITHIN = 160;
const LEVEL =
  /\b(?:(FATAL|CRITICAL|CRIT|ERROR|ERR|SEVERE)|(WARNING|WARN)|(INFO|NOTICE)|(DEBUG|TRACE|VERBOSE|FINE))\b/i;

const decoders = new Map<string, TextDecoder>();
function decoderOf(label: string): TextDecoder {
  const known = decoders.get(label) ?? new TextDecoder(label);
  decoders.set(label, known);
  return known;
}

/** Decodes a line without its end. What is no UTF-8 is read as Windows-1252, as old devices write. */
export function decodeLine(bytes: Uint8Array, encoding: TextEncoding): string {
  const text = decoderOf(encoding).decode(bytes);
  const isOld = encoding === 'utf-8' && text.includes('\u{fffd}');
  return (isOld ? decoderOf('windows-1252').decode(bytes) : text).replace(/\r?\n$/, '');
}

/** Decodes many lines at once, to look whether they may have something; null where that cannot be told. */
export function decodePiece(bytes: Uint8Array, encoding: TextEncoding): string | null {
  const text = decoderOf(encoding).decode(bytes);
  return text.includes('\u{fffd}') ? null : text;
}

/** Shows what would not be seen, or would turn the text round: control characters as their pictures. */
export function shownLine(text: string): string {
  return text
    .replaceAll(/[\u{0}-\u{8}\u{a}-\u{1f}]/gu, (sign) =>
      String.fromCodePoint(0x2400 + (sign.codePointAt(0) ?? 0)),
    )
    .replaceAll(
      /[\u{7f}-\u{9f}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}]/gu,
      '\u{fffd}',
    );
}

export function levelOf(text: string): Level | null {
  const found = LEVEL.exec(text.slice(0, LEVEL_WITHIN));
  if (found === null) return null;
  const [, error, warning, info] = found;
  if (error !== undefined) return 'error';
  if (warning !== undefined) return 'warning';
  return info === undefined ? 'debug' : 'info';
}
