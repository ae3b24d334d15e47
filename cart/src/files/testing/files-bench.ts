/** Test support: real directories with a cart's files in them, and a right that records instead of deciding. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { Files } from '../files.ts';
import type { FileRight } from '../files.ts';

class Refused extends DomainError {
  readonly code = 'GRANT_NOT_IN_FORCE';
}

export class RecordingRight implements FileRight {
  readonly sessionId = newId('session', randomBytes);
  readonly grantId = newId('grant', randomBytes);
  readonly facts: JournalFact[] = [];
  isOver = false;
  files = 0;

  async recordFirst(facts: readonly JournalFact[]): Promise<void> {
    if (this.isOver) throw new Refused('The session is over.');
    this.facts.push(...facts);
  }
  recordAfter(facts: readonly JournalFact[]): void {
    this.facts.push(...facts);
  }
  moved(change: { readonly filesFetched?: number; readonly filesPlaced?: number }): void {
    this.files += (change.filesFetched ?? 0) + (change.filesPlaced ?? 0);
  }
  kinds(): readonly string[] {
    return this.facts.map(({ kind }) => kind);
  }
}

/** Opens the files of a cart in temporary directories, which are gone when the test is over. */
export async function startFiles(t: TestContext, inboxPath?: string, bytesMax = 10_000_000) {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-files-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const exposed = path.join(directory, 'exposed');
  const inbox = inboxPath ?? path.join(directory, 'inbox');
  await mkdir(exposed);
  await mkdir(inbox, { recursive: true });
  await writeFile(path.join(directory, 'secret.txt'), 'secret');
  const open = async (): Promise<Files> =>
    Files.open({
      dataDirectory: directory,
      directories: [{ id: 'images', label: 'Images', path: exposed }],
      inbox: { path: inbox, label: 'Inbox', bytesMax },
      onTransfers: () => undefined,
    });
  const files = await open();
  t.after(() => files.endSession());
  return { directory, exposed, inbox, files, open, right: new RecordingRight() };
}

/** SHA-256 in base64, as it goes over the wire. */
export const digest = (content: Uint8Array): string =>
  createHash('sha256').update(content).digest('base64');

/** Announces a file as the desk does. */
export function announced(
  name: string,
  content: Uint8Array,
  transfer = newId('transfer', randomBytes),
) {
  return { transfer, name, bytes: content.length, sha256: digest(content) };
}
