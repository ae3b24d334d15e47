/** HTTP Basic credentials. @see RFC 7617 */

/** A serial of 64 and a generously spaced code, in base64. */
const HEADER_CHARACTERS_MAX = 512;

/** Reads name and password from an Authorization header; undefined when there are none to be read. */
export function readBasicCredentials(
  header: string | undefined,
): { readonly name: string; readonly password: string } | undefined {
  if (header === undefined || header.length > HEADER_CHARACTERS_MAX) return undefined;
  const base64 = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header)?.[1];
  if (base64 === undefined) return undefined;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
