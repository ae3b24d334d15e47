/**
 * What is particular to the place where a cart stands: where it dials the gateway, and through which proxy (decision 0020).
 */
import type { CartConfiguration } from '../configuration/configuration.ts';
import type { RoadSettings } from '../road/road.ts';
import type { SiteSettings } from './site-settings.ts';

export * from './site-settings.ts';

/** What is in force: what was set at the cart's place, otherwise what the configuration says. */
export function roadSettings(
  configuration: Pick<CartConfiguration, 'gateway'>,
  site: SiteSettings,
): RoadSettings {
  const { host, port, serverName } = site.gateway ?? configuration.gateway;
  return { gateway: { host, port, serverName }, proxy: site.proxy };
}
