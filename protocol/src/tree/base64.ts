/** Standard base64 and base64url, strictly: one text for each value, and no other text is read. */

/** Writes standard base64 with padding (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Reads standard base64 with padding; undefined for anything that `encodeBase64` would not write. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return encodeBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Writes base64url without padding (RFC 4648 §5). */
export function encodeBase64url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Reads base64url without padding; undefined for anything that `encodeBase64url` would not write. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const padding = '='.repeat((4 - (text.length % 4)) % 4);
  const standard = text.replaceAll('-', '+').replaceAll('_', '/') + padding;
  const bytes = decodeBase64(standard);
  return bytes !== undefined && encodeBase64url(bytes) === text ? bytes : undefined;
}
