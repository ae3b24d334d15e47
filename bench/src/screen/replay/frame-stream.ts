/**
 * Pictures that ffmpeg decodes from a file, one after the other, as 0xRRGGBB pixels.
 *
 * It writes each in the size in which it was encoded (`-autoscale 0`), so that JPEGs of any sizes can follow each other; who
 * asks knows the size. A file holds what one decoder would have been given: one film, or JPEGs, each of which is whole.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { FFMPEG } from '../programs.ts';

export type Pixels = Uint32Array<ArrayBuffer>;
export type Format = 'h264' | 'mjpeg';

/** JFIF has the colours of BT.601, what the cart encodes those of BT.709; both use the whole range. */
const MATRIX: Readonly<Record<Format, string>> = { h264: 'bt709', mjpeg: 'bt601' };
/** Colour between its samples is made as carefully as it can be: no decoder of a viewer is to look better than another. */
const FLAGS = 'bicubic+accurate_rnd+full_chroma_int';

export class FrameStream {
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(format: Format, file: string) {
    const scale = `scale=in_range=pc:in_color_matrix=${MATRIX[format]}:flags=${FLAGS}`;
    this.#child = spawn(
      FFMPEG,
      [
        ['-loglevel', 'quiet', '-nostdin', '-threads', '1', '-f', format, '-i', file],
        ['-vf', scale, '-fps_mode', 'passthrough', '-autoscale', '0'],
        ['-f', 'rawvideo', '-pix_fmt', 'bgr0', 'pipe:1'],
      ].flat(),
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    this.#chunks = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Returns the next picture. @throws when there is none */
  async next(width: number, height: number): Promise<Pixels> {
    const pixels = new Uint32Array(width * height);
    const bytes = Buffer.from(pixels.buffer);
    for (let at = 0; at < bytes.length;) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#chunks.next();
        if (done === true) throw new Error('ffmpeg decodes fewer pictures than were sent');
        this.#rest = value;
      }
      const count = this.#rest.copy(bytes, at);
      this.#rest = this.#rest.subarray(count);
      at += count;
    }
    for (let at = 0; at < pixels.length; at += 1) pixels[at] = (pixels[at] ?? 0) & 0xff_ffff;
    return pixels;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
