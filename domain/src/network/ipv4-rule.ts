/**
 * Which IPv4 settings can be used on one interface of a cart.
 *
 * What is refused here could not work on any network, or would cut the cart off for certain. What may be right on one
 * network and wrong on another (a router that is not there) is found by trying, with a way back: `network-change.ts`.
 */
import { formatIPv4, parseIPv4, subnetOf } from './ipv4-address.ts';
import type { IPv4Settings, StaticIPv4 } from './network-profile.ts';
import type { RefusedSetting } from './refused-setting.ts';

/** Stable: translations are keyed by them. */
export const IPV4_REFUSALS = [
  'IPV4_MISSING',
  'IPV4_MALFORMED',
  'IPV4_IS_IPV6',
  'IPV4_WITH_PREFIX',
  'IPV4_IS_A_NAME',
  'IPV4_UNSPECIFIED',
  'IPV4_LOOPBACK',
  'IPV4_LINK_LOCAL',
  'IPV4_MULTICAST',
  'IPV4_RESERVED',
  'IPV4_IS_BROADCAST',
  'IPV4_IS_SUBNET',
  'PREFIX_OUT_OF_RANGE',
  'ROUTER_OUTSIDE_SUBNET',
  'ROUTER_IS_OWN_ADDRESS',
  'NAME_SERVER_IS_OWN_ADDRESS',
  'NAME_SERVER_TWICE',
  'NAME_SERVERS_TOO_MANY',
] as const;
export type IPv4Refusal = (typeof IPV4_REFUSALS)[number];

/** A refusal of an address field; its message repeats addresses, which are no secrets. */
interface RefusedField extends RefusedSetting {
  readonly code: IPv4Refusal;
}

/** Two hosts at least: /31 and /32 are for links between routers. */
export const PREFIX_LENGTH_MIN = 1;
export const PREFIX_LENGTH_MAX = 30;
/** What the resolver of Linux asks (resolv.conf(5), MAXNS). */
export const NAME_SERVERS_MAX = 3;

const EXAMPLE = 'such as 192.168.10.20';

/** What no host may have as its address or be asked under, by the registry of RFC 6890; first and last of each. */
const SPECIAL_BLOCKS: readonly (readonly [string, string, IPv4Refusal, string])[] = [
  ['0.0.0.0', '0.255.255.255', 'IPV4_UNSPECIFIED', 'means "no address"'],
  ['127.0.0.0', '127.255.255.255', 'IPV4_LOOPBACK', 'means the cart itself'],
  [
    '169.254.0.0',
    '169.254.255.255',
    'IPV4_LINK_LOCAL',
    'is one that a device without a network gives itself',
  ],
  ['224.0.0.0', '239.255.255.255', 'IPV4_MULTICAST', 'means a group of devices (multicast)'],
  ['255.255.255.255', '255.255.255.255', 'IPV4_IS_BROADCAST', 'means everybody (broadcast)'],
  ['240.0.0.0', '255.255.255.254', 'IPV4_RESERVED', 'is reserved'],
];

/** Lists what is wrong with the IPv4 settings of a profile. */
export function refusedIPv4(settings: IPv4Settings): readonly RefusedField[] {
  if (settings.method === 'dhcp') return refusedNameServers(settings.nameServers, null);
  return [
    ...refusedAddress(settings),
    ...refusedPrefix(settings),
    ...refusedRouter(settings),
    ...refusedNameServers(settings.nameServers, settings),
  ];
}

function refusedAddress(settings: StaticIPv4): readonly RefusedField[] {
  const field = 'ipv4.address';
  const refused = refusedHost(field, 'the address', settings.address);
  return refused === null ? inSubnet(field, 'the address', settings.address, settings) : [refused];
}

function refusedPrefix({ prefixLength }: StaticIPv4): readonly RefusedField[] {
  if (isUsablePrefix(prefixLength)) return [];
  const message = `Type a prefix length from ${PREFIX_LENGTH_MIN} to ${PREFIX_LENGTH_MAX}, such as 24 for the mask 255.255.255.0.`;
  return [{ field: 'ipv4.prefixLength', code: 'PREFIX_OUT_OF_RANGE', message }];
}

function refusedRouter(settings: StaticIPv4): readonly RefusedField[] {
  const { router, address, prefixLength } = settings;
  if (router === null) return [];
  const field = 'ipv4.router';
  const refused = refusedHost(field, 'the router', router);
  if (refused !== null) return [refused];
  if (router === address) {
    const message =
      'Type the address of the hospital’s router (default gateway), not that of the cart.';
    return [{ field, code: 'ROUTER_IS_OWN_ADDRESS', message }];
  }
  const subnet = usableSubnet(settings);
  if (subnet === null) return [];
  const number = parseIPv4(router) ?? 0;
  if (number < subnet.first || number > subnet.last) {
    const range = `${formatIPv4(subnet.first + 1)} and ${formatIPv4(subnet.last - 1)}`;
    const message = `The router must be in the cart’s own subnet: between ${range}, by address and prefix length ${prefixLength}.`;
    return [{ field, code: 'ROUTER_OUTSIDE_SUBNET', message }];
  }
  return inSubnet(field, 'the router', router, settings);
}

function refusedNameServers(
  nameServers: readonly string[],
  settings: StaticIPv4 | null,
): readonly RefusedField[] {
  const refused = nameServers.flatMap((nameServer, index): readonly RefusedField[] => {
    const field = `ipv4.nameServers.${index}`;
    const wrong = refusedHost(field, 'the name server', nameServer);
    if (wrong !== null) return [wrong];
    if (nameServers.indexOf(nameServer) < index) {
      const message = `The name server ${nameServer} is there twice: leave one out.`;
      return [{ field, code: 'NAME_SERVER_TWICE', message }];
    }
    if (settings === null) return [];
    if (nameServer === settings.address) {
      const message = 'Type the address of the hospital’s name server, not that of the cart.';
      return [{ field, code: 'NAME_SERVER_IS_OWN_ADDRESS', message }];
    }
    return inSubnet(field, 'the name server', nameServer, settings);
  });
  if (nameServers.length <= NAME_SERVERS_MAX) return refused;
  const message = `Type ${NAME_SERVERS_MAX} name servers at most: the cart asks no more.`;
  return [...refused, { field: 'ipv4.nameServers', code: 'NAME_SERVERS_TOO_MANY', message }];
}

/** Refuses what is the address of no host on any network; null when it may be one. */
function refusedHost(field: string, what: string, text: string): RefusedField | null {
  const number = parseIPv4(text);
  if (number === null) return { field, ...refusedText(what, text) };
  const block = specialBlockOf(number);
  if (block === null) return null;
  const message = `${text} ${block.meaning}: type ${what} as the hospital’s IT gave it.`;
  return { field, code: block.code, message };
}

function specialBlockOf(number: number): { code: IPv4Refusal; meaning: string } | null {
  for (const [first, last, code, meaning] of SPECIAL_BLOCKS) {
    if (number >= (parseIPv4(first) ?? 0) && number <= (parseIPv4(last) ?? 0))
      return { code, meaning };
  }
  return null;
}

/** Says what somebody took for an IPv4 address. */
function refusedText(what: string, text: string): { code: IPv4Refusal; message: string } {
  const quad = `four numbers from 0 to 255 with dots between them and without leading zeros, ${EXAMPLE}`;
  if (text.trim() === '') return { code: 'IPV4_MISSING', message: `Type ${what}: ${quad}.` };
  if (text.includes(':')) {
    const message = `This looks like an IPv6 address, or one with a port: type ${what} as ${quad}.`;
    return { code: 'IPV4_IS_IPV6', message };
  }
  if (/^[0-9.]+\/[0-9.]+$/.test(text)) {
    const message = `Type ${what} without "/" and what follows: the prefix length has a field of its own.`;
    return { code: 'IPV4_WITH_PREFIX', message };
  }
  if (/^(?=.*[A-Za-z])[\w.-]+$/.test(text)) {
    return { code: 'IPV4_IS_A_NAME', message: `Type ${what} as a number, not as a name: ${quad}.` };
  }
  return { code: 'IPV4_MALFORMED', message: `Type ${what} as ${quad}.` };
}

/** Refuses the two addresses of the cart's own subnet that no host has. */
function inSubnet(
  field: string,
  what: string,
  text: string,
  settings: StaticIPv4,
): readonly RefusedField[] {
  const subnet = usableSubnet(settings);
  const number = parseIPv4(text);
  if (subnet === null || number === null) return [];
  const given = `with prefix length ${settings.prefixLength}`;
  if (number === subnet.first) {
    const message = `${text} names the whole subnet ${given}: type ${what} as the hospital’s IT gave it.`;
    return [{ field, code: 'IPV4_IS_SUBNET', message }];
  }
  if (number === subnet.last) {
    const message = `${text} means everybody in the subnet (broadcast) ${given}: type ${what} as the hospital’s IT gave it.`;
    return [{ field, code: 'IPV4_IS_BROADCAST', message }];
  }
  return [];
}

/** The subnet of a static profile, as far as address and prefix length say one. */
function usableSubnet({ address, prefixLength }: StaticIPv4) {
  const number = parseIPv4(address);
  if (number === null || specialBlockOf(number) !== null || !isUsablePrefix(prefixLength))
    return null;
  return subnetOf(number, prefixLength);
}

function isUsablePrefix(length: number): boolean {
  return Number.isInteger(length) && length >= PREFIX_LENGTH_MIN && length <= PREFIX_LENGTH_MAX;
}
