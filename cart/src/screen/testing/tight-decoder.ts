/** Decodes Tight rectangles without JPEG into 0xRRGGBB pixels; written apart from the encoder it checks. */
import assert from 'node:assert/strict';
import { createInflate, type Inflate } from 'node:zlib';

export class TightDecoder {
  readonly #streams: (Inflate | null)[] = [null, null, null, null];
  /** noVNC's inflater has no window any more once it was reset after use: no data may then refer back. */
  readonly #isForgetful = [false, false, false, false];

  /** Decodes the content of one rectangle in 32-bit true colour. */
  async decode(content: Buffer, width: number, height: number): Promise<Uint32Array> {
    const control = content.readUInt8(0);
    for (let stream = 0; stream < 4; stream += 1) {
      if ((control & (1 << stream)) === 0) continue;
      if (this.#streams[stream] !== null) this.#isForgetful[stream] = true;
      this.#streams[stream] = null;
    }
    const kind = control >> 4;
    if (kind === 8) return new Uint32Array(width * height).fill(content.readUIntBE(1, 3));
    assert.ok(kind < 8, 'only fill and basic rectangles are decoded here');
    let at = 1;
    const filter = (kind & 4) === 0 ? 0 : content.readUInt8(at++);
    if (filter === 0) {
      const data = await this.#inflate(kind & 3, content.subarray(at), width * height * 3);
      return Uint32Array.from({ length: width * height }, (_, i) => data.readUIntBE(3 * i, 3));
    }
    assert.equal(filter, 1, 'only the palette filter is decoded here');
    const count = content.readUInt8(at) + 1;
    at += 1;
    const palette = Array.from({ length: count }, (_, i) => content.readUIntBE(at + 3 * i, 3));
    at += 3 * count;
    const rowBytes = count <= 2 ? Math.ceil(width / 8) : width;
    const data = await this.#inflate(kind & 3, content.subarray(at), rowBytes * height);
    return Uint32Array.from({ length: width * height }, (_, i) => {
      const x = i % width;
      const y = Math.floor(i / width);
      const index =
        count <= 2
          ? (data.readUInt8(y * rowBytes + (x >> 3)) >> (7 - (x & 7))) & 1
          : data.readUInt8(y * rowBytes + x);
      return palette[index] ?? 0;
    });
  }

  async #inflate(stream: number, bytes: Buffer, plainLength: number): Promise<Buffer> {
    if (plainLength < 12) return bytes.subarray(0, plainLength);
    let at = 0;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at++);
      length |= (shift === 14 ? byte : byte & 0x7f) << shift;
      if (shift === 14 || (byte & 0x80) === 0) break;
    }
    assert.equal(at + length, bytes.length, 'the rectangle holds its zlib data and no more');
    if (this.#isForgetful[stream] === true) {
      assert.equal(this.#streams[stream], null, 'a stream that was reset once is reset each time');
    }
    const inflate = (this.#streams[stream] ??= createInflate());
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer): void => void chunks.push(chunk);
    inflate.on('data', take);
    await new Promise<void>((resolve, reject) => {
      inflate.once('error', reject);
      inflate.write(bytes.subarray(at), () => {
        inflate.off('error', reject);
        resolve();
      });
    });
    // What was pushed in the same turn as the callback is emitted right after it.
    await new Promise(setImmediate);
    inflate.off('data', take);
    const plain = Buffer.concat(chunks);
    assert.equal(plain.length, plainLength);
    return plain;
  }
}
