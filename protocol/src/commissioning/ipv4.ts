/** IPv4 addresses as a report carries them. Works in Node and in a browser. */
import {
  formatIPv4,
  parseIPv4,
  subnetOf as boundsOf,
} from '@chaperone/domain/network/ipv4-address.ts';

/** Tells whether a text is a dotted quad. */
export function isIPv4(text: string): boolean {
  return parseIPv4(text) !== null;
}

/** Gives the subnet of an address, such as `10.20.0.0/16`; what is no address stays as it is. */
export function subnetOf(address: string, prefixLength: number): string {
  const number = parseIPv4(address);
  if (number === null) return address;
  return `${formatIPv4(boundsOf(number, prefixLength).first)}/${prefixLength}`;
}
