/**
 * Recognises a file of the inbox as the one that is about to be sent.
 *
 * An agent that ends between giving a file its name and saying so knows nothing of it afterwards: its desk asks again, and the name is
 * taken, by that very file. It is told by its size and its SHA-256; whatever else has the name stays what it is. Nothing is said of it
 * but yes or no, so that nobody learns what they do not have already. Decision 0048.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { FILE_HEAD_BYTES } from '@chaperone/domain/file-kind/file-kind.ts';
import type { InboxFile } from '@chaperone/protocol/cart-api/schema.ts';
import { TransferUnknown } from './file-error.ts';
import type { Place } from './placing.ts';
import { openDirectory, openRegularFile } from './tree.ts';

/** Read at once. */
const READ_BYTES = 1024 * 1024;

export interface PlacedBefore {
  /** The first bytes, by which its kind is told. */
  readonly head: Buffer;
}

/**
 * The looks of one session. One file is read at a time, however many are announced; who asks again while a large one is being read
 * waits for the same reading.
 */
export class PlacedLooks {
  readonly #inboxPath: string;
  readonly #under = new Map<string, Promise<PlacedBefore | null>>();
  #turn: Promise<unknown> = Promise.resolve();
  #sessionEnd = new AbortController();

  constructor(inboxPath: string) {
    this.#inboxPath = inboxPath;
  }

  /**
   * Looks whether the very file is in its place, and brings it to the disk for good.
   * @returns null when nothing is there, something else is, or it cannot be read
   * @throws TransferUnknown when the session ended meanwhile
   */
  async look(place: Place, announced: InboxFile): Promise<PlacedBefore | null> {
    const { signal } = this.#sessionEnd;
    const asked = JSON.stringify(announced);
    const begun = this.#under.get(asked) ?? this.#look(place, announced, signal);
    this.#under.set(asked, begun);
    try {
      const found = await begun;
      if (signal.aborted) throw new TransferUnknown('The session of this transfer is over.');
      return found;
    } finally {
      if (this.#under.get(asked) === begun) this.#under.delete(asked);
    }
  }

  /** Ends what is being read. */
  endSession(): void {
    this.#sessionEnd.abort();
    this.#sessionEnd = new AbortController();
    this.#under.clear();
  }

  async #look(
    place: Place,
    announced: InboxFile,
    signal: AbortSignal,
  ): Promise<PlacedBefore | null> {
    try {
      const segments = [...place.folder, place.name];
      await using file = await openRegularFile(this.#inboxPath, segments);
      if ((await file.stat()).size !== announced.bytes) return null;
      const turn = this.#turn.then(async () => await readAs(file, announced, signal));
      this.#turn = turn.catch(() => undefined);
      const found = await turn;
      if (found !== null) await settle(file, this.#inboxPath, place);
      return found;
    } catch {
      // What cannot be read is not recognised: the name is taken, which is told elsewhere.
      return null;
    }
  }
}

/** Reads an open file. @returns null when it is not the announced one */
async function readAs(
  file: FileHandle,
  { bytes, sha256 }: InboxFile,
  signal: AbortSignal,
): Promise<PlacedBefore | null> {
  const before = await file.stat();
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, Math.max(1, bytes)));
  let head = Buffer.alloc(0);
  for (let at = 0; at < bytes;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return null;
    const read = chunk.subarray(0, bytesRead);
    hash.update(read);
    if (head.length < FILE_HEAD_BYTES)
      head = Buffer.concat([head, read]).subarray(0, FILE_HEAD_BYTES);
    at += bytesRead;
  }
  const after = await file.stat();
  const isSame = after.size === bytes && after.mtimeMs === before.mtimeMs;
  return isSame && hash.digest('base64') === sha256 ? { head } : null;
}

/** The agent may have ended before file and names were on the disk. */
async function settle(file: FileHandle, inboxPath: string, { folder }: Place): Promise<void> {
  await file.sync();
  for (let depth = folder.length; depth >= 0; depth -= 1) {
    await using directory = await openDirectory(inboxPath, folder.slice(0, depth));
    await directory.sync();
  }
}
