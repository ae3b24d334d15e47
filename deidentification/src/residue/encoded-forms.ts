/**
 * How a value looks inside of a text that a program encoded: in base64 at each of its three places, and in hexadecimal digits.
 *
 * A log of a web service holds a request in base64, a dump holds bytes in hexadecimal: the name is in it all the same. Base64 keeps
 * six bits a sign, so what stands for a value alone depends on where in the encoded text it begins; its first and last sign
 * may hold bits of its neighbours and are left out. @see RFC 4648 sections 4, 5 and 8
 */

/** Shorter values leave too few signs that are theirs alone. Bytes. */
const ENCODED_BYTES_MIN = 6;
/** Signs of base64 that are left of six bytes in the worst place. */
export const ENCODED_SIGNS_MIN = 7;

/** Gives the texts to look for, without regard to case; none for a short value. */
export function encodedForms(value: string): readonly string[] {
  const forms = new Set<string>();
  for (const written of [value, value.toLowerCase(), value.toUpperCase()]) {
    for (const encoding of ['utf8', 'latin1'] as const) {
      const bytes = Buffer.from(written, encoding);
      if (bytes.length < ENCODED_BYTES_MIN) continue;
      forms.add(bytes.toString('hex'));
      for (const form of inBase64(bytes)) forms.add(form);
    }
  }
  return [...forms];
}

function inBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const placed = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((placed.length * 8) / 6);
    return [
      placed.toString('base64').slice(from, to),
      placed.toString('base64url').slice(from, to),
    ];
  });
}
