/** Test support: real directories with a cart's files in them, and a right that records instead of deciding. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { TemplatesPin } from '@chaperone/deidentification/dicom/template.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { BLOCK_BYTES } from '@chaperone/domain/transfer/block.ts';
import type { InboxFile } from '@chaperone/protocol/cart-api/schema.ts';
import { Deidentification } from '../../deidentification/deidentification.ts';
import type { DeidentificationOptions } from '../../deidentification/deidentification.ts';
import { Files } from '../files.ts';
import type { MovedFile } from '../../session/session.ts';
import type { FileRight } from '../files.ts';

class Refused extends DomainError {
  readonly code = 'GRANT_NOT_IN_FORCE';
}

export class RecordingRight implements FileRight {
  deidentifyFor: CaseId | null = null;
  readonly sessionId = newId('session', randomBytes);
  readonly grantId = newId('grant', randomBytes);
  readonly facts: JournalFact[] = [];
  isOver = false;
  files = 0;
  readonly settledFiles: MovedFile[] = [];
  /** What the facility's policy says of each file; every file may be moved by default. */
  admitFile: FileRight['admitFile'] = () => undefined;

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
  settled(file: MovedFile): void {
    this.settledFiles.push(file);
  }
  kinds(): readonly string[] {
    return this.facts.map(({ kind }) => kind);
  }
}

/** Opens the files of a cart in temporary directories, which are gone when the test is over. */
export async function startFiles(
  t: TestContext,
  inboxPath?: string,
  bytesMax = 10_000_000,
  templates: TemplatesPin = {},
  preparing: Partial<
    Pick<
      DeidentificationOptions,
      'answerWithinMs' | 'deidentify' | 'mayUseTemplates' | 'patientListFile'
    >
  > = {},
) {
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
      deidentification: await Deidentification.open({
        dataDirectory: directory,
        templates,
        mayUseTemplates: () => true,
        ...preparing,
      }),
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
): InboxFile {
  return { transfer, name, bytes: content.length, sha256: digest(content) };
}

/** The same with blocks, as a desk of version 2 does. */
export function announcedInBlocks(name: string, content: Uint8Array, folder?: string): InboxFile {
  const file = { ...announced(name, content), blocks: BLOCK_BYTES } as const;
  return folder === undefined ? file : { ...file, folder };
}
