/**
 * What is sent over a tunnel's stream and over bare TLS alike: the desk's end says in a first line what it wants
 * (`send N`, `take N`, `echo` or `frames N`), the cart's end does it. Both use the same buffers and keep as much in flight.
 */
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';

/** As much as a cart reads of a file at once. */
export const BLOCK_BYTES = 256 * 1024;
const IN_FLIGHT_BYTES_MAX = 1024 * 1024;
/** Not compressible, in case anything on the way would try. */
const BLOCK = randomFillSync(Buffer.allocUnsafeSlow(BLOCK_BYTES));

/** Gives so many bytes, a block at a time. */
export function* blocks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= BLOCK_BYTES) {
    yield left < BLOCK_BYTES ? BLOCK.subarray(0, left) : BLOCK;
  }
}

/** Writes so many bytes, never waiting for each block alone. */
export async function sendAll(stream: Duplex, bytes: number): Promise<void> {
  let inFlight = 0;
  let wake = (): void => undefined;
  for (const block of blocks(bytes)) {
    inFlight += block.length;
    stream.write(block, () => {
      inFlight -= block.length;
      wake();
    });
    while (inFlight > IN_FLIGHT_BYTES_MAX && !stream.destroyed) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
}

/** Reads so many bytes and throws them away. @throws when the stream ends before */
export async function takeAll(stream: Duplex, bytes: number): Promise<void> {
  let came = 0;
  const done = Promise.withResolvers<void>();
  const take = (chunk: Buffer): void => {
    came += chunk.length;
    if (came >= bytes) done.resolve();
  };
  const broken = (): void => done.reject(new Error(`${came} of ${bytes} bytes came`));
  stream.on('data', take).once('close', broken);
  await done.promise;
  stream.off('data', take).off('close', broken);
}

/** The cart's end: reads the first line and does what it says. */
export async function perform(stream: Duplex): Promise<void> {
  stream.on('error', () => stream.destroy());
  const [first] = (await once(stream, 'data')) as [Buffer];
  const [act = '', bytes = '0'] = first.toString('latin1').trim().split(' ');
  if (act === 'send') await sendAll(stream, Number(bytes));
  if (act === 'take') {
    await takeAll(stream, Number(bytes));
    stream.write('.');
  }
  if (act === 'frames') stream.on('data', () => void sendAll(stream, Number(bytes)));
  if (act === 'echo') stream.on('data', (chunk: Buffer) => stream.write(chunk));
}

export interface Took {
  readonly ms: number;
}

/** The desk's end: receives. */
export async function receive(stream: Duplex, bytes: number): Promise<Took> {
  const began = performance.now();
  stream.write(`send ${bytes}\n`);
  await takeAll(stream, bytes);
  return { ms: performance.now() - began };
}

/** The desk's end: sends, and waits until the other has all of it. */
export async function deliver(stream: Duplex, bytes: number): Promise<Took> {
  const began = performance.now();
  const answered = new Promise((resolve) => stream.once('data', resolve));
  // Apart from what follows: the other end takes the first bytes that come for its orders.
  await new Promise<void>((resolve) => stream.write(`take ${bytes}\n`, () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await sendAll(stream, bytes);
  await answered;
  return { ms: performance.now() - began };
}

/** The desk's end: asks and waits for the echo, so many times. */
export async function pingPong(stream: Duplex, bytes: number, count: number): Promise<Took> {
  stream.write('echo\n');
  await new Promise((resolve) => setTimeout(resolve, 5));
  const question = Buffer.alloc(bytes, 1);
  const began = performance.now();
  for (let each = 0; each < count; each += 1) {
    const echoed = takeAll(stream, bytes);
    stream.write(question);
    await echoed;
  }
  return { ms: performance.now() - began };
}

/**
 * The desk's end: asks for frames of so many bytes, one after the other, until it is told to stop.
 * @returns for each the time from the question to its last byte, milliseconds
 */
export async function frames(
  stream: Duplex,
  bytes: number,
  goesOn: (taken: number) => boolean,
): Promise<readonly number[]> {
  stream.write(`frames ${bytes}\n`);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const question = Buffer.alloc(16, 1);
  const took: number[] = [];
  while (goesOn(took.length)) {
    const began = performance.now();
    const frame = takeAll(stream, bytes);
    stream.write(question);
    await frame;
    took.push(performance.now() - began);
  }
  return took;
}
