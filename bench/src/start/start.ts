/** How soon the gateway is there, how small it is when idle, and how soon a technician sees the screen. */
import type { Bench } from '../bench.ts';

export const startBench: Bench = {
  name: 'start',
  does: 'gateway: start to listening, memory when idle; press to first frame',
  run: () => Promise.resolve([]),
};
