/**
 * The rules that the hospital's firewall needs for one cart; `firewall-text.ts` makes a request to its team of them.
 *
 * They follow from where the cart is and how its road goes, so that nobody has to believe them: whoever has the report can make
 * them anew. A cart opens every connection itself; there is no rule inwards.
 */
import type {
  FirewallRule,
  reportedGateway,
  reportedNetwork,
  reportedProxy,
} from './acceptance-report.ts';
import { isIPv4, subnetOf } from './ipv4.ts';
import type { z } from 'zod';

/** What the rules follow from. */
export interface FirewallFacts {
  readonly gateway: z.infer<typeof reportedGateway>;
  readonly network: z.infer<typeof reportedNetwork>;
  readonly proxy: z.infer<typeof reportedProxy>;
}

/** As much of them as says whether names are looked up. */
interface NamingFacts extends Pick<FirewallFacts, 'network' | 'proxy'> {
  readonly gateway: Pick<FirewallFacts['gateway'], 'host'>;
}

type Rule = Omit<FirewallRule, 'source' | 'direction'>;

const DNS_PORT = 53;

/** Gives the rules in the order of need. */
export function firewallRules(facts: FirewallFacts): FirewallRule[] {
  const { address, prefixLength, method } = facts.network;
  // Only who has seen DHCP may open a whole subnet for it.
  const source = method === 'dhcp' ? subnetOf(address, prefixLength) : address;
  const rules = [...roadRules(facts), ...pacRules(facts), ...nameRules(facts)];
  return rules.map((rule) => ({ source, direction: 'outbound', ...rule }));
}

function roadRules({ gateway, proxy }: FirewallFacts): Rule[] {
  const { host, port, addresses } = gateway;
  if (proxy.host !== null && proxy.port !== null) {
    const purpose = `HTTP proxy, asked to CONNECT to ${host}:${port}`;
    const to = { destination: proxy.host, protocol: 'TCP', port: proxy.port } as const;
    return [{ ...to, purpose, isOptional: false }];
  }
  const purpose = isIPv4(host) ? 'service gateway' : `service gateway ${host}`;
  return (addresses.length === 0 ? [host] : addresses).map((destination) => ({
    destination,
    protocol: 'TCP',
    port,
    purpose,
    isOptional: false,
  }));
}

function pacRules({ proxy }: FirewallFacts): Rule[] {
  const at = endOf(proxy.url);
  if (at === null) return [];
  const to = { destination: at.host, protocol: 'TCP', port: at.port } as const;
  return [{ ...to, purpose: 'proxy configuration file (PAC)', isOptional: false }];
}

/** Names that the cart looks up by itself: the proxy's and its file's, otherwise the gateway's. */
export function looksUpNames({ gateway, network, proxy }: NamingFacts): boolean {
  const names = [proxy.host ?? gateway.host, endOf(proxy.url)?.host].filter(
    (name) => typeof name === 'string' && !isIPv4(name),
  );
  return names.length > 0 && network.namesBy !== 'local';
}

/** Whether the cart looks names up by servers that it could not see. */
export function hidesNameServers(facts: FirewallFacts): boolean {
  return looksUpNames(facts) && facts.network.nameServers.every(isLoopback);
}

function nameRules(facts: FirewallFacts): Rule[] {
  const { network } = facts;
  if (!looksUpNames(facts)) return [];
  const isOverTCP = network.namesBy === 'tcp';
  return network.nameServers
    .filter((server) => !isLoopback(server))
    .flatMap((destination) =>
      (['UDP', 'TCP'] as const).map((protocol) => ({
        destination,
        protocol,
        port: DNS_PORT,
        purpose: 'names (DNS)',
        isOptional: (protocol === 'TCP') !== isOverTCP,
      })),
    );
}

/** Whether a name server is a service on the cart itself, as systemd-resolved is. */
export function isLoopback(server: string): boolean {
  return server.startsWith('127.') || server === '::1';
}

function endOf(url: string | null): { readonly host: string; readonly port: number } | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, hostname, port } = new URL(url);
  if (hostname === '') return null;
  return { host: hostname, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}
