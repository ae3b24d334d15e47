/**
 * Loaded into each program before its own code (`--import`): a cart then says of itself what one of the protocol's first version
 * said, and is asked accordingly. A gateway stays as it is.
 */
import { registerHooks } from 'node:module';
import path from 'node:path';

const BOTH = 'PROTOCOL_VERSIONS = { min: 1, max: 4 }';
const CART = path.join('cart', 'src', 'main.ts');

if (process.argv[1]?.endsWith(CART) === true)
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (!url.endsWith('/cart-api/version.ts')) return loaded;
      const { source: read } = loaded;
      const source = read instanceof Uint8Array ? Buffer.from(read).toString() : read;
      if (typeof source !== 'string' || !source.includes(BOTH))
        throw new Error('The versions are not where they are looked for.');
      return { ...loaded, source: source.replace(BOTH, BOTH.replace('max: 4', 'max: 1')) };
    },
  });
