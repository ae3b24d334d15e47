/**
 * The cart's screen in a process of its own, as the cart serves it: the RFB server of a display re-encoded, behind the relay.
 * Whoever connects on loopback stands where the tunnel's stream ends.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { connectSource, openScreen, reEncoded } from '@chaperone/cart/screen/screen.ts';
import { serve } from '../ends/serve.ts';

export interface CartScreen {
  /** Where the RFB server of the display listens. */
  readonly socketPath: string;
  readonly videoProgram: string;
}

async function start({ socketPath, videoProgram }: CartScreen): Promise<number> {
  const plain = connectSource({ kind: 'rfb', address: `unix:${socketPath}` });
  const source = reEncoded(plain, { videoProgram });
  const server = createServer({ noDelay: true }, (viewer) => {
    viewer.on('error', () => viewer.destroy());
    openScreen({
      source,
      viewer,
      activities: ['view'],
      inputAllowed: () => false,
      paused: () => false,
      excludedRegions: () => [],
      signal: new AbortController().signal,
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}

serve({ start });
