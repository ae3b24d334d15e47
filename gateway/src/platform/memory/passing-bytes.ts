/**
 * Lets go of the memory of bytes that have passed.
 *
 * Each piece that comes off a connection is memory of its own. V8 counts it against the whole heap and, every 64 MB, looks
 * through all of it: while a file moved, that was half of the processor. Nearly all of it is dead long before; a look
 * at the youngest objects alone finds that in a millisecond, but V8 takes one only when objects, not bytes, are many.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Far below the 64 MB at which V8 looks through everything, and so few that the same memory, still in the processor's
 * cache, is used again. Bytes.
 */
const LOOK_EVERY_BYTES = 4 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => void;

let passedBytes = 0;
let collect: Collect | null = null;

/** Notes bytes that came off a connection or were unsealed, and are not kept. */
export function passed(bytes: number): void {
  passedBytes += bytes;
  if (passedBytes < LOOK_EVERY_BYTES) return;
  passedBytes = 0;
  collect ??= collector();
  collect({ type: 'minor' });
}

/** V8 shows its collector only to contexts that are made while the flag is on. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const shown = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  return shown;
}
