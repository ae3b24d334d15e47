/**
 * One section of a NetworkManager keyfile (nm-settings-keyfile(5)), and how text stands in it.
 *
 * GLib reads the file: a line is `key=value`, spaces around the value are dropped, `\s \n \t \r \\` are escapes, and no other byte
 * below 32 can be said. What cannot be said is kept out by the rules of `domain/src/network`; here it would be a fault.
 */

export interface KeyfileSection {
  readonly name: string;
  /** Already escaped. In this order. */
  readonly values: Readonly<Record<string, string>>;
}

/** Writes text as a value: every space is escaped, so that none is dropped at an edge. */
export function keyfileText(text: string): string {
  if (!text.isWellFormed() || /[\0-\x1F\x7F]/.test(text)) {
    throw new RangeError('A keyfile cannot hold this text.');
  }
  return text.replaceAll('\\', '\\\\').replaceAll(' ', '\\s');
}

/** Writes bytes as a list of numbers, the form that needs no escapes and is never taken for text. */
export function keyfileBytes(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `${byte};`).join('');
}

/** Writes a list of words that hold no `;`. */
export function keyfileList(...words: readonly string[]): string {
  return words.map((word) => `${word};`).join('');
}

/** Puts sections one after another, each with its header. */
export function keyfileOf(sections: readonly KeyfileSection[]): string {
  return sections
    .map(({ name, values }) => {
      const lines = Object.entries(values).map(([key, value]) => `${key}=${value}\n`);
      return `[${name}]\n${lines.join('')}`;
    })
    .join('\n');
}
