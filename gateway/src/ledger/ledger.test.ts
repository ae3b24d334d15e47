/**
 * Goal: what the ledger acknowledged is there, in order, provable, and every change behind its back is found.
 * Method: real databases of both kinds; faults through a wrapper that fails before or after the commit; rows
 * altered after taking the triggers away.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { openCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { verifyConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import { verifyInclusion } from '@chaperone/protocol/tree/inclusion-proof.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { sql } from 'kysely';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { RuleViolation } from '../platform/database/database-error.ts';
import { forEachDatabase } from '../platform/database/testing/database-suite.ts';
import type { Database } from '../platform/database/database.ts';
import { systemRandom } from '../platform/random/random.ts';
import { LedgerBroken, LedgerEntryUnknown, LedgerUnavailable } from './contract.ts';
import type { Ledger } from './contract.ts';
import { LEDGER_MIGRATIONS } from './ledger-schema.ts';
import type { LedgerTables } from './ledger-schema.ts';
import { openLedger } from './ledger.ts';

const ORIGIN = 'gateway.example/chaperone-ledger';
const caseId = newId('case', systemRandom);
const sessionId = newId('session', systemRandom);
const grantId = newId('grant', systemRandom);
const technicianId = newId('technician', systemRandom);

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0))
    rmSync(directory, { recursive: true, force: true });
});
function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-ledger-'));
  directories.push(directory);
  return directory;
}

const started = (version: string): LedgerFact => ({
  kind: 'gateway-started',
  version,
  demo: false,
});

async function openAt(database: Database, directory: string): Promise<Ledger> {
  return await openLedger({ database, directory, origin: ORIGIN, clock: new ManualClock() });
}

async function fill(ledger: Ledger, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, at) => ledger.append(started(`${at}`))));
}

const versions = async (ledger: Ledger): Promise<readonly string[]> =>
  (await ledger.page(0, 1000)).map(({ fact }) =>
    fact.kind === 'gateway-started' ? fact.version : '',
  );

/** A real database whose next transactions fail before or after they are committed. */
function faulty(database: Database): Database & { failures: ('before' | 'after')[] } {
  const failures: ('before' | 'after')[] = [];
  return {
    failures,
    dialect: database.dialect,
    db: <Tables>() => database.db<Tables>(),
    transaction: async (work) => {
      const failure = failures.shift();
      if (failure === 'before') throw new Error('the database is away');
      const result = await database.transaction(work);
      if (failure === 'after') throw new Error('the database went away');
      return result;
    },
    migrate: async (migrations) => await database.migrate(migrations),
    eraseTraces: async (tables) => await database.eraseTraces(tables),
    close: async () => await database.close(),
  };
}

/** Takes the rules of the database away, as somebody with its password could. */
async function unguard(database: Database): Promise<void> {
  for (const [table, rule] of [
    ['ledger_entry', 'append_only_update'],
    ['ledger_entry', 'append_only_delete'],
    ['ledger_node', 'append_only_update'],
    ['ledger_node', 'append_only_delete'],
  ]) {
    const on = database.dialect === 'sqlite' ? '' : ` on ${table}`;
    await sql.raw(`drop trigger "${table}_${rule}"${on}`).execute(database.db());
  }
}

forEachDatabase('ledger', (open) => {
  test('what was appended is there, in order, under a signed checkpoint, each with its proof', async () => {
    const ledger = await openAt(await open(LEDGER_MIGRATIONS), newDirectory());
    const acknowledged = await Promise.all(
      Array.from({ length: 600 }, (_, at) => ledger.append(started(`${at}`))),
    );
    deepEqual(
      acknowledged.map(({ index }) => index),
      Array.from({ length: 600 }, (_, at) => at),
    );
    const { size, root } = await openCheckpoint(
      ledger.checkpoint(),
      parseVerifierKey(ledger.verifierKey()),
    );
    equal(size, 600);
    for (const index of [0, 1, 255, 256, 511, 599]) {
      const [entry] = await ledger.page(index, 1);
      ok(entry !== undefined);
      deepEqual(JSON.parse(entry.line), { index, utcMs: entry.utcMs, fact: entry.fact });
      const { hashes } = await ledger.inclusionProof(index);
      const leaf = lineHash(entry.line);
      equal(Buffer.from(leaf).toString('base64url'), acknowledged[index]?.leafHash);
      verifyInclusion(
        index,
        size,
        leaf,
        hashes.map((hash) => Buffer.from(hash, 'base64')),
        root,
      );
    }
    deepEqual(await ledger.verifyAll(), { size: 600 });
    await rejects(ledger.inclusionProof(600), LedgerEntryUnknown);
    await rejects(ledger.page(0, 1001), LedgerEntryUnknown);
    await ledger.close();
    await rejects(ledger.append(started('late')), LedgerUnavailable);
  });

  test('goes on after a restart with the same key, and proves that it only grew', async () => {
    const database = await open(LEDGER_MIGRATIONS);
    const directory = newDirectory();
    const first = await openAt(database, directory);
    const empty = first.checkpoint();
    await fill(first, 13);
    const earlier = first.checkpoint();
    await first.close();
    const second = await openAt(database, directory);
    equal(second.verifierKey(), first.verifierKey());
    equal(second.checkpoint(), earlier);
    await fill(second, 30);
    const key = parseVerifierKey(second.verifierKey());
    const later = await openCheckpoint(second.checkpoint(), key);
    for (const note of [empty, earlier]) {
      const { size, root } = await openCheckpoint(note, key);
      const proof = (await second.consistencyProof(size, 43)).map((hash) =>
        Buffer.from(hash, 'base64'),
      );
      verifyConsistency({ size, root }, later, proof);
    }
    await rejects(second.consistencyProof(13, 44), LedgerEntryUnknown);
    equal(statSync(path.join(directory, 'signing.key')).mode & 0o777, 0o600);
    await second.close();
    equal(readFileSync(path.join(directory, 'checkpoint'), 'utf8'), second.checkpoint());
  });

  test('the entries of a case include those of its sessions', async () => {
    const ledger = await openAt(await open(LEDGER_MIGRATIONS), newDirectory());
    const other = newId('session', systemRandom);
    const connected = { kind: 'cart-connected', cart: 'US-1', certificateSerial: '1' } as const;
    await ledger.append(started('1'));
    await ledger.append({ ...connected, sessionId });
    await ledger.append({ ...connected, sessionId: other });
    const activities = ['view'] as const;
    await ledger.append({
      kind: 'grant-received',
      caseId,
      sessionId,
      technicianId,
      grantId,
      activities,
    });
    await ledger.append({ kind: 'activity-opened', sessionId, grantId, activity: 'view' });
    await ledger.append({ kind: 'activity-opened', sessionId: other, grantId, activity: 'view' });
    const lines = await ledger.entriesOf(caseId);
    deepEqual(
      lines.map(({ index }) => index),
      [1, 3, 4],
    );
    const part = await ledger.evidence(caseId);
    const { size, root } = await openCheckpoint(
      part.checkpoint,
      parseVerifierKey(part.verifierKey),
    );
    for (const { index, line, proof } of part.entries) {
      const hashes = (proof ?? []).map((hash) => Buffer.from(hash, 'base64'));
      verifyInclusion(index, size, lineHash(line), hashes, root);
    }
    const whole = await ledger.evidence('everything');
    deepEqual(
      whole.entries.map(({ index }) => index),
      [0, 1, 2, 3, 4, 5],
    );
    await ledger.close();
  });

  test('the database itself refuses to change or delete an entry', async () => {
    const database = await open(LEDGER_MIGRATIONS);
    const ledger = await openAt(database, newDirectory());
    await fill(ledger, 3);
    const db = database.db<LedgerTables>();
    await rejects(db.updateTable('ledger_entry').set({ kind: 'x' }).execute(), RuleViolation);
    await rejects(db.deleteFrom('ledger_entry').execute(), RuleViolation);
    await rejects(db.deleteFrom('ledger_node').execute(), RuleViolation);
    await rejects(db.deleteFrom('ledger_head').execute(), RuleViolation);
    await ledger.close();
  });

  for (const [what, change, said] of [
    [
      'an altered entry',
      `update ledger_entry set line = replace(line, '"7"', '"9"') where entry_index = 7`,
      /Entry 7/,
    ],
    ['a dropped entry', 'delete from ledger_entry where entry_index = 5', /19 entries/],
    ['a dropped end', 'delete from ledger_entry where entry_index > 17', /18 entries/],
    [
      'reordered entries',
      `update ledger_entry set line = (select replace(line, '"index":3', '"index":4') from ledger_entry e
       where e.entry_index = 3) where entry_index = 4`,
      /Entry 4/,
    ],
    [
      'an altered hash',
      `update ledger_node set hash = (select hash from ledger_node where level = 0 and node_index = 0)
       where level = 2 and node_index = 1`,
      /above entry 4/,
    ],
    ['an unreadable entry', `update ledger_entry set line = 'x' where entry_index = 2`, /Entry 2/],
  ] as const) {
    test(`does not start on ${what}, and says where`, async () => {
      const database = await open(LEDGER_MIGRATIONS);
      const directory = newDirectory();
      const ledger = await openAt(database, directory);
      await fill(ledger, 20);
      await ledger.close();
      await unguard(database);
      await sql.raw(change).execute(database.db());
      await rejects(openAt(database, directory), (fault) => {
        ok(fault instanceof LedgerBroken);
        match(fault.message, said);
        return true;
      });
    });
  }

  test('verifyAll finds what was altered long before the end', async () => {
    const database = await open(LEDGER_MIGRATIONS);
    const directory = newDirectory();
    const ledger = await openAt(database, directory);
    await fill(ledger, 1500);
    await unguard(database);
    const change = `update ledger_entry set line = replace(line, '"100"', '"101"') where entry_index = 100`;
    await sql.raw(change).execute(database.db());
    await rejects(ledger.verifyAll(), /Entry 100 of the ledger was altered/);
    await ledger.close();
  });

  test('does not start without its key, under another name, or on a database from before', async () => {
    const database = await open(LEDGER_MIGRATIONS);
    const directory = newDirectory();
    const ledger = await openAt(database, directory);
    await fill(ledger, 3);
    await ledger.close();
    await rejects(
      openLedger({
        database,
        directory,
        origin: 'other/chaperone-ledger',
        clock: new ManualClock(),
      }),
      /not of "other/,
    );
    const before = await open(LEDGER_MIGRATIONS);
    await rejects(openAt(before, directory), /put back to an older state/);
    rmSync(path.join(directory, 'signing.key'));
    await rejects(openAt(database, directory), /signing key is missing/);
    await rejects(openAt(database, newDirectory()), /signing key is missing/);
  });

  test('a write that failed is refused to who waits; facts of acts that happened are written later, in order', async () => {
    const database = faulty(await open(LEDGER_MIGRATIONS));
    const ledger = await openAt(database, newDirectory());
    database.failures.push('before');
    ledger.appendLater(started('1'));
    const waiting = ledger.append(started('refused'));
    ledger.appendLater(started('2'));
    await rejects(waiting, LedgerUnavailable);
    equal(ledger.status().waiting, 2);
    await ledger.append(started('3'));
    deepEqual(await versions(ledger), ['1', '2', '3']);
    deepEqual(ledger.status(), { size: 3, waiting: 0, lost: 0 });
    await ledger.close();
  });

  test('a write whose answer was lost is not written twice', async () => {
    const database = faulty(await open(LEDGER_MIGRATIONS));
    const ledger = await openAt(database, newDirectory());
    await ledger.append(started('1'));
    database.failures.push('after');
    ledger.appendLater(started('2'));
    ledger.appendLater(started('3'));
    const refused = rejects(ledger.append(started('told to fail')), LedgerUnavailable);
    await refused;
    ledger.appendLater(started('4'));
    await ledger.settle();
    const written = (await versions(ledger)).filter((version) => version !== 'told to fail');
    deepEqual(written, ['1', '2', '3', '4']);
    await ledger.verifyAll();
    await ledger.close();
  });

  test('a second program that writes is noticed, and the sequence stays whole', async () => {
    const database = await open(LEDGER_MIGRATIONS);
    const directory = newDirectory();
    const one = await openAt(database, directory);
    const other = await openAt(database, directory);
    await one.append(started('one'));
    await rejects(other.append(started('other')), LedgerUnavailable);
    await other.append(started('other again'));
    deepEqual(await versions(one), ['one', 'other again']);
    await other.verifyAll();
    await one.close();
    await other.close();
  });

  test('facts are limited: too many wait, or one is too long', async () => {
    const database = faulty(await open(LEDGER_MIGRATIONS));
    const ledger = await openAt(database, newDirectory());
    database.failures.push('before', 'before');
    for (let at = 0; at < 10_002; at += 1) ledger.appendLater(started('x'));
    ledger.appendLater(started('x'.repeat(5000)));
    equal(ledger.status().lost, 3);
    for (let tries = 0; ledger.status().waiting > 0 && tries < 5; tries += 1)
      await ledger.settle().catch(() => undefined);
    // What is missing is counted in the ledger itself.
    const { size } = ledger.status();
    const [last] = await ledger.page(size - 1, 1);
    deepEqual(last?.fact, { kind: 'facts-lost', count: 3 });
    await rejects(ledger.append(started('x'.repeat(5000))), RangeError);
    await ledger.close();
  });
});
