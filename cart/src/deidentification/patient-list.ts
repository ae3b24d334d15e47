/**
 * Names and numbers of the patients that this cart may have seen, from a file that the facility keeps on it, such as an export of its
 * worklist: one to a line. It is read anew for each file, leaves the cart in no form, and makes up for the images that nobody fetched.
 */
import { readFile, stat } from 'node:fs/promises';

/** Some thousand lines. Bytes. */
const LIST_BYTES_MAX = 256 * 1024;

/** Null when a list is configured and cannot be read: then nobody knows what to look for. */
export async function patientList(file: string | null): Promise<readonly string[] | null> {
  if (file === null) return [];
  try {
    if ((await stat(file)).size > LIST_BYTES_MAX) throw new RangeError('too large');
    const text = await readFile(file, 'utf8');
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch {
    return null;
  }
}
