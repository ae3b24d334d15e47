/**
 * The rules that the hospital's firewall needs for one cart, as a table and as a text to paste into a request to its team.
 *
 * They follow from where the cart is and how its road goes, so that nobody has to believe them: whoever has the report can make
 * them anew. A cart opens every connection itself; there is no rule inwards.
 */
import type {
  AcceptanceReportClaims,
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

type Rule = Omit<FirewallRule, 'source' | 'direction'>;

const DNS_PORT = 53;

/** Gives the rules in the order of need. */
export function firewallRules(facts: FirewallFacts): FirewallRule[] {
  const { address, prefixLength, method } = facts.network;
  const source = method === 'static' ? address : subnetOf(address, prefixLength);
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
function looksUpNames({ gateway, network, proxy }: FirewallFacts): boolean {
  const names = [proxy.host ?? gateway.host, endOf(proxy.url)?.host].filter(
    (name) => typeof name === 'string' && !isIPv4(name),
  );
  return names.length > 0 && network.namesBy !== 'local';
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

/** Characters of a line; a ticket system wraps what is longer. */
const COLUMNS = 78;

/** Writes the request to the firewall team: plain text, to be pasted as it is. */
export function firewallText(claims: AcceptanceReportClaims): string {
  const { gateway, network, proxy, firewall } = claims;
  const signed = `${new Date(claims.iat * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const subnet = subnetOf(network.address, network.prefixLength);
  const address =
    network.method === 'static'
      ? `${network.address} (fixed), in ${subnet}`
      : `${network.address} at the moment, by DHCP from ${subnet}`;
  const facts: (readonly [string, string])[] = [
    ['Device', `${claims.model}, serial ${claims.iss}`],
    ['Place', claims.facility],
    ['Address', address],
    ['Adapter', `${network.hardwareAddress} (${network.kind}, ${network.interface})`],
    ['Gateway', `${gateway.host}:${gateway.port}`],
    ['Report', `${claims.jti}, ${signed}`],
  ];
  return [
    'FIREWALL RULES FOR ONE MEDICAL DEVICE',
    '',
    ...facts.map(([name, value]) => wrapped(`${name.padEnd(9)}${value}`, 9)),
    '',
    'PLEASE ALLOW',
    '',
    ...tableOf(firewall),
    '',
    ...(firewall.some(({ isOptional }) => isOptional)
      ? [
          wrapped('* The device works without it today; it is the other way of asking for names.'),
          '',
        ]
      : []),
    wrapped('The device opens every connection. Answers belong to the same connection.'),
    wrapped(
      'Setting up, renewing its certificate, reports and every session go by the rules above: nothing is to be added for them later.',
    ),
    ...(looksUpNames(claims) && network.nameServers.every(isLoopback)
      ? [
          wrapped(
            'The device asks for names through a service of its own, whose name servers it could not see: ' +
              'please allow UDP and TCP 53 to those that this network uses.',
          ),
        ]
      : []),
    ...(proxy.host === null
      ? []
      : [
          wrapped(
            `The proxy lets the device CONNECT to ${gateway.host}:${gateway.port}, and does not look into it.`,
          ),
        ]),
    '',
    'WHAT IS NEVER NEEDED',
    '',
    ...[
      'No rule inwards: nothing connects to the device.',
      'No other port, and no UDP but for names where they are listed above.',
      'No ICMP from the device, and no answer to ping from the gateway. ' +
        'Routers on the way may send "fragmentation needed" (ICMP type 3 code 4) as for any connection: please let it pass.',
      'No TLS inspection. The device believes one root only ' +
        `(SHA-256 ${gateway.rootFingerprint.slice(0, 20)}...); what opens its TLS is refused as a stranger.`,
    ].map((line) => wrapped(`- ${line}`, 2)),
    '',
    wrapped(
      'The report is signed by the device. "chaperone verify FILE" checks it, and that these rules are the ones in it.',
    ),
    '',
  ].join('\n');
}

function tableOf(rules: readonly FirewallRule[]): readonly string[] {
  const rows = [
    ['Source', 'Destination', 'Port', 'Direction', 'For'],
    ...rules.map(({ source, destination, protocol, port, direction, purpose, isOptional }) => [
      source,
      destination,
      `${protocol} ${port}`,
      direction,
      isOptional ? `${purpose} *` : purpose,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) =>
    row.map((cell, at) => (at === 4 ? cell : cell.padEnd(widths[at] ?? 0))).join('  '),
  );
}

/** Breaks a line between words. @param indent of every line but the first */
function wrapped(line: string, indent = 0): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const next = current === '' ? word : `${current} ${word}`;
    if (next.length <= COLUMNS || current.trim() === '') {
      current = next;
      continue;
    }
    lines.push(current);
    current = `${' '.repeat(indent)}${word}`;
  }
  return [...lines, current].join('\n');
}
