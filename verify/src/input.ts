/** Reads what a path leads to: an evidence bundle, an acceptance report, or a cart's journal. Sizes are bounded before anything is read. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { EVIDENCE_BYTES_MAX } from '@chaperone/protocol/evidence/schema.ts';
import { JOURNAL_BEGIN, readEvidenceFile } from './evidence-file.ts';
import type { EvidenceFile } from './evidence-file.ts';
import { EvidenceUnusable } from './verify.ts';
import type { JournalCopy } from './verify.ts';

/** Bytes of a certificate, a checkpoint or a signed head in a file of its own. */
const SMALL_FILE_BYTES_MAX = 64 * 1024;
const JOURNAL_FILE = 'journal.ndjson';
const MARK_FILE = 'journal.mark';
/** The cart writes two slots in turn, each with a check of its own. */
const MARK_SLOT_BYTES = 128;
const MARK_FORM = /^(\d{1,15}) ([A-Za-z0-9_-]{43}) ([0-9a-f]{16}) *\n$/;

type Journal = Pick<JournalCopy, 'lines' | 'mark' | 'damage'>;
export type Input =
  | Exclude<EvidenceFile, { readonly is: 'journal' }>
  | { readonly is: 'journal'; readonly journal: Journal };

/** Reads a path. @throws EvidenceUnusable */
export async function readInput(given: string): Promise<Input> {
  const found = await stat(given).catch((cause: unknown) => refuse(given, cause));
  if (found.isDirectory()) return { is: 'journal', journal: await readDirectory(given) };
  const bytes = await readBounded(given, EVIDENCE_BYTES_MAX);
  const isJournal = given.endsWith('.ndjson') || bytes.toString('latin1', 0, 9) === JOURNAL_BEGIN;
  if (isJournal) return { is: 'journal', journal: readJournal(bytes, null) };
  const file = readEvidenceFile(textOf(bytes));
  if (file.is === 'journal') throw new EvidenceUnusable('This is a journal, and no evidence.');
  return file;
}

/** Reads a certificate, a checkpoint or a head. @throws EvidenceUnusable */
export async function readSmallText(file: string): Promise<string> {
  return (await readBounded(file, SMALL_FILE_BYTES_MAX)).toString('utf8');
}

async function readDirectory(directory: string): Promise<Journal> {
  const file = path.join(directory, JOURNAL_FILE);
  const bytes = await readBounded(file, EVIDENCE_BYTES_MAX);
  const mark = path.join(directory, MARK_FILE);
  const hasMark = await stat(mark).then(
    () => true,
    () => false,
  );
  return readJournal(bytes, hasMark ? await readSmallText(mark) : null);
}

/** Takes lines apart. What follows the last newline was never acknowledged by the cart. */
function readJournal(bytes: Buffer, markText: string | null): Journal {
  const lines: string[] = [];
  const damage: string[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, begin)) {
    const raw = bytes.subarray(begin, end);
    const line = raw.toString('utf8');
    if (!Buffer.from(line).equals(raw)) damage.push(`Line ${lines.length} is not text any more.`);
    lines.push(line);
    begin = end + 1;
  }
  const mark = markText === null || markText === '' ? null : readMark(markText);
  if (mark === undefined) damage.push(`The cart's mark (${MARK_FILE}) is damaged.`);
  return { lines, mark: mark ?? null, damage };
}

function readMark(text: string): JournalCopy['mark'] | undefined {
  const marks = [0, MARK_SLOT_BYTES].flatMap((at) => {
    const [, size, root, check] = MARK_FORM.exec(text.slice(at, at + MARK_SLOT_BYTES)) ?? [];
    if (size === undefined || root === undefined) return [];
    const own = createHash('sha256').update(`${size} ${root}`).digest('hex').slice(0, 16);
    return check === own ? [{ size: Number(size), root }] : [];
  });
  return marks.toSorted((one, other) => other.size - one.size)[0];
}

async function readBounded(file: string, bytesMax: number): Promise<Buffer> {
  const found = await stat(file).catch((cause: unknown) => refuse(file, cause));
  if (!found.isFile()) throw new EvidenceUnusable(`${file} is not a file.`);
  if (found.size > bytesMax) {
    throw new EvidenceUnusable(`${file} has ${found.size} bytes; at most ${bytesMax} are read.`);
  }
  return await readFile(file).catch((cause: unknown) => refuse(file, cause));
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EvidenceUnusable('The file is not JSON: is it copied whole?', { cause });
  }
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'it is not there'],
  ['ENOTDIR', 'it is not there'],
  ['EACCES', 'you are not allowed to read it'],
]);

function refuse(file: string, cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  throw new EvidenceUnusable(
    `${file} cannot be read: ${REASONS.get(code) ?? 'the disk refuses'}.`,
    {
      cause,
    },
  );
}
