/**
 * Tells whether what a connection was given before now is with the other end, or soon.
 *
 * The layers above the kernel hand on one portion at a time: while its queue is empty, so are theirs. So a queue that is
 * seen empty once has delivered everything from before; what came since is of streams that still may.
 */
import type { TLSSocket } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { undeliveredBytes } from '../device/send-queue/send-queue.ts';

/** How long it may take: a connection that has not delivered by then is not worth the wait (decision 0051). */
export const SENT_WITHIN_MS = 100;
const LOOK_EVERY_MS = 10;

/** Looks until the queue has been empty or the time is over; no when nobody can tell. */
export async function isSentSoon(socket: TLSSocket, monotonicMs: () => number): Promise<boolean> {
  const { localPort, remotePort } = socket;
  if (localPort === undefined || remotePort === undefined) return false;
  const beganMs = monotonicMs();
  while (!socket.destroyed) {
    const queued = await undeliveredBytes({ localPort, remotePort });
    if (queued === 0) return true;
    if (queued === null || monotonicMs() - beganMs >= SENT_WITHIN_MS) return false;
    await pause(LOOK_EVERY_MS);
  }
  return true;
}
