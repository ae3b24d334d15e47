/** Both ends of the tunnel, the cart's having dialled over a road. */
import path from 'node:path';
import { startEnd } from '../ends/end.ts';
import type { End } from '../ends/end.ts';
import { startLink } from '../link/link.ts';
import type { RoadPlan } from '../link/lane.ts';
import type { DeskAddress } from './desk-end.ts';

export interface EndsOverRoad extends AsyncDisposable {
  readonly desk: End;
  readonly cart: End;
  /** As the cart sees it: beyond the road. */
  readonly address: DeskAddress;
}

/** Starts them; bare TLS has a road of its own, of the same plan. */
export async function startOverRoad(plan: RoadPlan): Promise<EndsOverRoad> {
  const desk = await startEnd(path.join(import.meta.dirname, 'desk-end.ts'));
  const cart = await startEnd(path.join(import.meta.dirname, 'cart-end.ts'));
  const own = await desk.ask<DeskAddress>('address');
  const roads = await Promise.all(
    [own.edge, own.bare].map(async (port) => await startLink({ host: '127.0.0.1', port }, plan)),
  );
  const [edge = 0, bare = 0] = roads.map(({ port }) => port);
  const address = { ...own, edge, bare };
  await cart.ask('connect', { desk: address });
  return {
    desk,
    cart,
    address,
    async [Symbol.asyncDispose]() {
      await Promise.all([desk.stop(), cart.stop()]);
      await Promise.all(roads.map(async (road) => await road.close()));
    },
  };
}
