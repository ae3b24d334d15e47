/**
 * The fence in PostgreSQL: two tables of one row each, and a rule on every other table.
 *
 * | table | holds |
 * |---|---|
 * | gateway_fence | the epoch and its holder; changes only when another gateway takes over or the holder lets go |
 * | gateway_lease | until when the holder need not be asked; changes every few seconds |
 *
 * The tables are no migration: a gateway that waits must not change the schema under the one that is active. Each
 * connection of the active gateway says its epoch (`chaperone.epoch`); a statement that would change a row is refused
 * when that is not the present one. It locks the epoch's row against change while it runs, so that nobody takes over
 * between the comparison and the change. The time is the database's.
 */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { FREE_FENCE } from '@chaperone/domain/fence/fence.ts';
import type { FenceState } from '@chaperone/domain/fence/fence.ts';
import type { Database } from '../database/database.ts';

export interface FenceTables {
  readonly gateway_fence: {
    readonly id: number;
    readonly epoch: number;
    readonly holder: string | null;
  };
  readonly gateway_lease: { readonly id: number; readonly ends_at: number };
}

export interface FenceNow {
  readonly state: FenceState;
  readonly nowMs: number;
}

/** Makes the two tables, unless they are there. */
export async function makeFenceTables(database: Database): Promise<void> {
  const db = database.db<FenceTables>();
  // Two that start at once would both make them; the lock ends with the transaction.
  await database.transaction(async (view) => {
    const own = view.db<FenceTables>();
    await sql`select pg_advisory_xact_lock(4811032)`.execute(own);
    await sql`create table if not exists gateway_fence (id integer primary key check (id = 1), epoch bigint not null, holder text)`.execute(
      own,
    );
    await sql`create table if not exists gateway_lease (id integer primary key check (id = 1), ends_at bigint not null)`.execute(
      own,
    );
  });
  const { epoch, holder, leaseEndsMs } = FREE_FENCE;
  await db
    .insertInto('gateway_fence')
    .values({ id: 1, epoch, holder })
    .onConflict((on) => on.doNothing())
    .execute();
  await db
    .insertInto('gateway_lease')
    .values({ id: 1, ends_at: leaseEndsMs })
    .onConflict((on) => on.doNothing())
    .execute();
}

/** Reads the fence, and what time it is. */
export async function readFence(db: Kysely<FenceTables>): Promise<FenceNow> {
  const row = await db
    .selectFrom('gateway_fence')
    .innerJoin('gateway_lease', 'gateway_lease.id', 'gateway_fence.id')
    .select(['epoch', 'holder', 'ends_at'])
    .select(sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`.as('now'))
    .executeTakeFirstOrThrow();
  const { epoch, holder, ends_at: leaseEndsMs, now: nowMs } = row;
  return { state: { epoch, holder, leaseEndsMs }, nowMs };
}

/** Writes what changed of the fence. */
export async function writeFence(
  db: Kysely<FenceTables>,
  before: FenceState,
  after: FenceState,
): Promise<void> {
  const { epoch, holder, leaseEndsMs } = after;
  if (before.epoch !== epoch || before.holder !== holder)
    await db.updateTable('gateway_fence').set({ epoch, holder }).where('id', '=', 1).execute();
  await db.updateTable('gateway_lease').set({ ends_at: leaseEndsMs }).where('id', '=', 1).execute();
}

/** Puts the rule on every table that does not have it; `database/postgresql.ts` reads its state, CH002. */
export async function fenceTables(database: Database): Promise<void> {
  const db = database.db<FenceTables>();
  await sql`
    create or replace function chaperone_fence() returns trigger language plpgsql as $body$
    declare present bigint;
    begin
      select epoch into present from gateway_fence where id = 1 for share;
      if coalesce(current_setting('chaperone.epoch', true), '') is distinct from present::text then
        raise exception 'chaperone: not the active gateway' using errcode = 'CH002';
      end if;
      return null;
    end $body$`.execute(db);
  await sql`
    do $body$
    declare one record;
    begin
      for one in
        select c.oid::regclass as name from pg_class c
        where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
          and c.relname not in ('gateway_fence', 'gateway_lease')
          and not exists (select 1 from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'chaperone_fence')
      loop
        execute format('create trigger chaperone_fence before insert or update or delete on %s for each statement execute function chaperone_fence()', one.name);
      end loop;
    end $body$`.execute(db);
}
