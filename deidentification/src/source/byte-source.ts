/** Bytes of a file that is read where needed: a file on the cart's disk, a sealed record of the vault. */
export interface ByteSource {
  readonly bytes: number;
  /**
   * Reads from an offset.
   * @returns exactly `length` bytes, fewer only at the end of the file
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Serves bytes that are in memory. */
export function fromBytes(bytes: Uint8Array): ByteSource {
  return {
    bytes: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

/** Reads all of a source in pieces. @param pieceBytes how much is held at once */
export async function* piecesOf(
  source: ByteSource,
  pieceBytes = 256 * 1024,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < source.bytes;) {
    const piece = await source.read(offset, Math.min(pieceBytes, source.bytes - offset));
    if (piece.length === 0) throw new RangeError('The file is shorter than it said.');
    offset += piece.length;
    yield piece;
  }
}
