/**
 * Goal: what `test/fault/kill` shows in twenty rounds holds in many more, on either database, and when the database itself is
 * killed. Method: the same rounds from a seed of the day (KILL_SEED replays one), SQLite and a real PostgreSQL.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { PostgresqlServer } from '@chaperone/gateway/platform/database/testing/postgresql-server.ts';
import { startPostgresql } from '@chaperone/gateway/platform/database/testing/postgresql-server.ts';
import type { ServedDatabase } from '../fault/kill/kill-day.ts';
import { playRounds } from '../fault/kill/kill-rounds.ts';

const SEED_MAX = 2 ** 31;
/** As in fuzz.test.ts: what lands does not depend on the day. */
const CI_SEED = 5;
const seed = Number(
  process.env['KILL_SEED'] ?? (process.env['CI'] === undefined ? randomInt(SEED_MAX) : CI_SEED),
);
const numbers = (count: number, from = 0): readonly number[] =>
  Array.from({ length: count }, (_, at) => from + at);
/** `test/fault/kill` plays those before. */
const FIRST = 20;

let server: PostgresqlServer;
const passwordFile = path.join(tmpdir(), `chaperone-kill-password-${process.pid}`);
before(async () => {
  server = await startPostgresql();
});
after(async () => {
  await server.stop();
  rmSync(passwordFile, { force: true });
});

async function served(): Promise<ServedDatabase> {
  const { url, password } = await server.newDatabase();
  writeFileSync(passwordFile, password ?? '', { mode: 0o600 });
  return {
    setting: { url, passwordFile },
    processes: async () => await server.processesOf(url),
  };
}

test('twenty more rounds on SQLite lose nothing', async (t) => {
  const outcome = await playRounds({
    seed,
    rounds: numbers(20, FIRST),
    say: (line) => t.diagnostic(line),
  });
  assert.equal(outcome.rounds, 20);
});

test('eight rounds on PostgreSQL lose nothing', async (t) => {
  const outcome = await playRounds({
    seed,
    rounds: numbers(8),
    beside: { database: await served() },
    say: (line) => t.diagnostic(line),
  });
  assert.equal(outcome.rounds, 8);
});

test('a database whose processes are killed under the gateway costs nothing that was acknowledged', async (t) => {
  const outcome = await playRounds({
    seed,
    rounds: numbers(6),
    beside: { database: await served() },
    aim: { victim: 'database' },
    say: (line) => t.diagnostic(line),
  });
  assert.equal(outcome.rounds, 6);
});
