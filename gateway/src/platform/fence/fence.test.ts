/**
 * Goal: of the gateways on one database one is active; who was overtaken can change no row, and is told.
 * Method: two of them in one process on a real PostgreSQL, the first kept from renewing.
 */
import { equal, match, rejects } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayFenced } from '@chaperone/domain/fence/fence.ts';
import { DatabaseUnavailable } from '../database/database-error.ts';
import { openDatabase } from '../database/database.ts';
import type { Database } from '../database/database.ts';
import type { PostgresqlLocation } from '../database/database-location.ts';
import type { Migration } from '../database/migration.ts';
import { createTable } from '../database/schema.ts';
import { startPostgresql } from '../database/testing/postgresql-server.ts';
import type { PostgresqlServer } from '../database/testing/postgresql-server.ts';
import { fenceTables, takeFence } from './fence.ts';
import type { Fence } from './fence.ts';

interface Tables {
  readonly note: { readonly id: number };
}
const NOTES: Migration = {
  name: 'note/0001-notes',
  up: async (db, dialect) =>
    await createTable(db, dialect, 'note', { id: { kind: 'integer', primaryKey: true } }),
};
const MIGRATIONS = [NOTES];
const LONG_MS = 60_000;

let server: PostgresqlServer | undefined;
let location: PostgresqlLocation;
before(async () => {
  server = await startPostgresql();
});
after(async () => await server?.stop());

const lost: GatewayFenced[] = [];
async function take(who: string, leaseMs: number, waits = true): Promise<Fence> {
  return await takeFence({
    location,
    who,
    leaseMs,
    ...(waits ? { onWaiting: (holder: string) => void waitedFor.push(holder) } : {}),
    onLost: (fault) => void lost.push(fault),
  });
}
const waitedFor: string[] = [];
const openAs = async (fence: Fence | null): Promise<Database> =>
  await openDatabase({
    location: fence === null ? location : { ...location, epoch: fence.epoch },
  });
const insert = async (database: Database, id: number): Promise<void> =>
  void (await database.db<Tables>().insertInto('note').values({ id }).execute());
const insertWithin = async (database: Database, id: number): Promise<void> =>
  await database.transaction(
    async (view) => void (await view.db<Tables>().insertInto('note').values({ id }).execute()),
  );

test('a second one waits, takes over when the first lets go, and nobody else’s epoch writes', async () => {
  location = (await server?.newDatabase()) ?? location;
  const first = await take('one', LONG_MS);
  equal(first.tookOver, false);
  const own = await openAs(first);
  await own.migrate(MIGRATIONS);
  await fenceTables(own);
  await insert(own, 1);
  await rejects(take('impatient', LONG_MS, false), /one is the active gateway/);
  const waiting = take('two', LONG_MS);
  await delay(300);
  equal(waitedFor.at(-1), 'one');
  // A gateway that knows of no fence, on the same database.
  const unfenced = await openAs(null);
  await rejects(insert(unfenced, 2), GatewayFenced);
  await first.check();
  await first.release();
  const second = await waiting;
  equal(second.tookOver, false);
  equal(second.epoch, first.epoch + 1);
  for (const act of [insert, insertWithin]) await rejects(act(own, 3), GatewayFenced);
  const theirs = await openAs(second);
  await insertWithin(theirs, 3);
  await second.release();
  for (const database of [own, unfenced, theirs]) await database.close();
});

test('a lease that is not renewed lapses; whoever wakes up then is told, and writes nothing', async () => {
  location = (await server?.newDatabase()) ?? location;
  // It renews every twenty seconds, for a lease of which the database thinks that it lasts no time.
  const asleep = await take('asleep', LONG_MS);
  const own = await openAs(asleep);
  await own.migrate(MIGRATIONS);
  await fenceTables(own);
  await own
    .db<{ gateway_lease: { ends_at: number } }>()
    .updateTable('gateway_lease')
    .set({ ends_at: 0 })
    .execute();
  const active = await take('awake', LONG_MS);
  equal(active.tookOver, true);
  for (const act of [insert, insertWithin]) await rejects(act(own, 1), GatewayFenced);
  await rejects(asleep.check(), GatewayFenced);
  match(lost.at(-1)?.message ?? '', /awake has become the active gateway/);
  await asleep.release();
  await active.check();
  await active.release();
  await own.close();
});

test('a gateway that cannot renew its lease says so before another may take it', async () => {
  location = (await server?.newDatabase()) ?? location;
  const before = lost.length;
  const fence = await take('cut off', 1_500);
  const processes = (await server?.processesOf(location.url)) ?? [];
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  try {
    for (let looks = 0; looks < 200 && lost.length === before; looks += 1) await delay(100);
    match(lost.at(-1)?.message ?? '', /could not be renewed in time|has become/);
  } finally {
    for (const pid of processes) process.kill(pid, 'SIGCONT');
  }
  await fence.release().catch((fault: unknown) => {
    if (!(fault instanceof DatabaseUnavailable)) throw fault;
  });
});
