/** Is the tunnel's own protocol let through, how long does an echo take on it, and how much goes through in each direction? */
import { GatewayLine } from '../gateway-line.ts';
import { failed, passed, warned } from '../outcome.ts';
import type { Facts } from '../outcome.ts';
import { ends } from '../scene.ts';
import type { Step } from '../scene.ts';
import { throughput } from '../throughput.ts';
import { echoes } from '../tunnel-echo.ts';

/** From the dialling to the last echo. */
const ECHO_MS = 8000;
/** A frame of the screen every few hundred milliseconds needs so much, out; a file in, likewise. */
const MBITS_MIN = 2;
/** Beyond this, what is done remotely lags behind the hand too much. */
const ROUND_TRIP_MAX_MS = 400;

export const tunnelStep: Step = {
  name: 'tunnel',
  needs: ['certificate', 'clock', 'path-mtu', 'licence'],
  limitMs: 30_000,
  otherwise: 'TUNNEL_BROKEN_OFF',
  async take(scene, signal) {
    const { road, identity, measureMs, monotonicMs } = scene.options;
    if (identity === null)
      return { result: 'left-out', said: 'The tunnel is for enrolled carts only.' };
    const way = { road, memory: scene.memory };
    const seen = ends(scene);
    if (scene.status === null) return failed('GATEWAY_TOO_OLD', { ...seen, software: null });
    let times: readonly number[];
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ECHO_MS)]);
      times = await echoes({ ...way, identity }, limit);
    } catch (fault) {
      signal.throwIfAborted();
      return failed('TUNNEL_BROKEN_OFF', { ...seen, error: errorOf(fault) });
    }
    const line = scene.line ?? new GatewayLine({ ...way, identity });
    const options = { line, measureMs, monotonicMs };
    let up: number | null = null;
    let down: number | null = null;
    try {
      down = await throughput('down', options, signal);
      up = await throughput('up', options, signal);
    } catch (fault) {
      // A measurement whose time is over was slow, not broken.
      if (!signal.aborted) return failed('TUNNEL_BROKEN_OFF', { ...seen, error: errorOf(fault) });
    }
    const roundTripMs = Math.round((times[times.length >> 1] ?? 0) * 100) / 100;
    const found: Facts = {
      ...seen,
      software: scene.status.software,
      roundTripMs,
      roundTripWorstMs: Math.round((times.at(-1) ?? 0) * 100) / 100,
      upMbits: up,
      downMbits: down,
      neededMbits: MBITS_MIN,
    };
    const isSlow =
      roundTripMs > ROUND_TRIP_MAX_MS ||
      signal.aborted ||
      (up ?? MBITS_MIN) < MBITS_MIN ||
      (down ?? MBITS_MIN) < MBITS_MIN;
    return isSlow ? warned('TUNNEL_SLOW', found) : passed(found);
  },
};

function errorOf(fault: unknown): string {
  if (fault instanceof Error && fault.name === 'TimeoutError') return 'no answer';
  if (fault instanceof Error && 'code' in fault && typeof fault.code === 'string')
    return fault.code;
  return fault instanceof Error ? fault.name : 'unknown';
}
