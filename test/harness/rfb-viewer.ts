/**
 * A viewer of RFC 6143 small enough to trust: it asks for Raw rectangles only and keeps the whole picture, so that a
 * scenario can compare pixels. It speaks over any pair of "send bytes" and "bytes came".
 */
import { createHash } from 'node:crypto';

const VIEWER_BYTES_MAX = 64 * 1024 * 1024;

export interface RFBViewer {
  readonly width: number;
  readonly height: number;
  /** Whole updates seen so far. */
  frames(): number;
  bytes(): number;
  /** SHA-256 of the picture as it stands, hex. */
  pictureDigest(): string;
  pixel(x: number, y: number): number;
  /** Settles when `count` more whole updates have come. */
  nextFrames(count: number): Promise<void>;
  click(x: number, y: number): void;
  key(keysym: number): void;
  /** Any bytes, such as messages in an order that no well-behaved viewer uses. */
  send(bytes: Uint8Array): void;
  /** Set once the other end has closed. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface ByteRoad {
  send(bytes: Uint8Array): void;
  onBytes(listener: (bytes: Buffer) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** Performs the handshake and asks for updates one after another until closed. */
export async function openViewer(road: ByteRoad): Promise<RFBViewer> {
  const inbox = new Inbox();
  let passed = 0;
  road.onBytes((bytes) => {
    passed += bytes.length;
    inbox.push(bytes);
  });
  const closed = new Promise<void>((resolve) =>
    road.onClose(() => {
      inbox.end();
      resolve();
    }),
  );
  const version = (await inbox.read(12)).toString('latin1');
  if (version !== 'RFB 003.008\n') throw new Error(`unexpected version ${JSON.stringify(version)}`);
  road.send(Buffer.from('RFB 003.008\n'));
  const count = (await inbox.read(1)).readUInt8(0);
  if (!(await inbox.read(count)).includes(1)) throw new Error('security type None is not offered');
  road.send(Buffer.from([1]));
  if ((await inbox.read(4)).readUInt32BE(0) !== 0) throw new Error('refused');
  road.send(Buffer.from([1]));
  const init = await inbox.read(24);
  let width = init.readUInt16BE(0);
  let height = init.readUInt16BE(2);
  await inbox.read(init.readUInt32BE(20));
  // 32 bits per pixel, depth 24, little-endian, true colour, 8 bits each, red at 16.
  road.send(Buffer.from([0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]));
  const encodings = [0, -223];
  const set = Buffer.alloc(4 + encodings.length * 4);
  set.writeUInt8(2, 0);
  set.writeUInt16BE(encodings.length, 2);
  encodings.forEach((encoding, index) => set.writeInt32BE(encoding, 4 + index * 4));
  road.send(set);

  let picture = Buffer.alloc(width * height * 4);
  let frames = 0;
  const waiting: { readonly at: number; readonly resolve: () => void }[] = [];
  const ask = (incremental: boolean): void => {
    const request = Buffer.alloc(10);
    request.writeUInt8(3, 0);
    request.writeUInt8(incremental ? 1 : 0, 1);
    request.writeUInt16BE(width, 6);
    request.writeUInt16BE(height, 8);
    road.send(request);
  };
  const readUpdate = async (): Promise<void> => {
    const rectangles = (await inbox.read(3)).readUInt16BE(1);
    for (let each = 0; each < rectangles; each += 1) {
      const head = await inbox.read(12);
      const [x, y, w, h] = [0, 2, 4, 6].map((at) => head.readUInt16BE(at)) as [
        number,
        number,
        number,
        number,
      ];
      const encoding = head.readInt32BE(8);
      if (encoding === -223) {
        width = w;
        height = h;
        picture = Buffer.alloc(width * height * 4);
        continue;
      }
      if (encoding !== 0) throw new Error(`encoding ${encoding} was not asked for`);
      for (let row = 0; row < h; row += 1) {
        (await inbox.read(w * 4)).copy(picture, ((y + row) * width + x) * 4);
      }
    }
    frames += 1;
    for (const each of waiting) if (each.at <= frames) each.resolve();
  };
  const run = async (): Promise<void> => {
    ask(false);
    for (;;) {
      const type = (await inbox.read(1)).readUInt8(0);
      if (type === 0) {
        await readUpdate();
        ask(true);
      } else if (type === 3) {
        const length = (await inbox.read(7)).readUInt32BE(3);
        await inbox.read(length);
      } else if (type !== 2) throw new Error(`unexpected message ${type}`);
    }
  };
  let failure: unknown;
  run().catch((error: unknown) => {
    failure = error;
    road.close();
  });
  return {
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    frames: () => frames,
    bytes: () => passed,
    pictureDigest: () => createHash('sha256').update(picture).digest('hex'),
    pixel: (x, y) => picture.readUInt32LE((y * width + x) * 4) & 0xffffff,
    async nextFrames(more) {
      const at = frames + more;
      const seen = new Promise<void>((resolve) => waiting.push({ at, resolve }));
      await Promise.race([
        seen,
        closed.then(() => {
          if (frames < at)
            throw new Error('the viewer was closed before its frame', { cause: failure });
        }),
      ]);
    },
    click(x, y) {
      for (const buttons of [1, 0]) {
        const event = Buffer.alloc(6);
        event.writeUInt8(5, 0);
        event.writeUInt8(buttons, 1);
        event.writeUInt16BE(x, 2);
        event.writeUInt16BE(y, 4);
        road.send(event);
      }
    },
    key(keysym) {
      for (const down of [1, 0]) {
        const event = Buffer.alloc(8);
        event.writeUInt8(4, 0);
        event.writeUInt8(down, 1);
        event.writeUInt32BE(keysym, 4);
        road.send(event);
      }
    },
    send: (bytes) => road.send(bytes),
    closed,
    close: () => road.close(),
  };
}

/** Bytes that have come and are not read yet; one reader at a time. */
class Inbox {
  #chunks: Buffer[] = [];
  #length = 0;
  #ended = false;
  #wake: (() => void) | null = null;

  push(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    if (this.#length > VIEWER_BYTES_MAX)
      throw new Error('the viewer is behind by more than 64 MiB');
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async read(length: number): Promise<Buffer> {
    while (this.#length < length) {
      if (this.#ended) throw new Error('closed');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const [first] = this.#chunks;
      if (!first) throw new Error('the inbox lost count');
      const part = first.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      if (part.length === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(part.length);
    }
    this.#length -= length;
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }
}
