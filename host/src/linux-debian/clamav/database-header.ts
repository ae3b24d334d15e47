/**
 * The header of a container of ClamAV definitions (`.cvd`, `.cld`, `.cud`): 512 bytes of ASCII, padded with spaces, its
 * fields divided by colons. It is read without its signature, which clamd checks when it loads the container.
 *
 * | field | content |
 * |---|---|
 * | 1 | `ClamAV-VDB` |
 * | 2 | when it was built, as a person reads it: `26 Nov 2026 09-00 +0000` |
 * | 3 | version |
 * | 4 | number of signatures |
 * | 5 | least functionality level |
 * | 6 | MD5 of what follows |
 * | 7 | signature |
 * | 8 | who built it |
 * | 9 | when it was built, seconds UTC |
 */
export const DATABASE_HEADER_BYTES = 512;

const FIELDS = 9;
const NAME = 'ClamAV-VDB';

/** Gives when the container was built, milliseconds UTC; null when this is no such header. */
export function readDatabaseHeader(head: Uint8Array): number | null {
  if (head.length < DATABASE_HEADER_BYTES) return null;
  const text = Buffer.from(head.subarray(0, DATABASE_HEADER_BYTES)).toString('latin1');
  const fields = text.trimEnd().split(':');
  const seconds = fields[FIELDS - 1];
  if (fields[0] !== NAME || fields.length !== FIELDS) return null;
  return seconds !== undefined && /^\d{1,11}$/.test(seconds) ? Number(seconds) * 1000 : null;
}
