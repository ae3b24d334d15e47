/**
 * The key to a display: one entry of an Xauthority file.
 *
 * Entries follow each other: family (2 bytes), then address, display, name of the scheme and data, each with its length
 * (2 bytes) before it; all numbers are big-endian. Only MIT-MAGIC-COOKIE-1 of this machine's displays is of use here.
 */
const FAMILY_LOCAL = 256;
const FAMILY_WILD = 65_535;
const SCHEME = 'MIT-MAGIC-COOKIE-1';

export interface DisplayKey {
  readonly name: string;
  /** Secret. Latin-1, a character a byte. */
  readonly data: string;
}

/** No key: many displays let in whoever may reach their socket. */
export const NO_DISPLAY_KEY: DisplayKey = { name: '', data: '' };

/** Finds the key to a display of this machine; a file that ends in the middle of an entry has those before it. */
export function displayKeyIn(
  file: Buffer,
  displayNumber: string,
  hostName: string,
): DisplayKey | null {
  let offset = 0;
  const number = (): number | null => {
    if (offset + 2 > file.length) return null;
    offset += 2;
    return file.readUInt16BE(offset - 2);
  };
  const text = (): string | null => {
    const length = number();
    if (length === null || offset + length > file.length) return null;
    offset += length;
    return file.toString('latin1', offset - length, offset);
  };
  for (;;) {
    const family = number();
    const [address, display, name, data] = [text(), text(), text(), text()];
    if (family === null || address === null || display === null) return null;
    if (name === null || data === null) return null;
    const isHere = family === FAMILY_WILD || (family === FAMILY_LOCAL && address === hostName);
    if (isHere && (display === '' || display === displayNumber) && name === SCHEME) {
      return { name, data };
    }
  }
}
