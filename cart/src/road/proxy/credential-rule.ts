/**
 * To which of the proxies that a PAC file names the cart shows its name and password (decision 0020).
 *
 * A PAC file usually comes by plain HTTP, so whoever can change it on its way could name a proxy of their own anywhere in the
 * world and be told the password. Credentials therefore stay with the hospital: they are for proxies in the domain that the PAC
 * file comes from, and for those at private addresses.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { isRegistry } from '@chaperone/domain/network/enterprise-rule.ts';

const PRIVATE = new BlockList();
for (const [address, prefixLength] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const) {
  PRIVATE.addSubnet(address, prefixLength, 'ipv4');
}
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');
PRIVATE.addAddress('::1', 'ipv6');

/** Tells whether an address is one of no public network: private, shared, link-local or the machine's own (RFC 6890). */
export function isPrivateAddress(address: string): boolean {
  return isIP(address) !== 0 && PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** @param url of the PAC file @param host of the proxy, as the file names it @param address that the cart is connected with */
export function mayShowCredentials(url: string, host: string, address: string): boolean {
  if (isPrivateAddress(address)) return true;
  const source = new URL(url).hostname.toLowerCase();
  const proxy = host.toLowerCase().replace(/\.$/, '');
  if (proxy === source) return true;
  const domain = source.split('.').slice(1);
  if (isIP(source) !== 0 || isRegistry(domain)) return false;
  return proxy.endsWith(`.${domain.join('.')}`);
}
