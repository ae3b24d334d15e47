/**
 * Opens what a gateway stored, by the production composition without its listeners, and reads everything in it once.
 *
 * What is refused is told by its code and sentence; what is given is told by digests, so that two readings can be compared.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
import { recordEstablishment } from '@chaperone/gateway/composition/establish.ts';
import { openGatewayVault } from '@chaperone/gateway/composition/vault.ts';
import {
  Closers,
  openGatewayAuthority,
  openStorage,
} from '@chaperone/gateway/composition/zones.ts';
import type { CartJournals } from '@chaperone/gateway/ledger/contract.ts';
import { openCartJournals } from '@chaperone/gateway/ledger/reconciliation/reconciliation.ts';
import { loadConfiguration } from '@chaperone/gateway/platform/configuration/configuration.ts';
import { encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { EMPTY_FRONTIER, appendLeaf, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { silentLog } from '@chaperone/gateway/platform/log/log.ts';

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Values of every column of every row: `table.column` → values in the order of the rows. */
export type Tables = ReadonlyMap<string, readonly string[]>;

export interface GatewayReading {
  /** Why it did not open; null when it did. */
  readonly refused: Refusal | null;
  readonly verifierKey: string;
  readonly tables: Tables;
  /** What was read of each sealed thing: a digest, or the code of the refusal. */
  readonly sealed: ReadonlyMap<string, string>;
}

/** @throws what is not one of our errors: a stack trace for whoever starts it */
export async function readGateway(folder: string): Promise<GatewayReading> {
  const closers = new Closers();
  try {
    const configuration = {
      ...(await loadConfiguration(path.join(folder, 'gateway.json'))),
      dataDirectory: path.join(folder, 'gateway'),
    };
    const storage = await openStorage(configuration, { log: silentLog() }, closers);
    const authority = await openGatewayAuthority(storage, closers);
    await recordEstablishment(storage.ledger, authority.facts);
    const vault = await openGatewayVault(storage, closers);
    const tables = readTables(path.join(folder, 'gateway', 'gateway.db'));
    const sealed = new Map<string, string>();
    const read = async (what: string, act: () => Promise<string>): Promise<void> => {
      sealed.set(what, await codeOr(act));
    };
    await read('the whole ledger', async () => {
      await storage.ledger.verifyAll();
      return 'verified';
    });
    const journals = openCartJournals(storage);
    for (const cart of tables.get('cart_journal_head.cart') ?? [])
      await read(`journal ${cart}`, async () => await copyOf(journals, cart));
    for (const [caseId, text] of pairs(tables, 'service_case.id', 'service_case.detail'))
      await read(`detail ${caseId}`, async () => await vault.unsealText(caseId as CaseId, text));
    for (const [caseId, text] of pairs(tables, 'case_note.case_id', 'case_note.sealed'))
      await read(`note ${caseId}`, async () => await vault.unsealText(caseId as CaseId, text));
    for (const [caseId, text] of pairs(tables, 'case_reason.case_id', 'case_reason.sealed'))
      await read(`reason ${caseId}`, async () => await vault.unsealText(caseId as CaseId, text));
    for (const [caseId, text] of pairs(tables, 'case_transfer.case_id', 'case_transfer.sealed'))
      await read(
        `transfer ${digest(text)}`,
        async () => await vault.unsealText(caseId as CaseId, text),
      );
    for (const [caseId, id] of pairs(tables, 'vault_record.case_id', 'vault_record.id')) {
      await read(`record ${id}`, async () => {
        await vault.verifyRecord(caseId as CaseId, id as RecordId);
        return (await vault.record(caseId as CaseId, id as RecordId)).sha256;
      });
    }
    for (const [caseId, id, state] of stagedOf(tables)) {
      if (state !== 'moving') continue;
      await read(`staged ${id}`, async () => {
        const staging = await vault.openStaging(caseId as CaseId, id as TransferId);
        const { receivedBytes } = staging;
        await staging.suspend();
        return `${receivedBytes} bytes`;
      });
    }
    return { refused: null, verifierKey: storage.ledger.verifierKey(), tables, sealed };
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    const { code, message } = fault;
    return { refused: { code, message }, verifierKey: '', tables: new Map(), sealed: new Map() };
  } finally {
    await closers.close();
  }
}

/** What `chaperone verify` makes of the copy of a cart's journal: the root that its lines give. */
async function copyOf(journals: CartJournals, cart: string): Promise<string> {
  const { size, root } = await journals.position(cart);
  let frontier = EMPTY_FRONTIER;
  for (const { line } of await journals.lines(cart, 0, Math.max(1, size)))
    frontier = appendLeaf(frontier, lineHash(line));
  return encodeBase64url(rootOf(frontier)) === root ? root : 'verify says no';
}

/** Columns of all tables; the rows as they lie in the file. */
export function readTables(file: string): Tables {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = new Map<string, string[]>();
    const names = database
      .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
      .all();
    for (const { name } of names) {
      const table = String(name);
      const columns = database.prepare(`pragma table_info("${table}")`).all();
      for (const column of columns) tables.set(`${table}.${String(column['name'])}`, []);
      for (const row of database.prepare(`select * from "${table}" order by rowid`).all()) {
        for (const [column, value] of Object.entries(row))
          tables.get(`${table}.${column}`)?.push(textOf(value));
      }
    }
    return tables;
  } finally {
    database.close();
  }
}

/** Names the columns in which two readings differ. */
export function changedColumns(one: Tables, other: Tables): readonly string[] {
  const columns = new Set([...one.keys(), ...other.keys()]);
  return [...columns].filter(
    (column) => JSON.stringify(one.get(column)) !== JSON.stringify(other.get(column)),
  );
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}

function pairs(tables: Tables, one: string, other: string): readonly (readonly [string, string])[] {
  const others = tables.get(other) ?? [];
  const found = (tables.get(one) ?? []).map((value, at) => [value, others[at] ?? ''] as const);
  return found.filter(([, value]) => value !== 'null');
}

function stagedOf(tables: Tables): readonly (readonly [string, string, string])[] {
  const [ids, states] = [tables.get('case_transfer.id'), tables.get('case_transfer.state')];
  return (tables.get('case_transfer.case_id') ?? []).map(
    (caseId, at) => [caseId, ids?.[at] ?? '', states?.[at] ?? ''] as const,
  );
}

async function codeOr(act: () => Promise<string>): Promise<string> {
  try {
    return digest(await act());
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    return fault.code;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
