/**
 * Notices that the other end of a connection has gone silent, also when the network says nothing (half open).
 *
 * Whatever arrives is a sign of life, not only the answer to a PING: on a line that is full of file content the
 * answers come late, but window updates come.
 */
import type { Http2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { LIVENESS } from '@chaperone/protocol/cart-api/version.ts';

const LOOK_EVERY_MS = 250;
/** A look that comes this late was held up by this machine, not by the peer. */
const LATE_LOOK_MS = 1000;

export interface LivenessOptions {
  readonly socket: TLSSocket;
  readonly http2: Http2Session;
  readonly isInSession: () => boolean;
  readonly monotonicMs: () => number;
  /** Called now and then while the connection lives. */
  readonly onLook: () => void;
  /** Called once. */
  readonly onLost: () => void;
}

/** Watches a connection until it is stopped or lost. */
export function watchLiveness(options: LivenessOptions): { stop(): void } {
  const { socket, http2, monotonicMs } = options;
  let heardBytes = socket.bytesRead;
  let heardMs = monotonicMs();
  let askedMs = -Infinity;
  let lookedMs = heardMs;

  const look = (): void => {
    const nowMs = monotonicMs();
    const wasHeldUp = nowMs - lookedMs > LATE_LOOK_MS;
    lookedMs = nowMs;
    options.onLook();
    if (socket.bytesRead !== heardBytes) {
      heardBytes = socket.bytesRead;
      heardMs = nowMs;
    }
    const { pingEveryMs, lostAfterMs } = options.isInSession()
      ? LIVENESS.inSession
      : LIVENESS.otherwise;
    if (nowMs - heardMs >= lostAfterMs && !wasHeldUp) {
      clearInterval(timer);
      options.onLost();
      return;
    }
    if (nowMs - askedMs < pingEveryMs || http2.destroyed) return;
    askedMs = nowMs;
    http2.ping(() => undefined);
  };

  const timer = setInterval(look, LOOK_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
