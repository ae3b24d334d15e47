/**
 * Do packets of full length pass in both directions? On a path whose MTU is smaller than the link's, and whose routers' word
 * of it is filtered, short ones pass and long ones vanish (RFC 2923 section 2.1). It is seen by their absence: nothing relies on ICMP.
 */
import { COMMISSIONING_PATHS } from '@chaperone/protocol/commissioning/service.ts';
import { failed, passed } from '../outcome.ts';
import { ends } from '../scene.ts';
import type { Step } from '../scene.ts';

/** Dozens of full segments. */
const LONG_BYTES = 48 * 1024;
/** A road of 100 kbit/s has carried them by then. */
const LONG_MS = 5000;

export const pathMTUStep: Step = {
  name: 'path-mtu',
  needs: ['certificate'],
  limitMs: 12_000,
  otherwise: 'PATH_MTU_BLACK_HOLE',
  async take(scene, signal) {
    const { line } = scene;
    if (line === null || scene.status === null) {
      return {
        result: 'left-out',
        said: 'Only the long packets of TLS were seen to pass; the gateway measures for enrolled carts only.',
      };
    }
    const passes = async (question: Parameters<typeof line.ask>[0]): Promise<boolean> => {
      try {
        await line.ask(question, AbortSignal.any([signal, AbortSignal.timeout(LONG_MS)]));
        return true;
      } catch {
        signal.throwIfAborted();
        return false;
      }
    };
    const { bytes } = COMMISSIONING_PATHS;
    const up = await passes({ method: 'POST', path: bytes, body: Buffer.alloc(LONG_BYTES, 0x5a) });
    const path = `${bytes}?count=${LONG_BYTES}`;
    const down = await passes({ method: 'GET', path, onBytes: () => undefined });
    const seen = {
      ...ends(scene),
      bytesUp: up ? LONG_BYTES : 0,
      bytesDown: down ? LONG_BYTES : 0,
    };
    if (up && down) return passed(seen);
    const direction = up ? 'in' : down ? 'out' : 'either way';
    return failed('PATH_MTU_BLACK_HOLE', { ...seen, direction });
  },
};
