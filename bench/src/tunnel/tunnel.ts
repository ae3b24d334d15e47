/** The tunnel: beside bare TLS, over a long road, and a screen beside a file on a narrow one. */
import type { Bench } from '../bench.ts';
import { besideBareTLS } from './beside-bare-tls.ts';
import { longRoad } from './long-road.ts';
import { screenBesideFile } from './screen-beside-file.ts';

export const tunnelBench: Bench = {
  name: 'tunnel',
  does: 'streams beside bare TLS, a long road, the screen beside a file on a narrow road',
  async run(say) {
    return [
      ...(await besideBareTLS(say)),
      ...(await longRoad(say)),
      ...(await screenBesideFile(say)),
    ];
  },
};
