/** Test support: writes age identities and recipients as text (Bech32, BIP 173). Production never does. */
const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Writes an identity as `AGE-SECRET-KEY-1…`. */
export function identityText(identity: Uint8Array): string {
  return encode('age-secret-key-', identity).toUpperCase();
}

/** Writes a recipient as `age1…`. */
export function recipientText(recipient: Uint8Array): string {
  return encode('age', recipient);
}

function encode(prefix: string, bytes: Uint8Array): string {
  const words: number[] = [];
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) words.push((held >> (bits - 5)) & 31);
    held &= 0xff;
  }
  if (bits > 0) words.push((held << (5 - bits)) & 31);
  const expanded = [...prefix].map((each) => each.charCodeAt(0) >> 5);
  const low = [...prefix].map((each) => each.charCodeAt(0) & 31);
  const check = polymod([...expanded, 0, ...low, ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  for (let at = 0; at < 6; at += 1) words.push((check >> (5 * (5 - at))) & 31);
  return `${prefix}1${words.map((word) => ALPHABET[word]).join('')}`;
}

function polymod(values: readonly number[]): number {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [at, part] of GENERATOR.entries()) if ((top >> at) & 1) check ^= part;
  }
  return check >>> 0;
}
