/**
 * What is particular to the place where a cart stands: where it dials the gateway, and through which proxy (decision 0020).
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { isLoopback } from '../configuration/configuration.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import type { RoadSettings } from '../road/road.ts';
import type { SiteSettings } from './site-settings.ts';

export * from './site-settings.ts';

/** The demo's rules are weaker, so it stays on its machine, also when somebody sets another gateway or a proxy. */
export class DemoRoadRefused extends DomainError {
  readonly code = 'DEMO_ROAD_REFUSED';
}

/**
 * What is in force: what was set at the cart's place, otherwise what the configuration says.
 * @throws DemoRoadRefused
 */
export function roadSettings(
  configuration: Pick<CartConfiguration, 'gateway' | 'demo'>,
  { gateway, proxy }: SiteSettings,
): RoadSettings {
  const { host, port, serverName } = gateway ?? configuration.gateway;
  if (configuration.demo && !(isLoopback(host) && isOnThisMachine(proxy))) {
    throw new DemoRoadRefused('In the demo, gateway and proxy must be on this machine.');
  }
  return { gateway: { host, port, serverName }, proxy };
}

/** A PAC file may name any proxy. */
function isOnThisMachine(proxy: ProxySettings): boolean {
  return proxy.kind === 'none' || (proxy.kind === 'manual' && isLoopback(proxy.host));
}
