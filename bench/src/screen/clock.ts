/** One clock for all processes of this machine: the kernel's monotonic one, milliseconds. */
import { setTimeout as pause } from 'node:timers/promises';

export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Waits until then; not at all if that is over. */
export async function untilMs(atMs: number): Promise<void> {
  const waitMs = atMs - machineMs();
  if (waitMs > 0) await pause(waitMs);
}
