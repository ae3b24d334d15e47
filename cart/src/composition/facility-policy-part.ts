/** Ties the facility's policy to the agent around it: its journal, its identity, its road. */
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { FacilityPolicyInForce } from '../facility-policy/facility-policy.ts';
import { instantOf } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { readSiteSettings, roadSettings } from '../site/site.ts';
import { recordFacts } from './record-facts.ts';
import { signer } from './service.ts';
import type { Service } from './service.ts';

export interface PolicySurroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** Null: the cart is not enrolled, or no agent runs. */
  readonly service: () => Service | null;
}

/** Opens what the cart keeps of its facility's policy. */
export async function openFacilityPolicy(
  configuration: CartConfiguration,
  { clock, log, service }: PolicySurroundings,
): Promise<FacilityPolicyInForce> {
  const { dataDirectory, cart } = configuration;
  return await FacilityPolicyInForce.open({
    directory: dataDirectory,
    serial: parseCartSerial(cart.serial),
    now: () => instantOf(clock),
    record: (facts) => recordFacts(configuration, { clock, service }, facts),
    sign: async (typ, claims) => {
      const running = service();
      return running === null ? null : await signer(running.identity)(typ, claims);
    },
    road: async (signal) => {
      const running = service();
      if (running === null) throw new Error('a cart that is not enrolled asks nobody');
      const settings = roadSettings(configuration, await readSiteSettings(dataDirectory));
      return { settings, credentials: running.identity, signal };
    },
    mayDial: () => service()?.mayDial() ?? false,
    onFailure: (fault) => log.info({ fault }, "the facility's policy could not be asked for"),
  });
}
