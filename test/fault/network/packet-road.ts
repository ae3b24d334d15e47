/**
 * A road on which packets are lost in one direction or both, silently, as in a hospital's network: nftables in the network
 * namespace of the test (`own-network.ts`). Unlike a relay that stops, acknowledgements are lost too, so neither end's
 * system knows.
 */
import { execFileSync } from 'node:child_process';

/** One way each. */
export const ONE_WAY = ['to the gateway', 'to the cart'] as const;
export type Direction = (typeof ONE_WAY)[number] | 'both ways';

export interface PacketRoad {
  /** Loses every packet of a direction. */
  lose(direction: Direction): void;
  /** Answers every packet to the gateway with a reset. */
  reset(): void;
  mend(): void;
}

/** Takes the road to a TCP port of this namespace. */
export function packetRoad(port: number): PacketRoad {
  const table = `road_${port}`;
  const chain = ['inet', table, 'output'] as const;
  nft('add', 'table', 'inet', table);
  nft('add', 'chain', ...chain, '{ type filter hook output priority 0; }');
  const rule = (side: 'dport' | 'sport', ...verdict: readonly string[]): void => {
    nft('add', 'rule', ...chain, 'tcp', side, String(port), ...verdict);
  };
  const mend = (): void => nft('flush', 'chain', ...chain);
  return {
    lose(direction) {
      mend();
      if (direction !== 'to the cart') rule('dport', 'drop');
      if (direction !== 'to the gateway') rule('sport', 'drop');
    },
    reset() {
      mend();
      // Not the other direction: the resets themselves go there.
      rule('dport', 'reject', 'with', 'tcp', 'reset');
    },
    mend,
  };
}

function nft(...words: readonly string[]): void {
  execFileSync('nft', words, { stdio: ['ignore', 'ignore', 'inherit'] });
}
