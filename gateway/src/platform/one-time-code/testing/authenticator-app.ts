/** Test support: the codes that an authenticator app shows, computed from RFC 6238 and 4226 without the product's library. */
import { createHmac } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param secret base32, as it is typed */
export function codeOfApp(secret: string, utcMs: number): string {
  let bits = '';
  for (const symbol of secret.replaceAll(' ', ''))
    bits += BASE32.indexOf(symbol).toString(2).padStart(5, '0');
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(utcMs / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bytes)).update(step).digest();
  const at = (mac.at(-1) ?? 0) & 0x0f;
  const number = (mac.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000;
  return String(number).padStart(6, '0');
}
