/**
 * The receipts of this cart's sessions, one file each in `receipts/`: what the cart signed, the list of files behind it, and what
 * the gateway signed in return.
 *
 * The lists hold names of files and so perhaps PHI: they stay on the cart, which holds those files themselves, and go out only
 * to the gateway of that session and to whoever has an account on the cart. Decision 0037.
 */
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import { AWAITING_RECEIPTS_MAX } from '@chaperone/protocol/cart-api/evidence.ts';
import { sessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { Log } from '../platform/log.ts';
import { isNeighbour, writeWholeFile } from '../platform/whole-file.ts';
import { EvidenceUnreadable, ReceiptUnknown } from './evidence-error.ts';

/** Receipts that are kept. With lists of files some kilobytes each, at most 3 MB. */
export const RECEIPTS_KEPT_MAX = 1000;
/** `<time of the end, 15 digits>-<session>[.awaiting].json`: names sort as sessions ended. */
const NAME = /^(\d{15})-(sess-[0-9a-z]+)(\.awaiting)?\.json$/;

interface Kept {
  readonly name: string;
  readonly session: string;
  readonly isAwaiting: boolean;
}

export class ReceiptShelf {
  readonly #directory: string;
  readonly #log: Pick<Log, 'warn'>;
  #kept: readonly Kept[];

  private constructor(directory: string, log: Pick<Log, 'warn'>, kept: readonly Kept[]) {
    this.#directory = directory;
    this.#log = log;
    this.#kept = kept;
  }

  /** Opens the shelf; what a stop left half written is taken away. */
  static async open(directory: string, log: Pick<Log, 'warn'>): Promise<ReceiptShelf> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) {
      if (isLeftOver(name)) await rm(path.join(directory, name), { force: true });
    }
    return await ReceiptShelf.look(directory, log);
  }

  /** Looks at a shelf that a running agent may be writing to; an empty one when there is none. */
  static async look(directory: string, log: Pick<Log, 'warn'>): Promise<ReceiptShelf> {
    const names: string[] = await readdir(directory).catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
      throw new EvidenceUnreadable(`The directory ${directory} cannot be read.`, { cause });
    });
    const kept = names.toSorted().flatMap((name) => keptAs(name) ?? []);
    return new ReceiptShelf(directory, log, withoutTwins(kept));
  }

  /** Granted sessions whose receipt is not countersigned, the oldest first. */
  awaiting(): readonly SessionId[] {
    const sessions = this.#kept.flatMap(({ session, isAwaiting }) =>
      isAwaiting ? [session as SessionId] : [],
    );
    return sessions.slice(-AWAITING_RECEIPTS_MAX);
  }

  has(session: SessionId): boolean {
    return this.#kept.some((each) => each.session === session);
  }

  /** How many receipts are kept, and how many of them wait. */
  counts(): { readonly kept: number; readonly awaiting: number } {
    return {
      kept: this.#kept.length,
      awaiting: this.#kept.filter(({ isAwaiting }) => isAwaiting).length,
    };
  }

  /** Keeps a receipt; the oldest goes when there are too many. */
  async keep(
    session: SessionId,
    endedUtcMs: number,
    file: SessionReceiptFile,
    isAwaiting: boolean,
  ): Promise<void> {
    const stamp = String(Math.max(0, endedUtcMs)).padStart(15, '0');
    const name = `${stamp}-${session}${isAwaiting ? '.awaiting' : ''}.json`;
    await writeWholeFile(path.join(this.#directory, name), JSON.stringify(file));
    this.#kept = [...this.#kept, { name, session, isAwaiting }];
    while (this.#kept.length > RECEIPTS_KEPT_MAX) {
      const [oldest, ...rest] = this.#kept;
      if (oldest !== undefined) await rm(path.join(this.#directory, oldest.name), { force: true });
      this.#kept = rest;
    }
  }

  /** Puts the countersigned receipt in the place of the one that waited. @throws ReceiptUnknown */
  async complete(session: SessionId, file: SessionReceiptFile): Promise<void> {
    const { name } = this.#find(session);
    const complete = name.replace('.awaiting', '');
    await writeWholeFile(path.join(this.#directory, complete), JSON.stringify(file));
    if (complete !== name) await rm(path.join(this.#directory, name), { force: true });
    this.#kept = this.#kept.map((each) =>
      each.name === name ? { ...each, name: complete, isAwaiting: false } : each,
    );
  }

  /** @throws ReceiptUnknown, EvidenceUnreadable */
  async read(session: SessionId): Promise<SessionReceiptFile> {
    return await this.#read(this.#find(session).name);
  }

  /** All that can be read, oldest first; one that is damaged is passed over, and said in the log. */
  async all(): Promise<readonly SessionReceiptFile[]> {
    const files: SessionReceiptFile[] = [];
    for (const { name } of this.#kept) {
      try {
        files.push(await this.#read(name));
      } catch (fault) {
        this.#log.warn({ err: fault, name }, 'a receipt cannot be read');
      }
    }
    return files;
  }

  #find(session: SessionId): Kept {
    const found = this.#kept.find((each) => each.session === session);
    if (found === undefined) throw new ReceiptUnknown('There is no receipt of this session.');
    return found;
  }

  async #read(name: string): Promise<SessionReceiptFile> {
    try {
      const text = await readFile(path.join(this.#directory, name), 'utf8');
      return sessionReceiptFile.parse(JSON.parse(text));
    } catch (cause) {
      throw new EvidenceUnreadable('A receipt on this cart cannot be read.', { cause });
    }
  }
}

function keptAs(name: string): Kept | null {
  const [, , session, waits] = NAME.exec(name) ?? [];
  return session === undefined ? null : { name, session, isAwaiting: waits !== undefined };
}

/** A kill between writing the countersigned one and taking the other away leaves both: the countersigned one counts. */
function withoutTwins(kept: readonly Kept[]): readonly Kept[] {
  const done = new Set(kept.flatMap(({ session, isAwaiting }) => (isAwaiting ? [] : [session])));
  return kept.filter(({ session, isAwaiting }) => !isAwaiting || !done.has(session));
}

function isLeftOver(name: string): boolean {
  const [, of = ''] = /^\.(.+)\.making-/.exec(name) ?? [];
  return of !== '' && isNeighbour(name, of);
}
