/** Whether a report is still about the road that a cart takes now, and what its firewall team needs before there is one. */
import type { AcceptanceReportClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { requestOf } from '@chaperone/protocol/commissioning/firewall-text.ts';
import type { FirewallRequest } from '@chaperone/protocol/commissioning/firewall-text.ts';
import { firewallRules } from '@chaperone/protocol/commissioning/firewall.ts';
import type { Validation } from '@chaperone/protocol/commissioning/validation.ts';
import type { NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import type { RoadSettings } from '../road/road.ts';
import { roadFacts } from './make-claims.ts';

export interface PresentRoad {
  readonly road: RoadSettings;
  readonly interfaces: readonly NetworkInterface[];
  /** The one that counts; null: none since the last change. */
  readonly validation: Pick<Validation, 'steps'> | null;
  readonly isValidating: boolean;
}

/** Where a validation was forgotten something has changed since; afterwards the settings themselves are compared. */
export function isOutOfDate(claims: AcceptanceReportClaims, present: PresentRoad): boolean {
  if (present.validation === null && !present.isValidating) return true;
  return settingsOf(claims) !== settingsOf(settled(present, claims));
}

/** Makes the request to the firewall team: of the report while it is about this road, otherwise of what is known now. */
export function firewallRequest(
  present: PresentRoad,
  claims: AcceptanceReportClaims | null,
  cart: { readonly serial: string; readonly model: string },
  rootFingerprint: string | null,
): FirewallRequest {
  if (claims !== null && !isOutOfDate(claims, present)) return requestOf(claims);
  const { gateway, ...others } = roadFacts(present);
  const facts = { ...others, gateway };
  return {
    ...cart,
    ...{ facility: claims?.facility ?? null, report: null, facts, rootFingerprint },
    rules: firewallRules({
      ...others,
      gateway: { ...gateway, rootFingerprint: rootFingerprint ?? '' },
    }),
  };
}

type Compared = Pick<AcceptanceReportClaims, 'network' | 'proxy'> & {
  readonly gateway: Pick<AcceptanceReportClaims['gateway'], 'host' | 'port' | 'serverName'>;
};

/** While nothing was looked at, the report's own network stands in for it: an adapter alone does not say which one leads out. */
function settled(present: PresentRoad, claims: AcceptanceReportClaims): Compared {
  const facts = roadFacts(present);
  return present.validation === null ? { ...facts, network: claims.network } : facts;
}

/** What an engineer sets. An address from DHCP is the network's choice, and may be another one tomorrow. */
function settingsOf({ gateway, network, proxy }: Compared): string {
  const { kind } = proxy;
  return JSON.stringify([
    [gateway.host, gateway.port, gateway.serverName],
    kind === 'manual' ? [kind, proxy.host, proxy.port] : [kind],
    [network.interface, network.kind, network.method, network.ssid],
    network.method === 'static' ? [network.address, network.prefixLength] : [],
  ]);
}
