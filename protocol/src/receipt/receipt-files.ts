/**
 * The files of a session, as its receipt tells of them without naming one.
 *
 * The cart writes one line for each file, with its name, its digest and a salt of its own. The receipt holds only how many
 * lines there are and the root of the tree over them (RFC 6962 §2.1), so that it may be kept after the case is destroyed:
 * who has the lines can show that they are those, one or all of them; who has not learns nothing. The lines may hold PHI:
 * they are the facility's, and are destroyed with the case everywhere else. Decision 0037; normative: docs/protocol.md.
 */
import { z } from 'zod';
import { base64url32, transferId } from '../cart-api/schema.ts';
import { encodeBase64url } from '../tree/base64.ts';
import { EMPTY_FRONTIER, appendLeaf, rootOf } from '../tree/frontier.ts';
import { lineHash } from '../tree/merkle-hash.ts';

/** Files that one receipt tells of; later ones are counted as left out. */
export const RECEIPT_FILES_MAX = 10_000;
/** Characters of one line: a path of 4,096 bytes, escaped, and the rest. */
export const RECEIPT_FILE_LINE_MAX = 26_000;
const NAME_CHARACTERS_MAX = 4096;

/** From the cart to the service centre, or the other way. */
export const FILE_DIRECTIONS = ['from-cart', 'to-cart'] as const;
export type FileDirection = (typeof FILE_DIRECTIONS)[number];

/** whole: every byte, and its digest. broken: cut, cancelled or failed on the way. refused: the cart did not take it. */
export const FILE_OUTCOMES = ['whole', 'broken', 'refused'] as const;
export type FileOutcome = (typeof FILE_OUTCOMES)[number];

export const receiptFile = z.strictObject({
  transfer: transferId,
  direction: z.enum(FILE_DIRECTIONS),
  outcome: z.enum(FILE_OUTCOMES),
  /** Of a whole file all of it, otherwise what had passed. */
  bytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  /** Its path as the cart knows it. May hold PHI. */
  name: z.string().min(1).max(NAME_CHARACTERS_MAX),
  /** SHA-256 of the whole content, base64url; null when it was not whole. */
  sha256: base64url32.nullable(),
  utcMs: z.number().int(),
  /** 32 random bytes, so that nobody can guess a name against the root. */
  salt: base64url32,
});
export type ReceiptFile = z.infer<typeof receiptFile>;

/** What the receipt says of its files. */
export const receiptFiles = z.strictObject({
  count: z.number().int().min(0).max(RECEIPT_FILES_MAX),
  /** Root of the tree over the lines; of the empty tree when there are none. */
  root: base64url32,
  /** Files that moved after the list was full. */
  leftOut: z.number().int().min(0),
});
export type ReceiptFiles = z.infer<typeof receiptFiles>;

/** The bytes of a line, without a newline: what is hashed. */
export const receiptFileLine = z.string().min(2).max(RECEIPT_FILE_LINE_MAX);

/** Writes a file as its line; the order of the fields is that of the schema. */
export function writeReceiptFile(file: ReceiptFile): string {
  const { transfer, direction, outcome, bytes, name, sha256, utcMs, salt } = file;
  return JSON.stringify({ transfer, direction, outcome, bytes, name, sha256, utcMs, salt });
}

/** Reads a line; undefined when it is none, or not exactly as it would be written. */
export function readReceiptFile(line: string): ReceiptFile | undefined {
  if (line.length > RECEIPT_FILE_LINE_MAX) return undefined;
  try {
    const parsed = receiptFile.safeParse(JSON.parse(line));
    return parsed.success && writeReceiptFile(parsed.data) === line ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Says the lines as a receipt does. */
export function receiptFilesOf(lines: readonly string[], leftOut: number): ReceiptFiles {
  const frontier = lines.map(lineHash).reduce(appendLeaf, EMPTY_FRONTIER);
  return { count: lines.length, root: encodeBase64url(rootOf(frontier)), leftOut };
}
