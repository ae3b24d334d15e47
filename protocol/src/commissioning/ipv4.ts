/** IPv4 addresses as a report carries them. Works in Node and in a browser. */

/** Tells whether a text is a dotted quad. */
export function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 &&
    parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}

/** Gives the subnet of an address, such as `10.20.0.0/16`; what is no address stays as it is. */
export function subnetOf(address: string, prefixLength: number): string {
  if (!isIPv4(address)) return address;
  const quad = address.split('.').map(Number);
  const network = quad.map((byte, at) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * at));
    return byte & (0xff << (8 - bits));
  });
  return `${network.map((byte) => byte & 0xff).join('.')}/${prefixLength}`;
}
