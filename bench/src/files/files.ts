/** A file from the cart into the vault and a file into the cart's inbox, beside bare TLS from file to file, and scp. */
import type { Bench } from '../bench.ts';

export const filesBench: Bench = {
  name: 'files',
  does: 'fetch and send with digests and sealing, beside bare TLS from file to file, and scp',
  run: () => Promise.resolve([]),
};
