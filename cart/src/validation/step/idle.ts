/**
 * How long does the path keep a connection that nobody uses? Several are opened at once and each is left alone for its own time,
 * then used once. A tunnel asks every few seconds by itself, so a path that forgets later than that carries it all the same.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  COMMISSIONING_PATHS,
  IDLE_SECONDS_MAX,
} from '@chaperone/protocol/commissioning/service.ts';
import { LIVENESS } from '@chaperone/protocol/cart-api/version.ts';
import { GatewayLine } from '../gateway-line.ts';
import { failed, passed, warned } from '../outcome.ts';
import { ends } from '../scene.ts';
import type { Scene, Step } from '../scene.ts';

/** Seconds: a ladder that finds the time to within a factor of about two. */
const LADDER = [15, 30, 60, 120, 300, 900, 1800, 3600] as const;
/** Connections at once; the gateway keeps no more of one cart. */
const LINES_MAX = 6;
/** How much longer the gateway is asked to keep a connection than it is left alone. Seconds. */
const MARGIN_SECONDS = 30;
/** The answer on a connection that is alive takes a round trip; one that was forgotten is answered by a reset, or never. */
const ANSWER_MS = 5000;
/** Three of the tunnel's own signs of life: what is kept for so long carries it. Seconds. */
const NEEDED_SECONDS = (3 * LIVENESS.otherwise.pingEveryMs) / 1000;
const ECHO = Buffer.from('idle');

export const idleStep: Step = {
  name: 'idle',
  needs: ['tunnel'],
  // Bounded by what was asked for, below.
  limitMs: (IDLE_SECONDS_MAX + MARGIN_SECONDS) * 1000,
  otherwise: 'IDLE_CUT_OFF',
  async take(scene, signal) {
    const { idleSeconds, identity } = scene.options;
    if (idleSeconds === 0)
      return { result: 'left-out', said: 'Nobody asked for the test of idle connections.' };
    if (identity === null)
      return { result: 'left-out', said: 'The gateway keeps connections of enrolled carts only.' };
    const times = restsOf(idleSeconds);
    const survived = await Promise.all(
      times.map(async (seconds) => ({ seconds, result: await rest(scene, seconds, signal) })),
    );
    const alive = survived.filter(({ result }) => result === 'alive').map(({ seconds }) => seconds);
    const cut = survived.filter(({ result }) => result === 'cut').map(({ seconds }) => seconds);
    const seen = {
      ...ends(scene),
      askedSeconds: idleSeconds,
      survivedSeconds: Math.max(0, ...alive),
      cutSeconds: cut.length === 0 ? null : Math.min(...cut),
      keepAliveSeconds: LIVENESS.otherwise.pingEveryMs / 1000,
      wantedSeconds: Math.max(NEEDED_SECONDS, idleSeconds),
    };
    if (alive.length === 0 && cut.length === 0) {
      return { result: 'left-out', said: 'The gateway keeps no more idle connections now.', seen };
    }
    // What is shorter than the tunnel's own silence says nothing of it.
    if (cut.length === 0 && idleSeconds < NEEDED_SECONDS)
      return {
        result: 'left-out',
        said: `${idleSeconds} s are too short to tell: watch for at least ${NEEDED_SECONDS} s.`,
        seen,
      };
    if (cut.length === 0) return passed(seen);
    return seen.survivedSeconds >= NEEDED_SECONDS
      ? warned('IDLE_CUT_OFF', seen)
      : failed('IDLE_CUT_OFF', seen);
  },
};

/** The times to try, up to what was asked for. */
export function restsOf(idleSeconds: number): readonly number[] {
  const asked = Math.min(idleSeconds, IDLE_SECONDS_MAX - MARGIN_SECONDS);
  const rungs = LADDER.filter((seconds) => seconds < asked);
  return [...rungs.slice(-(LINES_MAX - 1)), asked];
}

async function rest(
  { options, memory }: Scene,
  seconds: number,
  signal: AbortSignal,
): Promise<'alive' | 'cut' | 'not-tried'> {
  const { road, identity } = options;
  const line = new GatewayLine({ road, memory, identity, isOnce: true });
  try {
    const path = `${COMMISSIONING_PATHS.idle}?seconds=${seconds + MARGIN_SECONDS}`;
    const kept = await line.ask({ method: 'GET', path }, signal).catch(() => null);
    if (kept?.status !== 200) return 'not-tried';
    await delay(seconds * 1000, undefined, { signal });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    const answer = await line.ask(
      { method: 'POST', path: COMMISSIONING_PATHS.echo, body: ECHO },
      limit,
    );
    return answer.body.equals(ECHO) ? 'alive' : 'cut';
  } catch {
    signal.throwIfAborted();
    return 'cut';
  } finally {
    line.close();
  }
}
