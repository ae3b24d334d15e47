/** A hospital whose only way out is its proxy, and what a cart has to know of it. */
import type { HospitalPlan } from './hospital.ts';
import { GATEWAY } from './internet.ts';
import { startSquid } from './squid.ts';
import type { SquidPlan } from './squid.ts';

/** What goes straight to the gateway, for a rule of nftables. */
export const TO_GATEWAY = `ip daddr ${GATEWAY.address} tcp dport ${GATEWAY.port}`;
export const ACCOUNT = { name: 'cart-7', password: 'right' };
export const PROXY_PORT = 3128;
/** A hospital whose firewall lets nobody out but its proxy, a real Squid on the router. */
export const behindSquid = (plan: Partial<SquidPlan> = {}): HospitalPlan => ({
  forward: () => `${TO_GATEWAY} drop`,
  service: (router, place) =>
    startSquid(router, {
      address: place.router,
      port: PROXY_PORT,
      ...plan,
      lines: `dns_nameservers ${place.router}\n${plan.lines ?? ''}`,
    }),
});
