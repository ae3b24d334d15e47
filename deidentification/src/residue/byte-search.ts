/**
 * Looks for many texts in a stream of bytes at once, whatever their case, as single bytes and as UTF-16 of both orders.
 *
 * Pieces may be cut anywhere: what could begin at the end of one piece is looked at again with the next.
 */

/** Shorter ones turn up in pixels by chance: 8 bytes in 4 GiB do so once in four thousand million files. Bytes. */
const PATTERN_BYTES_MIN = 8;
/** Where a pattern may begin is told by a hash of its first four bytes, in a table of so many bits: most bytes need no more. */
const HASH_BITS = 16;

export class ByteSearch {
  readonly #byStart = new Map<number, Buffer[]>();
  readonly #starts = new Uint8Array(1 << HASH_BITS);
  readonly #longest: number;
  #carried: Buffer = Buffer.alloc(0);

  /** @param encoded texts that are looked for as they are, beside the forms of `values` */
  constructor(
    values: Iterable<string>,
    encoded: Iterable<string> = [],
    patternBytesMin = PATTERN_BYTES_MIN,
  ) {
    let longest = 0;
    const take = (pattern: Buffer): void => {
      if (pattern.length < patternBytesMin || isRamp(pattern)) return;
      const start = hashAt(pattern, 0);
      const known = this.#byStart.get(start);
      if (known === undefined) this.#byStart.set(start, [pattern]);
      else known.push(pattern);
      this.#starts[start] = 1;
      longest = Math.max(longest, pattern.length);
    };
    for (const value of values) for (const pattern of formsOf(value)) take(pattern);
    for (const text of encoded) take(Buffer.from(text.toLowerCase(), 'latin1'));
    this.#longest = longest;
  }

  /** Tells whether something begins in the next piece, or ends in it. */
  finds(piece: Uint8Array): boolean {
    if (this.#longest === 0) return false;
    const joined = Buffer.concat([this.#carried, folded(piece)]);
    const found = this.#findsIn(joined);
    this.#carried = Buffer.from(joined.subarray(Math.max(0, joined.length - this.#longest + 1)));
    return found;
  }

  #findsIn(bytes: Buffer): boolean {
    for (let at = 0; at + 3 < bytes.length; at += 1) {
      const start = hashAt(bytes, at);
      if (this.#starts[start] === 0) continue;
      for (const pattern of this.#byStart.get(start) ?? []) {
        if (bytes.subarray(at, at + pattern.length).equals(pattern)) return true;
      }
    }
    return false;
  }
}

function hashAt(bytes: Uint8Array, at: number): number {
  const four =
    ((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0);
  // Fibonacci hashing: neighbouring values of pixels go to places far apart.
  return Math.imul(four, 0x9e37_79b1) >>> (32 - HASH_BITS);
}

function formsOf(value: string): readonly Buffer[] {
  const low = value.toLowerCase();
  const little = Buffer.from(low, 'utf16le');
  const forms = [
    Buffer.from(low, 'utf8'),
    Buffer.from(low, 'latin1'),
    little,
    Buffer.from(little).swap16(),
  ];
  return [...new Map(forms.map((form) => [form.toString('hex'), form])).values()];
}

/** Whether each byte differs from the one before by the same: so does a grey bar, and "12345678". */
function isRamp(bytes: Buffer): boolean {
  const step = (bytes[1] ?? 0) - (bytes[0] ?? 0);
  return bytes.every((byte, index) => index === 0 || byte - (bytes[index - 1] ?? 0) === step);
}

function folded(piece: Uint8Array): Buffer {
  const result = Buffer.from(piece);
  for (let at = 0; at < result.length; at += 1) {
    const byte = result[at] ?? 0;
    if (byte >= 0x41 && byte <= 0x5a) result[at] = byte | 0x20;
  }
  return result;
}
