/**
 * The ledger at a million entries, through the product's own code and on both databases: appends a second that are on the disk and under a
 * signed checkpoint, the time to prove and to verify, and how long a gateway waits for its ledger at the start.
 *
 * Beside them is what the machine itself gives: one line and an fsync at a time, and one row a transaction in bare SQLite. Many who
 * append at once share a write, so the product may be above both; one alone pays for the tree and two signatures.
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { openDatabase } from '@chaperone/gateway/platform/database/database.ts';
import type { Database, DatabaseLocation } from '@chaperone/gateway/platform/database/database.ts';
import { startPostgresql } from '@chaperone/gateway/platform/database/testing/postgresql-server.ts';
import { systemClock } from '@chaperone/gateway/platform/clock/clock.ts';
import { LEDGER_MIGRATIONS } from '@chaperone/gateway/ledger/ledger-schema.ts';
import type { Ledger } from '@chaperone/gateway/ledger/contract.ts';
import { openLedger } from '@chaperone/gateway/ledger/ledger.ts';
import { decodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { readCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import type { Checkpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { verifyConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import { verifyInclusion } from '@chaperone/protocol/tree/inclusion-proof.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import type { Bench, Result, Say } from '../bench.ts';
import { median, spread } from '../statistics/statistics.ts';

/** CHAPERONE_BENCH_ENTRIES makes it smaller, to try it. */
const ENTRIES = Number(process.env['CHAPERONE_BENCH_ENTRIES'] ?? 1_000_000);
/** Facts handed over at once: what a flood of refusals or a big transfer of files is. */
const CROWD = 4096;
const ALONE = 300;
const PROOFS = 200;
const LINE = 300;

type Kind = 'SQLite' | 'PostgreSQL';

export const ledgerBench: Bench = {
  name: 'ledger',
  does: 'appends a second with durability; proofs, verification and start at a million entries',
  async run(say) {
    const results: Result[] = [];
    const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-bench-'));
    try {
      const bare = await bareLimits(folder);
      say(
        `one line and fsync at a time: ${Math.round(bare.file)}/s; one row a transaction: ${Math.round(bare.sqlite)}/s`,
      );
      results.push(
        ...(await measure(
          'SQLite',
          folder,
          { kind: 'sqlite', file: path.join(folder, 'gateway.db') },
          bare,
          say,
        )),
      );
      const server = await startPostgresql();
      try {
        const location = await server.newDatabase();
        results.push(...(await measure('PostgreSQL', folder, location, bare, say)));
      } finally {
        await server.stop();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return results;
  },
};

async function measure(
  kind: Kind,
  folder: string,
  location: DatabaseLocation,
  bare: { readonly file: number; readonly sqlite: number },
  say: Say,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const report = (name: string, unit: string, value: number, peer: number | null = null): void => {
    say(`${kind}: ${name} ${value.toPrecision(4)} ${unit}`);
    results.push({ name: `${kind}: ${name}`, unit, value, target: null, peer, ok: true });
  };
  const directory = path.join(folder, kind);
  let database = await openDatabase({ location });
  await database.migrate(LEDGER_MIGRATIONS);
  let ledger = await openAt(database, directory);
  try {
    const alone = await timed(async () => {
      for (let at = 0; at < ALONE; at += 1) await ledger.append(factOf(at));
    });
    report('appends, one after the other', '/s', (ALONE * 1000) / alone, bare.sqlite);
    const left = ENTRIES - ALONE;
    const kept: Checkpoint[] = [];
    const crowd = await timed(async () => {
      for (let at = 0; at < left; at += CROWD) {
        await Promise.all(
          Array.from({ length: Math.min(CROWD, left - at) }, (_, of) =>
            ledger.append(factOf(at + of)),
          ),
        );
        kept.push(readCheckpoint(ledger.checkpoint()));
      }
    });
    report(
      `appends, ${CROWD} at once, to ${ENTRIES} entries`,
      '/s',
      (left * 1000) / crowd,
      bare.file,
    );

    const took = await proofs(ledger, kept);
    say(
      `${kind}: inclusion ${spread(took.inclusion)} ms, consistency ${spread(took.consistency)} ms`,
    );
    report('proof of inclusion, made', 'ms', median(took.inclusion));
    report('proof of consistency, made', 'ms', median(took.consistency));
    report('both verified', 'ms', median(took.verified));
    report('tile of hashes', 'ms', median(took.tile));
    const all = await timed(async () => await ledger.verifyAll());
    report('everything read again and recomputed', 's', all / 1000);

    await ledger.close();
    await database.close();
    const start = await timed(async () => {
      database = await openDatabase({ location });
      await database.migrate(LEDGER_MIGRATIONS);
      ledger = await openAt(database, directory);
    });
    report('start', 'ms', start);
  } finally {
    await ledger.close();
    await database.close();
  }
  return results;
}

async function openAt(database: Database, directory: string): Promise<Ledger> {
  return await openLedger({
    database,
    directory,
    origin: 'bench.example/chaperone-ledger',
    clock: systemClock,
  });
}

async function proofs(ledger: Ledger, kept: readonly Checkpoint[]) {
  const { size } = ledger.status();
  const took = { inclusion: [], consistency: [], verified: [], tile: [] } as Record<
    'inclusion' | 'consistency' | 'verified' | 'tile',
    number[]
  >;
  const hashesOf = (proof: readonly string[]): Uint8Array[] =>
    proof.flatMap((hash) => decodeBase64(hash) ?? []);
  const { root } = readCheckpoint(ledger.checkpoint());
  for (let turn = 0; turn < PROOFS; turn += 1) {
    // Spread over the whole tree, the same in each run.
    const index = Math.floor((size * ((turn * 0.618_034) % 1)) % size);
    const [{ line } = { line: '' }] = await ledger.page(index, 1);
    const earlier = kept[turn % kept.length] ?? { size, root };
    let inclusion: readonly string[] = [];
    let consistency: readonly string[] = [];
    took.inclusion.push(
      await timed(async () => (inclusion = (await ledger.inclusionProof(index)).hashes)),
    );
    took.consistency.push(
      await timed(async () => (consistency = await ledger.consistencyProof(earlier.size, size))),
    );
    const tile = Math.floor(index / 256);
    if ((tile + 1) * 256 <= size)
      took.tile.push(await timed(async () => await ledger.tile(pathOf(tile), 'hashes')));
    took.verified.push(
      await timed(async () => {
        verifyInclusion(index, size, lineHash(line), hashesOf(inclusion), root);
        verifyConsistency(earlier, { size, root }, hashesOf(consistency));
      }),
    );
  }
  return took;
}

function pathOf(tile: number): string {
  const thousand = Math.floor(tile / 1000);
  const last = String(tile % 1000).padStart(3, '0');
  return thousand === 0 ? `tile/0/${last}` : `tile/0/x${String(thousand).padStart(3, '0')}/${last}`;
}

/** What the disk itself takes: a line and an fsync; a row and a transaction. */
async function bareLimits(folder: string): Promise<{ file: number; sqlite: number }> {
  const line = `${'x'.repeat(LINE)}\n`;
  const handle = await open(path.join(folder, 'bare'), 'w');
  const file = await timed(async () => {
    for (let at = 0; at < ALONE; at += 1) {
      await handle.write(line);
      await handle.datasync();
    }
  });
  await handle.close();
  const db = new DatabaseSync(path.join(folder, 'bare.db'));
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table t (line text) strict',
  );
  const insert = db.prepare('insert into t values (?)');
  const sqlite = await timed(async () => {
    for (let at = 0; at < ALONE; at += 1) insert.run(line);
  });
  db.close();
  return { file: (ALONE * 1000) / file, sqlite: (ALONE * 1000) / sqlite };
}

/** Entries of the length of most. */
function factOf(at: number): LedgerFact {
  return {
    kind: 'cart-refused',
    cart: `US-${String(at % 1000).padStart(4, '0')}`,
    certificateSerial: String(at).padStart(32, '0'),
    code: 'CERTIFICATE_REVOKED',
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
