/**
 * By what a window knows a file again after it was loaded anew: SHA-256 over folder, name, size and time of change.
 *
 * It is kept by the desk, sealed with the case; the browser's storage gets nothing. The content is not read for it: each piece
 * has a checksum of its own, and a file that was written to has another time.
 */
import type { ChosenFile } from './chosen-file.ts';

export async function fingerprintOf({ file, folder }: ChosenFile): Promise<string> {
  const said = JSON.stringify([folder, file.name, file.size, file.lastModified]);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(said));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
