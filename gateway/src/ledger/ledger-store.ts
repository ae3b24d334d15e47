/** What the ledger asks of its tables. It knows no rule but one: a batch joins only the head that it was made for. */
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { parseFrontier, subtreesOf } from '@chaperone/protocol/tree/frontier.ts';
import type { Frontier, TreeNode } from '@chaperone/protocol/tree/frontier.ts';
import type { NodeReader } from '@chaperone/protocol/tree/subtree.ts';
import type { Database } from '../platform/database/database.ts';
import { LedgerBroken, LedgerUnavailable } from './contract.ts';
import type { LedgerLine } from './contract.ts';
import type { LedgerTables } from './ledger-schema.ts';

/** The one row of `ledger_head`. */
const HEAD_ID = 1;

export interface StoredHead {
  readonly size: number;
  readonly checkpoint: string;
}

/** Entries with everything that follows from them, to be written together or not at all. */
export interface LedgerBatch {
  /** The head that the batch continues. */
  readonly after: number;
  readonly lines: readonly LedgerLine[];
  readonly nodes: readonly TreeNode[];
  readonly head: StoredHead;
}

export class LedgerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Reads where the ledger stands; null when nothing was ever written. */
  async head(): Promise<StoredHead | null> {
    const db = this.#database.db<LedgerTables>();
    const row = await db
      .selectFrom('ledger_head')
      .select(['size', 'checkpoint'])
      .where('id', '=', HEAD_ID)
      .executeTakeFirst();
    return row ?? null;
  }

  async countEntries(): Promise<number> {
    const db = this.#database.db<LedgerTables>();
    const row = await db
      .selectFrom('ledger_entry')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return row.count;
  }

  /** Writes a batch. @throws LedgerUnavailable when another program wrote in between */
  async write(batch: LedgerBatch): Promise<void> {
    await this.#database.transaction(async (view) => {
      const db = view.db<LedgerTables>();
      await db.insertInto('ledger_entry').values(batch.lines.map(entryRow)).execute();
      const nodes = batch.nodes.map(({ level, index, hash }) => ({
        level,
        node_index: index,
        hash,
      }));
      await db.insertInto('ledger_node').values(nodes).execute();
      if (batch.after === 0) {
        await db
          .insertInto('ledger_head')
          .values({ id: HEAD_ID, ...batch.head })
          .execute();
        return;
      }
      const { numUpdatedRows } = await db
        .updateTable('ledger_head')
        .set(batch.head)
        .where('id', '=', HEAD_ID)
        .where('size', '=', batch.after)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) {
        throw new LedgerUnavailable('Another program has written to this ledger.');
      }
    });
  }

  /** Reads entries in order. @throws LedgerBroken when one is not readable, or is filed under something else */
  async page(from: number, count: number): Promise<readonly LedgerLine[]> {
    const db = this.#database.db<LedgerTables>();
    const rows = await db
      .selectFrom('ledger_entry')
      .selectAll()
      .where('entry_index', '>=', from)
      .orderBy('entry_index')
      .limit(count)
      .execute();
    return rows.map((row) => {
      const read = readLine(row.entry_index, row.line);
      checkFiled(row, read);
      return read;
    });
  }

  async entriesOf(caseId: string): Promise<readonly LedgerLine[]> {
    const db = this.#database.db<LedgerTables>();
    const sessions = db
      .selectFrom('ledger_entry')
      .select('session_id')
      .where('case_id', '=', caseId)
      .where('session_id', 'is not', null);
    const rows = await db
      .selectFrom('ledger_entry')
      .select(['entry_index', 'line'])
      .where(({ eb, or }) => or([eb('case_id', '=', caseId), eb('session_id', 'in', sessions)]))
      .orderBy('entry_index')
      .execute();
    return rows.map((row) => readLine(row.entry_index, row.line));
  }

  /** Reads hashes of complete subtrees, each at most once. @throws LedgerBroken when one is not there */
  nodeReader(): NodeReader {
    const known = new Map<string, Uint8Array>();
    return async (level, index) => {
      const name = `${level}/${index}`;
      const hash = known.get(name) ?? (await this.#node(level, index));
      known.set(name, hash);
      return hash;
    };
  }

  /** Reads one level's hashes from one place on. */
  async nodes(level: number, from: number, count: number): Promise<readonly Uint8Array[]> {
    const db = this.#database.db<LedgerTables>();
    const rows = await db
      .selectFrom('ledger_node')
      .select('hash')
      .where('level', '=', level)
      .where('node_index', '>=', from)
      .where('node_index', '<', from + count)
      .orderBy('node_index')
      .execute();
    return rows.map((row) => row.hash);
  }

  /** Reads the right edge of the tree of the first `size` entries. @throws LedgerBroken */
  async frontier(size: number): Promise<Frontier> {
    const read = this.nodeReader();
    const hashes: Uint8Array[] = [];
    for (const { level, index } of subtreesOf(size)) hashes.push(await read(level, index));
    return parseFrontier(size, hashes);
  }

  async #node(level: number, index: number): Promise<Uint8Array> {
    const [hash] = await this.nodes(level, index, 1);
    if (hash === undefined)
      throw new LedgerBroken(`The ledger's tree has no node ${level}/${index}.`);
    return hash;
  }
}

/** Writes a fact as the line that becomes a leaf. */
export function makeLine(index: number, utcMs: number, fact: LedgerFact): LedgerLine {
  return { index, utcMs, fact, line: JSON.stringify({ index, utcMs, fact }) };
}

/** Reads a stored line. @throws LedgerBroken when it is not the entry of its row */
export function readLine(index: number, line: string): LedgerLine {
  const broken = (): never => {
    throw new LedgerBroken(`Entry ${index} of the ledger is not readable.`);
  };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    broken();
  }
  const entry = value as {
    index?: unknown;
    utcMs?: unknown;
    fact?: { kind?: unknown } | null;
  } | null;
  if (entry?.index !== index || typeof entry.utcMs !== 'number') return broken();
  if (typeof entry.fact?.kind !== 'string') return broken();
  return { index, utcMs: entry.utcMs, fact: entry.fact as LedgerFact, line };
}

/** What an entry is looked up by must be what its line says, or a case's part would lack it unseen. */
function checkFiled(row: LedgerTables['ledger_entry'], read: LedgerLine): void {
  const { utc_ms: utcMs, kind, case_id: caseId, session_id: sessionId } = entryRow(read);
  const fits =
    utcMs === row.utc_ms &&
    kind === row.kind &&
    caseId === row.case_id &&
    sessionId === row.session_id;
  if (!fits)
    throw new LedgerBroken(`Entry ${read.index} of the ledger is filed under something else.`);
}

function entryRow({ index, utcMs, fact, line }: LedgerLine): LedgerTables['ledger_entry'] {
  return {
    entry_index: index,
    utc_ms: utcMs,
    kind: fact.kind,
    case_id: 'caseId' in fact ? fact.caseId : null,
    session_id: 'sessionId' in fact ? fact.sessionId : null,
    line,
  };
}
