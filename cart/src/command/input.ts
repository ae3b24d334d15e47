/** What a command reads from and writes to files that a person named, and standard input: secrets come this way, never on the command line. */
import { stat, writeFile } from 'node:fs/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { readSmallText } from '../platform/small-input.ts';
import { writeWholeFile } from '../platform/whole-file.ts';

/** A file that was named cannot be read, or is far too long for what it should be. */
export class FileUnreadable extends DomainError {
  readonly code = 'FILE_UNREADABLE';
}

/** A file that was named cannot be written; nothing is there under its name that was not before. */
export class FileUnwritable extends DomainError {
  readonly code = 'FILE_UNWRITABLE';
}

/** Reads a file that a person named. @param file a path, or `-` for standard input @throws FileUnreadable */
export async function readInput(file: string, bytesMax: number, what: string): Promise<string> {
  const text = await readSmallText(file, bytesMax).catch((cause: unknown) => {
    throw new FileUnreadable(`The file ${file} cannot be read.`, { cause });
  });
  if (text !== null) return text;
  throw new FileUnreadable(`The file ${file} is far too long to be ${what}.`);
}

/** Everybody may read what is written for a person; it holds no secret. */
const OUTPUT_MODE = 0o644;

/** Writes a file that a person named, whole or not at all. @throws FileUnwritable */
export async function writeOutput(file: string, content: string): Promise<void> {
  try {
    const there = await stat(file).catch(() => null);
    // A device such as /dev/stdout is written to; it must never be replaced by a file.
    if (there === null || there.isFile()) await writeWholeFile(file, content, OUTPUT_MODE);
    else await writeFile(file, content);
  } catch (cause) {
    throw new FileUnwritable(
      `The file ${file} cannot be written: its folder must be there and yours to write in.`,
      { cause },
    );
  }
}
