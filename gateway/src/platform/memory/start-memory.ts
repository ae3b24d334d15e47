/**
 * Gives back what only the start needed: modules were read, stripped of types and compiled, and tables were checked.
 *
 * V8 keeps that room for an allocation that does not come, a quarter of an idle gateway. It is asked once, after the
 * start, when a pause of some hundredths of a second meets nobody; later it decides alone.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The first tunnels and sign-ins after a restart come before, and need the pause least. */
const AFTER_MS = 5_000;

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/** Asks once, later; does not keep the process alive. */
export function giveBackStartMemory(afterMs = AFTER_MS): void {
  const timer = setTimeout(() => collector()({ type: 'major', flavor: 'last-resort' }), afterMs);
  timer.unref();
}

/** V8 shows its collector only to contexts that are made while the flag is on. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
