/** Do the cart's clock and the gateway's agree? A cart refuses session requests of workstations whose time is a minute off. */
import { failed, passed, warned } from '../outcome.ts';
import type { Step } from '../scene.ts';
import { ends } from '../scene.ts';

/** As of the check of session requests (cart/src/consent). */
const SKEW_MAX_MS = 60_000;
/** What a machine without a time server drifts in weeks: worth a word before it is too much. */
const SKEW_WARN_MS = 20_000;

export const clockStep: Step = {
  name: 'clock',
  needs: ['certificate'],
  limitMs: 1000,
  otherwise: 'CLOCK_BEHIND',
  async take(scene) {
    const { skewMs, status, options } = scene;
    if (skewMs === null || status === null) {
      return {
        result: 'left-out',
        said:
          options.identity === null
            ? 'The gateway tells its time to enrolled carts only.'
            : 'The gateway does not tell its time.',
      };
    }
    const seen = {
      ...ends(scene),
      skewSeconds: readableSeconds(Math.abs(skewMs)),
      gatewayTime: new Date(Math.round(options.utcMs() + skewMs)).toISOString(),
      cartTime: new Date(options.utcMs()).toISOString(),
    };
    const finding = skewMs > 0 ? 'CLOCK_BEHIND' : 'CLOCK_AHEAD';
    if (Math.abs(skewMs) > SKEW_MAX_MS) return failed(finding, seen);
    return Math.abs(skewMs) > SKEW_WARN_MS ? warned(finding, seen) : passed(seen);
  },
};

/** A tenth of a second says nothing of a clock that is minutes off. */
function readableSeconds(ms: number): number {
  return ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000);
}
