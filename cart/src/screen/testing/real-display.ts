/**
 * A real X display for tests: Xvfb with its frame buffer in a file, so that what a viewer shows can be compared with it
 * pixel for pixel; the real cine in a window on it; and the two RFB servers that carts have.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';
import { readSample } from '../demo/sample.ts';

/** How far the drawn pointer reaches from where it points, pixels. */
const POINTER_MAX = 9;

export interface RealDisplay {
  /** As in DISPLAY. */
  readonly name: string;
  readonly directory: string;
  /** What is on the display at this moment, 0xRRGGBB each, and in the middle the pointer. */
  pixels(): Uint32Array;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a program that ends with the test. */
export function startProgram(
  t: TestContext,
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): RunningProgram {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => undefined);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  t.after(stop);
  return { child, stop };
}

/** Starts an X server of a size on a free display. */
export async function startRealDisplay(
  t: TestContext,
  { width, height }: FramebufferSize,
  depth: 8 | 16 | 24 | 30 = 24,
): Promise<RealDisplay> {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-display-'));
  const screen = ['-screen', '0', `${width}x${height}x${depth}`, '-fbdir', directory];
  const { child } = startProgram(t, 'Xvfb', [
    ...['-displayfd', '3', ...screen, '-nolisten', 'tcp', '-noreset'],
  ]);
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const report = child.stdio[3];
  assert.ok(report);
  const [number] = (await once(report, 'data')) as [Buffer];
  return {
    name: `:${number.toString().trim()}`,
    directory,
    pixels: () => readXWD(readFileSync(path.join(directory, 'Xvfb_screen0'))),
  };
}

/** Reads an X window dump of 32 bits a pixel. The header's numbers are big-endian. @see XWDFile.h */
function readXWD(file: Buffer): Uint32Array {
  const [headerBytes, width, height, rowBytes, colours] = [0, 16, 20, 48, 76].map((at) =>
    file.readUInt32BE(at),
  ) as [number, number, number, number, number];
  assert.equal(file.readUInt32BE(44), 32, 'a pixel has 32 bits');
  const start = headerBytes + colours * 12;
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = file.subarray(start + y * rowBytes, start + y * rowBytes + width * 4);
    pixels.set(new Uint32Array(Uint8Array.from(row).buffer), y * width);
  }
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (pixels[at] ?? 0) & 0xff_ffff;
  return pixels;
}

/**
 * Whether a pixel lies where Xvfb draws the pointer into its own frame buffer, in the middle of the screen. Servers of a display
 * tell of the pointer apart from the picture.
 */
export function isUnderPointer(at: number, { width, height }: FramebufferSize): boolean {
  const [x, y] = [at % width, Math.floor(at / width)];
  return Math.abs(x - width / 2) <= POINTER_MAX && Math.abs(y - height / 2) <= POINTER_MAX;
}

export interface Film extends RunningProgram {
  freeze(): void;
  go(): void;
}

/** Plays the real cine in a window, over and over. */
export function playFilm(
  t: TestContext,
  display: RealDisplay,
  place: { x: number; y: number; width: number; height: number },
): Film {
  const cine = readSample();
  const file = path.join(display.directory, 'cine.rgb');
  const frames = cine.frames.map((frame) => {
    const bytes = Buffer.alloc(frame.length * 4);
    frame.forEach((index, at) => bytes.writeUInt32LE(cine.palette[index] ?? 0, at * 4));
    return bytes;
  });
  writeFileSync(file, Buffer.concat(frames));
  const running = startProgram(
    t,
    'ffplay',
    [
      ['-loglevel', 'quiet', '-an', '-loop', '0', '-noborder'],
      ['-f', 'rawvideo', '-pixel_format', 'bgr0', '-video_size', `${cine.width}x${cine.height}`],
      ['-framerate', '25', '-left', `${place.x}`, '-top', `${place.y}`],
      ['-x', `${place.width}`, '-y', `${place.height}`, file],
    ].flat(),
    { DISPLAY: display.name, SDL_VIDEODRIVER: 'x11', SDL_RENDER_DRIVER: 'software' },
  );
  return {
    ...running,
    freeze: () => void running.child.kill('SIGSTOP'),
    go: () => void running.child.kill('SIGCONT'),
  };
}

/** Starts TigerVNC's server of a display on a Unix socket. */
export async function startTigerVNC(
  t: TestContext,
  display: RealDisplay,
  socket: string,
): Promise<RunningProgram> {
  const running = startProgram(t, 'X0tigervnc', [
    ...['-display', display.name, '-rfbunixpath', socket, '-rfbunixmode', '0600'],
    ...['-rfbport', '-1', '-SecurityTypes', 'None', '-AlwaysShared=1'],
  ]);
  await answering(socket, running);
  return running;
}

/** Starts x11vnc of a display on a Unix socket; with `-localhost` it would refuse all who come by that. */
export async function startX11vnc(
  t: TestContext,
  display: RealDisplay,
  socket: string,
): Promise<RunningProgram> {
  const running = startProgram(t, 'x11vnc', [
    ...['-display', display.name, '-unixsock', socket, '-rfbport', '0', '-no6'],
    ...['-nopw', '-forever', '-shared', '-quiet', '-wait', '10', '-defer', '10'],
  ]);
  await answering(socket, running);
  return running;
}

/** Starts x11vnc as a viewer of another server (its viewer is libvncclient), which shows on what it sees on a Unix socket. */
export async function startReflection(
  t: TestContext,
  port: number,
  socket: string,
): Promise<RunningProgram> {
  const running = startProgram(t, 'x11vnc', [
    ...['-reflect', `127.0.0.1:${port}`, '-unixsock', socket, '-rfbport', '0', '-no6'],
    // It would draw a pointer of its own into the picture.
    '-nocursor',
    ...['-nopw', '-forever', '-shared', '-quiet', '-wait', '10', '-defer', '10'],
  ]);
  await answering(socket, running);
  return running;
}

async function answering(socket: string, { child }: RunningProgram): Promise<void> {
  for (;;) {
    assert.ok(child.exitCode === null && child.signalCode === null, 'the server has ended');
    const isThere = await new Promise<boolean>((resolve) => {
      const line = connect({ path: socket });
      line.once('error', () => resolve(false));
      line.once('connect', () => {
        line.destroy();
        resolve(true);
      });
    });
    if (isThere) return;
    await pause(20);
  }
}
