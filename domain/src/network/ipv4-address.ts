/** Addresses of IPv4 (RFC 791): dotted quads and the numbers that they stand for. */

/** Each part without leading zeros: some programs read `010` as octal, so that it means two addresses. */
const DOTTED_QUAD =
  /^(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})$/;

/** Gives the number of a dotted quad, 0 to 2^32 - 1; null when it is none. */
export function parseIPv4(text: string): number | null {
  const parts = DOTTED_QUAD.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** Writes a number as a dotted quad. */
export function formatIPv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

/** First and last address of the subnet in which an address lies: what names the subnet, and its broadcast. */
export function subnetOf(
  address: number,
  prefixLength: number,
): { readonly first: number; readonly last: number } {
  const size = 2 ** (32 - prefixLength);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}
