/** How a round waits: not for ever, and not past its blow. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Refused } from '../../harness/technician.ts';
import { brokenBy } from './promise.ts';

/** Nothing in a round takes longer unless it hangs: ten times what was seen where both cores were shared by ten. */
export const HANGS_AFTER_MS = 120_000;

/** The blow fell while this was waited for. */
export class Struck extends Error {
  override readonly name = 'Struck';
}

/** Waits for all, and only then tells the first fault: nothing goes on behind the back. */
export async function all(acts: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(acts);
  const faults = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  const [worst] = [...faults.filter(isOwnFault), ...faults];
  if (worst !== undefined) throw worst;
}

/** A fault of the program or of the rules, which no blow excuses. */
export function isOwnFault(fault: unknown): boolean {
  if (fault instanceof assert.AssertionError || brokenBy(fault) !== null) return true;
  return fault instanceof Refused && fault.code === 'INTERNAL_FAULT';
}

/** @throws Error when it hangs */
export async function within<T>(
  what: string,
  act: Promise<T>,
  underWay: ReadonlySet<string> = new Set(),
): Promise<T> {
  const late = new AbortController();
  const hangs = delay(HANGS_AFTER_MS + 1000, null, { signal: late.signal }).then(
    () => {
      throw new Error(`gave up waiting for ${what}: ${[...underWay].join()}`);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([act, hangs]);
  } finally {
    late.abort();
  }
}
