/**
 * Goal: every place in which something of a case can lie is declared with what becomes of it, and after a destruction a search
 * that asks no zone finds nothing of the case: no file, no row, no byte of what was planted, in whichever encoding.
 * Method: a whole session on both databases with planted texts; then all tables and all bytes of the data directory and of
 * the directory for temporary files are read. The search itself is tested with rows and files that nobody erases.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { sql } from 'kysely';
import { openDatabase } from '../platform/database/database.ts';
import type { Database } from '../platform/database/database.ts';
import { readDatabaseLocation } from '../platform/configuration/configuration.ts';
import { countRowsNaming, tablesOf, tablesWithColumn } from '../platform/database/named-rows.ts';
import { forEachDatabase } from '../platform/database/testing/database-suite.ts';
import { createTable } from '../platform/database/schema.ts';
import { systemRandom } from '../platform/random/random.ts';
import { CASE_TABLES, DATA_PLACES, caseSearch } from './case-places.ts';
import { newTestGateway, someBytes } from './testing/gateway-harness.ts';
import type { TestGateway } from './testing/gateway-harness.ts';
import { uploadFile, uploadHeaders, uploadedRecord } from './testing/upload-file.ts';
import { filesWith } from './testing/planted.ts';
import {
  PLANTED,
  fetchFile,
  grantSession,
  openCase,
  resolveCase,
  sessionIs,
  transferIs,
} from './testing/session-script.ts';

/** Everything that a gateway or a library of it may write beside its data directory. */
const TEMPORARY = mkdtempSync(path.join(tmpdir(), 'chaperone-case-places-'));
after(() => rmSync(TEMPORARY, { recursive: true, force: true }));

/** Has `os.tmpdir()` name the searched directory, until the test ends. */
function writeBeside(t: TestContext): void {
  const outside = process.env['TMPDIR'];
  process.env['TMPDIR'] = TEMPORARY;
  t.after(() => {
    if (outside === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = outside;
  });
}

const READY = { bytes: 3_000_000, planted: Object.values(PLANTED) } as const;

/** A whole session with planted texts, that ends with files that are there, sent, and half received. */
async function worked(gateway: TestGateway) {
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  const file = Buffer.concat([Buffer.from(PLANTED.content), someBytes(READY.bytes)]);
  cart.files.set(PLANTED.fileName, file);
  const whole = await fetchFile(tara, serviceCase, PLANTED.fileName);
  await transferIs(tara, serviceCase, whole, 'done');
  const note = { body: { text: PLANTED.note } };
  await tara.ask('POST', `/api/cases/${serviceCase.id}/notes`, note);
  uploadedRecord(await uploadFile(tara, serviceCase.id, PLANTED.fileName, file));
  const log = Buffer.from(`2026-11-30T08:00:00Z MRN: 4455667 ${PLANTED.note}\n`);
  const record = uploadedRecord(await uploadFile(tara, serviceCase.id, 'system.log', log)).id;
  const made = await tara.ask(
    'POST',
    `/api/cases/${serviceCase.id}/records/${record}/deidentification`,
  );
  assert.equal(made.status, 200, made.text);
  const headers = uploadHeaders(PLANTED.fileName, 10);
  const begun = await tara.ask('POST', `/api/cases/${serviceCase.id}/uploads`, { headers });
  assert.equal(begun.status, 201, begun.text);
  cart.breakAfterBytes = 1_000_000;
  const half = await fetchFile(tara, serviceCase, PLANTED.fileName);
  await transferIs(tara, serviceCase, half, 'interrupted');
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  cart.drop();
  await sessionIs(tara, serviceCase, 'ended');
  return { tara, serviceCase };
}

/**
 * Rows that take a second person, or a cart that lists the files of its receipt. What they hold is planted in plain: so that it is
 * noticed if it stays, whoever would have sealed it.
 */
async function written(database: Database, caseId: CaseId, by: string): Promise<void> {
  const db = database.db();
  const words = PLANTED.note;
  await sql`insert into record_export (id, case_id, record_id, exported_by, exported_at, reason)
    values (${'xprt-1'}, ${caseId}, ${'recd-1'}, ${by}, 1, ${words})`.execute(db);
  await sql`insert into export_attestation (export_id, case_id, attested_by, attested_at, statement, reason)
    values (${'xprt-1'}, ${caseId}, ${by}, 2, 1, ${words})`.execute(db);
  await sql`insert into export_permission (case_id, technician_id, permitted_by, permitted_at)
    values (${caseId}, ${by}, ${by}, 1)`.execute(db);
  await sql`insert into case_reason (case_id, proposal_id, act, given_by, given_at, sealed)
    values (${caseId}, ${'prop-1'}, ${'hold-case'}, ${by}, 1, ${words})`.execute(db);
  await sql`insert into screen_recording (id, case_id, session_id, state, begun_at, sealed)
    select ${'trfr-1'}, case_id, session_id, ${'open'}, 1, ${words} from remote_session
    where case_id = ${caseId}`.execute(db);
  await sql`insert into countersigned_receipt (session_id, case_id, countersignature, files_sealed)
    select session_id, case_id, ${'signed'}, ${words} from remote_session where case_id = ${caseId}
    on conflict (session_id) do update set files_sealed = excluded.files_sealed`.execute(db);
}

/** How many rows name a case in each table that is declared as kept. */
async function keptRows(database: Database, caseId: CaseId): Promise<Record<string, number>> {
  const kept = Object.entries(CASE_TABLES).filter(([, { fate }]) => fate === 'kept');
  const counts: Record<string, number> = {};
  for (const [table] of kept)
    counts[table] = await countRowsNaming(database, table, { column: 'case_id', value: caseId });
  return counts;
}

/** Every row of every table, as text. */
async function rowsOf(database: Database): Promise<string> {
  let text = '';
  for (const table of await tablesOf(database)) {
    const { rows } = await sql`select * from ${sql.table(table)}`.execute(database.db());
    text += rows.map((row) => JSON.stringify(row)).join('\n');
  }
  return text;
}

forEachDatabase('places of a case', (open) => {
  test('all are declared, and none holds anything of a case that was destroyed', async (t) => {
    writeBeside(t);
    await using gateway = await newTestGateway({}, await open.place());
    const { tara, serviceCase } = await worked(gateway);
    const location = await readDatabaseLocation(gateway.configuration);
    const database = await openDatabase({ location });
    try {
      const undeclared = (await tablesWithColumn(database, 'case_id')).filter(
        (table) => CASE_TABLES[table] === undefined,
      );
      assert.deepEqual(
        undeclared,
        [],
        'tables that name a case: gateway/src/composition/case-places.ts',
      );
      const there = new Set(await tablesOf(database));
      assert.deepEqual(
        Object.keys(CASE_TABLES).filter((table) => !there.has(table)),
        [],
      );
      const data = gateway.configuration.dataDirectory;
      const strange = readdirSync(data, { recursive: true, withFileTypes: true })
        .map((entry) => path.relative(data, path.join(entry.parentPath, entry.name)))
        .filter((name) => !isDeclared(name));
      assert.deepEqual(strange, [], 'places of the data directory: case-places.ts');
      const search = caseSearch(database, data);
      const caseId = serviceCase.id as CaseId;
      await written(database, caseId, tara.id);
      const empty: string[] = [];
      for (const [table, place] of Object.entries(CASE_TABLES)) {
        if (place.fate === 'kept') continue;
        const column = (place.fate === 'emptied' ? place.key : undefined) ?? 'case_id';
        const filled = place.fate === 'emptied' ? { filled: place.columns } : {};
        const named = { column, value: caseId, ...filled };
        if ((await countRowsNaming(database, table, named)) === 0) empty.push(table);
      }
      assert.deepEqual(empty, [], 'nothing is searched for that was never there');
      assert.ok((await search.countTraces(caseId)) > 5, 'it finds a case that is there');
      const keptBefore = await keptRows(database, caseId);

      const resolved = await resolveCase(tara, serviceCase);
      assert.equal(resolved.body['state'], 'resolved', resolved.text);
      assert.equal(await search.countTraces(caseId), 0);
      const keptAfter = await keptRows(database, caseId);
      const gone = Object.keys(keptBefore).filter(
        (table) => (keptAfter[table] ?? 0) < (keptBefore[table] ?? 0),
      );
      assert.deepEqual(gone, [], 'what is declared as kept stays, to the last row');
      const { body } = await tara.ask('GET', `/api/cases/${serviceCase.id}/certificate`);
      const { sanitization } = body['claims'] as {
        readonly sanitization: { readonly lookedIn: readonly string[] };
      };
      const unsearched = Object.entries(CASE_TABLES).filter(
        ([table, { fate }]) => fate !== 'kept' && !sanitization.lookedIn.includes(table),
      );
      assert.deepEqual(unsearched, [], 'a zone erases each, and the certificate says so');
      const rows = await rowsOf(database);
      for (const planted of READY.planted) {
        assert.equal(rows.includes(planted), false, planted);
        assert.deepEqual(filesWith(gateway.directory, planted), [], planted);
      }
    } finally {
      await database.close();
    }
    await gateway.running.close();
    for (const planted of READY.planted) {
      assert.deepEqual(filesWith(gateway.directory, planted), [], planted);
      assert.deepEqual(filesWith(TEMPORARY, planted), [], planted);
    }
  });

  test('that nobody declares and nobody erases are found', async () => {
    const database = await open();
    for (const [table, place] of Object.entries(CASE_TABLES)) {
      const columns = place.fate === 'emptied' ? place.columns : [];
      const key = (place.fate === 'emptied' ? place.key : undefined) ?? 'case_id';
      const all = [key, ...columns].map(
        (name) => [name, { kind: 'text', nullable: true }] as const,
      );
      await createTable(database.db(), database.dialect, table, Object.fromEntries(all));
    }
    const named = { case_id: { kind: 'text' } } as const;
    await createTable(database.db(), database.dialect, 'somebody_forgot', named);
    const directory = mkdtempSync(path.join(TEMPORARY, 'data-'));
    const caseId = newId('case', systemRandom);
    const search = caseSearch(database, directory);
    assert.equal(await search.countTraces(caseId), 0);
    await sql`insert into somebody_forgot (case_id) values (${caseId})`.execute(database.db());
    assert.equal(await search.countTraces(caseId), 1);
    await sql`insert into service_case (id, detail) values (${caseId}, null)`.execute(
      database.db(),
    );
    assert.equal(await search.countTraces(caseId), 1);
    await sql`update service_case set detail = 'sealed'`.execute(database.db());
    assert.equal(await search.countTraces(caseId), 2);
    mkdirSync(path.join(directory, 'thumbnails', caseId), { recursive: true });
    writeFileSync(path.join(directory, 'thumbnails', caseId, '1.png'), '');
    assert.equal(await search.countTraces(caseId), 4);
  });
});

/** Whether an entry of the data directory, or one above it, is declared. */
function isDeclared(name: string): boolean {
  const parts = name.split(path.sep);
  const above = parts.map((_part, at) => parts.slice(0, at + 1).join('/'));
  // What lies in the vault is declared by itself: it is where records are.
  const own = above.filter((each) => each !== 'vault' || name === 'vault');
  return own.some((each) => DATA_PLACES.some(([pattern]) => pattern.test(each)));
}

test('an entry of the data directory that nobody declared is noticed', () => {
  assert.equal(isDeclared('thumbnails'), false);
  assert.equal(isDeclared(path.join('vault', 'index', 'words')), false);
  assert.equal(isDeclared(path.join('vault', 'records', 'x', 'y.age')), true);
});
