/**
 * Opens what a gateway stored, by the production composition without its listeners, and reads everything in it once.
 *
 * What is refused is told by its code and sentence; what is given is told by digests, so that two readings can be compared.
 */
import { X509Certificate, createHash } from 'node:crypto';
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
import { nodeCertificateReader } from '@chaperone/verify/node-certificate-reader.ts';
import { verifyJournal } from '@chaperone/verify/verify.ts';
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

/** What is sealed under the key of a case: which, and the columns of the case and of the sealed text. */
const SEALED = [
  ['detail', 'service_case.id', 'service_case.detail'],
  ['note', 'case_note.case_id', 'case_note.sealed'],
  ['reason', 'case_reason.case_id', 'case_reason.sealed'],
  ['transfer', 'case_transfer.case_id', 'case_transfer.sealed'],
  ['upload', 'case_upload.case_id', 'case_upload.sealed'],
  ['export', 'record_export.case_id', 'record_export.reason'],
  ['attestation', 'export_attestation.case_id', 'export_attestation.reason'],
  ['files of a receipt', 'countersigned_receipt.case_id', 'countersigned_receipt.files_sealed'],
  ['words', 'case_deidentification.case_id', 'case_deidentification.sealed'],
  ['outcome', 'record_deidentification.case_id', 'record_deidentification.sealed'],
] as const;

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
      await read(`journal ${cart}`, async () => await copyOf(journals, cart, tables));
    for (const [what, names, column] of SEALED)
      for (const [at, [caseId, text]] of pairs(tables, names, column).entries())
        await read(`${what} ${at}`, async () => {
          return await vault.unsealText(caseId as CaseId, text);
        });
    for (const [caseId, id] of pairs(tables, 'vault_record.case_id', 'vault_record.id')) {
      await read(`record ${id}`, async () => {
        await vault.verifyRecord(caseId as CaseId, id as RecordId);
        return (await vault.record(caseId as CaseId, id as RecordId)).sha256;
      });
    }
    for (const [caseId, id] of stagedOf(tables)) {
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

/** What `chaperone verify` makes of the copy of a cart's journal: the root that its lines give, and the head that is signed. */
async function copyOf(journals: CartJournals, serial: string, tables: Tables): Promise<string> {
  const { size, root } = await journals.position(serial);
  const lines = (await journals.lines(serial, 0, Math.max(1, size))).map(({ line }) => line);
  let frontier = EMPTY_FRONTIER;
  for (const line of lines) frontier = appendLeaf(frontier, lineHash(line));
  const head = await journals.head(serial);
  const certificate = certificateOf(serial, tables);
  const copy = { serial, lines, mark: null, certificate, head, damage: [] };
  const { ok } = await verifyJournal(copy, { certificates: nodeCertificateReader });
  return ok && encodeBase64url(rootOf(frontier)) === root ? root : 'verify says no';
}

/** The last certificate of a cart, PEM. */
function certificateOf(serial: string, tables: Tables): string | null {
  const ders = tables.get('authority_certificate.der') ?? [];
  const at = tables.get('authority_certificate.holder_id')?.lastIndexOf(serial) ?? -1;
  const der = ders[at];
  return der === undefined ? null : new X509Certificate(Buffer.from(der, 'hex')).toString();
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

/** Case and id of what is being received: transfers that move, and uploads that are not whole. */
function stagedOf(tables: Tables): readonly (readonly [string, string])[] {
  const states = tables.get('case_transfer.state') ?? [];
  const moving = pairs(tables, 'case_transfer.case_id', 'case_transfer.id').filter(
    (_, at) => states[at] === 'moving',
  );
  return [...moving, ...pairs(tables, 'case_upload.case_id', 'case_upload.id')];
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
