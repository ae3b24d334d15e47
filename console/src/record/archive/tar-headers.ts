/**
 * Reads the headers of a tar as it goes by (POSIX.1-1988 ustar, and GNU's long names), keeping none of its contents.
 *
 * | offset | size | field |
 * |---|---|---|
 * | 0 | 100 | name |
 * | 124 | 12 | size, octal; or with the highest bit set a binary number (GNU) |
 * | 136 | 12 | time of change, octal seconds |
 * | 148 | 8 | sum of all bytes, with this field as blanks |
 * | 156 | 1 | kind: 0 or NUL a file, 5 a folder, L a long name, x and g extended headers |
 * | 345 | 155 | what comes before the name |
 */
import { ENTRIES_MAX, NAME_LENGTH_MAX } from './entry.ts';
import type { ArchiveEntry, ArchiveListing } from './entry.ts';

export const HEADER_BYTES = 512;
const LONG_NAME_BYTES_MAX = 64 * 1024;

interface Header {
  readonly name: string;
  readonly bytes: number;
  readonly kind: string;
  readonly modifiedUtcMs: number | null;
}

/** Takes a tar in pieces; `listing` may be asked at any time. */
export class TarReader {
  readonly #method: 'stored' | 'unpacked';
  readonly #entries: ArchiveEntry[] = [];
  #position = 0;
  #header: Uint8Array = new Uint8Array(HEADER_BYTES);
  #filled = 0;
  /** Bytes of content, and of what fills its last block, that go by unread. */
  #skip = 0;
  #name: { readonly parts: Uint8Array; filled: number; readonly bytes: number } | null = null;
  #longName: string | null = null;
  #state: 'reading' | 'ended' | 'damaged' | 'full' = 'reading';

  constructor(method: 'stored' | 'unpacked') {
    this.#method = method;
  }

  /** False once nothing more will be listed. */
  get wantsMore(): boolean {
    return this.#state === 'reading';
  }

  /** Bytes that may be left out before the next header. */
  get skip(): number {
    return this.#name === null ? this.#skip : 0;
  }

  /** Says that some of these bytes were left out. */
  leaveOut(bytes: number): void {
    this.#skip -= bytes;
    this.#position += bytes;
  }

  take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.wantsMore) {
      const taken =
        this.#skip > 0 ? this.#pass(bytes.subarray(at)) : this.#fill(bytes.subarray(at));
      at += taken;
      this.#position += taken;
      if (this.#filled === HEADER_BYTES) this.#read();
    }
  }

  /** @param isWhole whether the tar was gone through to its end */
  listing(isWhole: boolean, cut: ArchiveListing['cut']): ArchiveListing {
    const isCutOff = isWhole && this.#state === 'reading' && (this.#skip > 0 || this.#filled > 0);
    const own =
      this.#state === 'full' ? 'entries' : this.#state === 'damaged' || isCutOff ? 'damaged' : null;
    return { entries: this.#entries, total: null, cut: cut ?? own };
  }

  #pass(bytes: Uint8Array): number {
    const count = Math.min(this.#skip, bytes.length);
    const name = this.#name;
    if (name !== null && name.filled < name.bytes) {
      const part = bytes.subarray(0, Math.min(count, name.bytes - name.filled));
      name.parts.set(part, name.filled);
      name.filled += part.length;
    }
    this.#skip -= count;
    if (this.#skip === 0 && name !== null) {
      this.#longName = textOf(name.parts);
      this.#name = null;
    }
    return count;
  }

  #fill(bytes: Uint8Array): number {
    const count = Math.min(HEADER_BYTES - this.#filled, bytes.length);
    this.#header.set(bytes.subarray(0, count), this.#filled);
    this.#filled += count;
    return count;
  }

  #read(): void {
    this.#filled = 0;
    if (this.#header.every((byte) => byte === 0)) {
      this.#state = 'ended';
      return;
    }
    const header = headerOf(this.#header);
    if (header === null) {
      this.#state = 'damaged';
      return;
    }
    this.#skip = Math.ceil(header.bytes / HEADER_BYTES) * HEADER_BYTES;
    if (header.kind === 'L') return this.#beginName(header.bytes);
    if (header.kind === 'x' || header.kind === 'g' || header.kind === 'K') return;
    const name = this.#longName ?? header.name;
    this.#longName = null;
    this.#entries.push({
      name: name.slice(0, NAME_LENGTH_MAX),
      bytes: header.bytes,
      packedBytes: null,
      isFolder: header.kind === '5' || name.endsWith('/'),
      isEncrypted: false,
      modifiedUtcMs: header.modifiedUtcMs,
      place: { offset: this.#position, method: this.#method },
    });
    if (this.#entries.length >= ENTRIES_MAX) this.#state = 'full';
  }

  #beginName(bytes: number): void {
    const kept = Math.min(bytes, LONG_NAME_BYTES_MAX);
    if (kept > 0) this.#name = { parts: new Uint8Array(kept), filled: 0, bytes: kept };
  }
}

function headerOf(bytes: Uint8Array): Header | null {
  let sum = 0;
  for (const [at, byte] of bytes.entries()) sum += at >= 148 && at < 156 ? 0x20 : byte;
  const size = numberOf(bytes.subarray(124, 136));
  if (numberOf(bytes.subarray(148, 156)) !== sum || size === null) return null;
  const seconds = numberOf(bytes.subarray(136, 148));
  const prefix =
    textOf(bytes.subarray(257, 262)) === 'ustar' ? textOf(bytes.subarray(345, 500)) : '';
  const own = textOf(bytes.subarray(0, 100));
  return {
    name: prefix === '' ? own : `${prefix}/${own}`,
    bytes: size,
    kind: String.fromCodePoint(bytes[156] ?? 0),
    modifiedUtcMs: seconds === null || seconds > 8.64e12 ? null : seconds * 1000,
  };
}

function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}

function numberOf(field: Uint8Array): number | null {
  const [first = 0] = field;
  if ((first & 0x80) !== 0) {
    const value = field.slice(1).reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
    return Number.isSafeInteger(value) ? value : null;
  }
  const text = textOf(field).trim();
  if (text === '') return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : null;
}
