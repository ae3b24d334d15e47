/**
 * Bytes that have arrived and are not yet consumed, in one buffer that grows by doubling.
 *
 * Readers look ahead by offset and take whole messages; nothing is handed out as a view, so that what was
 * taken stays valid. The queue itself has no limit: each parser asks for at most its own, and stops
 * feeding it (see `ServerMessageParser` and `ClientMessageParser`).
 */

/** Capacity in bytes that an empty queue shrinks back to; one read of a socket fits. */
const IDLE_CAPACITY_BYTES = 64 * 1024;

export class ByteQueue {
  #buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #skipBytes = 0;

  /** Bytes that can be read now. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Bytes that are still to be thrown away as they arrive. */
  get skipping(): number {
    return this.#skipBytes;
  }

  /** Appends a copy of these bytes, less those that are being skipped. */
  push(bytes: Uint8Array): void {
    const skipped = Math.min(this.#skipBytes, bytes.length);
    this.#skipBytes -= skipped;
    const kept = skipped === 0 ? bytes : bytes.subarray(skipped);
    if (kept.length === 0) return;
    this.#makeRoom(kept.length);
    this.#buffer.set(kept, this.#end);
    this.#end += kept.length;
  }

  /** Reads an unsigned byte. The caller has checked `length`. */
  u8(at: number): number {
    return this.#buffer.readUInt8(this.#start + at);
  }

  /** Reads an unsigned big-endian 16-bit number. The caller has checked `length`. */
  u16(at: number): number {
    return this.#buffer.readUInt16BE(this.#start + at);
  }

  /** Reads an unsigned big-endian 32-bit number. The caller has checked `length`. */
  u32(at: number): number {
    return this.#buffer.readUInt32BE(this.#start + at);
  }

  /** Reads a signed big-endian 32-bit number. The caller has checked `length`. */
  i32(at: number): number {
    return this.#buffer.readInt32BE(this.#start + at);
  }

  /** Removes the first bytes and returns a copy of them. The caller has checked `length`. */
  take(count: number): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(this.#start, this.#start + count));
    this.#advance(count);
    return taken;
  }

  /** Moves the first bytes into a buffer of the caller's. The caller has checked `length`. */
  moveTo(target: Buffer, at: number, count: number): void {
    this.#buffer.copy(target, at, this.#start, this.#start + count);
    this.#advance(count);
  }

  /** Throws the next bytes away, also those that have not arrived yet. */
  skip(count: number): void {
    const now = Math.min(count, this.length);
    this.#advance(now);
    this.#skipBytes += count - now;
  }

  #advance(count: number): void {
    this.#start += count;
    if (this.#start !== this.#end) return;
    this.#start = 0;
    this.#end = 0;
    if (this.#buffer.length > IDLE_CAPACITY_BYTES) {
      this.#buffer = Buffer.allocUnsafeSlow(IDLE_CAPACITY_BYTES);
    }
  }

  #makeRoom(count: number): void {
    if (this.#end + count <= this.#buffer.length) return;
    const length = this.length;
    const needed = length + count;
    // Moving down inside the same buffer is only worth it when that frees at least half of it.
    if (needed * 2 <= this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    } else {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed * 2, 4096));
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#buffer = grown;
    }
    this.#start = 0;
    this.#end = length;
  }
}
