/**
 * One run of ffmpeg that turns pictures of one size into film, H.264 or JPEG images: a frame goes in, a frame comes out.
 *
 * The child reads pixels and writes film over pipes, opens no file and no socket, and ends when its input does, so that
 * it outlives neither the screen nor the agent. What it is told stands in `command-line.ts`.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { commandLine, type VideoTerms } from './command-line.ts';
import { FLVFrames } from './flv.ts';
import { JPEGFrames } from './jpeg-frames.ts';

/** Time for a frame, and for the first, for which the program has to start. Then the child is taken for stuck. */
const FRAME_TIMEOUT_MS = 2_000;
const FIRST_FRAME_TIMEOUT_MS = 8_000;
/** Time for the child to end by itself once its input has ended. */
const END_TIMEOUT_MS = 500;

type Child = ChildProcessByStdio<Writable, Readable, null>;

export class FFmpegRun {
  readonly terms: VideoTerms;
  readonly #child: Child;
  readonly #frames: FLVFrames | JPEGFrames;
  #waiting: ((frame: Buffer | null) => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isFirst = true;
  #isOver = false;

  constructor(terms: VideoTerms) {
    this.terms = terms;
    this.#frames = terms.codec === 'h264' ? new FLVFrames() : new JPEGFrames();
    this.#child = spawn(terms.program, commandLine(terms), {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
    });
    const end = (): void => this.close();
    this.#child.once('error', end);
    this.#child.once('exit', end);
    this.#child.stdin.on('error', end);
    this.#child.stdout.on('error', end);
    this.#child.stdout.on('data', (bytes: Buffer) => this.#take(bytes));
  }

  /** Whether it has ended, so that another must be begun. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether no frame has come out yet: the next one is a key frame. */
  get isFirst(): boolean {
    return this.#isFirst;
  }

  /** Encodes one frame; one at a time. @returns Annex B or a JPEG image; null if the child failed */
  encode(pixels: Uint32Array<ArrayBuffer>): Promise<Buffer | null> {
    if (this.#isOver) return Promise.resolve(null);
    const { promise, resolve } = Promise.withResolvers<Buffer | null>();
    this.#waiting = resolve;
    const timeoutMs = this.#isFirst ? FIRST_FRAME_TIMEOUT_MS : FRAME_TIMEOUT_MS;
    this.#timer = setTimeout(() => this.close(), timeoutMs);
    this.#child.stdin.write(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength));
    return promise;
  }

  /** Ends the child. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle(null);
    const child = this.#child;
    child.stdin.destroy();
    child.stdout.resume();
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const killing = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
    child.once('exit', () => clearTimeout(killing));
  }

  #take(bytes: Buffer): void {
    if (this.#isOver) return;
    try {
      for (const frame of this.#frames.push(bytes)) this.#settle(frame);
    } catch {
      this.close();
    }
  }

  #settle(frame: Buffer | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (frame !== null) this.#isFirst = false;
    waiting?.(frame);
  }
}
