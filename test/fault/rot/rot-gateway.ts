/** Flips bits in what a gateway stored, one at a time in a copy, opens it, and judges what came of it. */
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { changedColumns, readGateway } from './gateway-reading.ts';
import type { GatewayReading, Refusal } from './gateway-reading.ts';
import { chooseFlips, flipped } from './flip.ts';
import type { Flip } from './flip.ts';
import { storedFiles } from './rot-classes.ts';
import type { RotClass, StoredFile } from './rot-classes.ts';
import { protectionOf } from './row-protection.ts';
import type { WorkedDay } from './worked-day.ts';

export interface RotPlan {
  readonly chance: () => number;
  /** Flips in each small file, beside its first, middle and last byte. */
  readonly more: number;
  /** Flips in the database and in its log. */
  readonly inDatabase: number;
}

/** What came of the flips, for whoever reads the test's output. */
export interface RotCount {
  refused: number;
  told: number;
  unharmed: number;
  /** Columns that were changed unseen and are listed as such. */
  readonly unseen: Map<string, number>;
}

/** Only these have nothing that could be read another way. */
const OWN: ReadonlySet<RotClass> = new Set(['setting', 'evidence']);

/** Judges every file of the gateway. @throws AssertionError naming file, byte and bit */
export async function rotGateway(day: WorkedDay, plan: RotPlan): Promise<RotCount> {
  const count: RotCount = { refused: 0, told: 0, unharmed: 0, unseen: new Map() };
  const killed = await withCopy(day.folder, async (folder) => await readGateway(folder));
  assert.equal(killed.refused, null, 'the undamaged day opens');
  const files = storedFiles(day.folder);
  const own = files.filter(({ name, is }) => name.startsWith('gateway/') && !OWN.has(is));
  for (const file of own.filter(({ is }) => is !== 'database'))
    await rotFile(day.folder, file, killed, plan, count);
  // The database itself is damaged at rest: once it has been closed in order, nothing of it waits in its log.
  await withCopy(day.folder, async (settled) => {
    await readGateway(settled);
    const before = await readGateway(settled);
    for (const column of before.tables.keys()) protectionOf(column);
    const database = own.find(({ is }) => is === 'database');
    assert.ok(database);
    await rotFile(settled, database, before, plan, count);
  });
  return count;
}

async function rotFile(
  template: string,
  file: StoredFile,
  before: GatewayReading,
  plan: RotPlan,
  count: RotCount,
): Promise<void> {
  const content = readFileSync(path.join(template, file.name));
  const flips = {
    database: plan.inDatabase,
    'newest changes': Math.ceil(plan.inDatabase / 4),
  } as Partial<Record<RotClass, number>>;
  for (const flip of chooseFlips(content.length, flips[file.is] ?? plan.more, plan.chance)) {
    const where = `${file.name}, byte ${flip.byte}, bit ${flip.bit}`;
    await withCopy(template, async (folder) => {
      writeFileSync(path.join(folder, file.name), flipped(content, flip));
      const after = await readGateway(folder).catch((fault: unknown) =>
        assert.fail(`${where}: a stack instead of a sentence: ${(fault as Error).stack ?? ''}`),
      );
      if (after.refused !== null) {
        assertSentence(after.refused, where);
        count.refused += 1;
      } else if (sameSealed(before, after)) count.unharmed += 1;
      else count.told += 1;
      judge(folder, file, before, after, where, count);
    });
  }
}

/** Applies the rule of the file's class. */
function judge(
  folder: string,
  file: StoredFile,
  before: GatewayReading,
  after: GatewayReading,
  where: string,
  count: RotCount,
): void {
  const differing = [...before.sealed].filter(([what, value]) => after.sealed.get(what) !== value);
  const same = after.refused === null && differing.length === 0;
  switch (file.is) {
    case 'made anew':
    case 'codes':
      assert.ok(same, `${where}: ${describe(after, differing)}`);
      break;
    case 'refused':
      assert.ok(after.refused !== null, `${where} was not noticed`);
      break;
    case 'refused or same':
      if (after.refused !== null) break;
      assert.ok(same && after.verifierKey === before.verifierKey, `${where} was not noticed`);
      break;
    case 'one case':
      assert.equal(after.refused, null, where);
      for (const [what] of before.sealed) {
        const own = !what.startsWith('journal') && what !== 'the whole ledger';
        const read = after.sealed.get(what);
        if (own) assert.equal(read, 'RECORD_DAMAGED', `${where}: ${what}`);
        else assert.equal(read, before.sealed.get(what), `${where}: ${what}`);
      }
      break;
    case 'one record': {
      const id = /recd-[0-9a-z]+/.exec(file.name)?.[0] ?? '';
      assert.deepEqual(
        differing.map(([what]) => [what, after.sealed.get(what)]),
        [[`record ${id}`, 'RECORD_DAMAGED']],
        where,
      );
      break;
    }
    case 'fetched again':
      assert.equal(after.refused, null, where);
      for (const [what] of differing) assert.match(what, /^staged /, where);
      break;
    case 'newest changes':
      if (after.refused === null) assertLedgerKept(folder, before, after, where);
      break;
    case 'database':
      judgeRows(before, after, differing.length > 0, where, count);
      break;
    default:
      assert.fail(`${file.is} is not the gateway's`);
  }
}

function judgeRows(
  before: GatewayReading,
  after: GatewayReading,
  told: boolean,
  where: string,
  count: RotCount,
): void {
  if (after.refused !== null) return;
  for (const column of changedColumns(before.tables, after.tables)) {
    const protection = protectionOf(column);
    assert.notEqual(protection, 'refused', `${where}: ${column} changed and was not noticed`);
    if (protection === 'told') assert.ok(told, `${where}: ${column} changed and nobody is told`);
    else count.unseen.set(column, (count.unseen.get(column) ?? 0) + 1);
  }
}

/** What the checkpoint beside the database vouches for is there as it was. */
function assertLedgerKept(
  folder: string,
  before: GatewayReading,
  after: GatewayReading,
  where: string,
): void {
  const { size } = readCheckpoint(
    readFileSync(path.join(folder, 'gateway', 'ledger', 'checkpoint'), 'utf8'),
  );
  const lines = (reading: GatewayReading) => reading.tables.get('ledger_entry.line') ?? [];
  assert.deepEqual(lines(after).slice(0, size), lines(before).slice(0, size), where);
}

function assertSentence({ code, message }: Refusal, where: string): void {
  assert.match(message, /^[A-Z"][^\n]{20,400}[.:]?$/s, `${where}: ${code}: ${message}`);
  assert.doesNotMatch(message, /\n\s+at /, where);
  assert.match(message, /[Rr]estore|remove|[Ss]tart/, `${where}: it says what to do: ${message}`);
}

function sameSealed(one: GatewayReading, other: GatewayReading): boolean {
  return JSON.stringify([...one.sealed]) === JSON.stringify([...other.sealed]);
}

function describe(
  after: GatewayReading,
  differing: readonly (readonly [string, string])[],
): string {
  return after.refused?.message ?? differing.map(([what]) => what).join();
}

/** Works on a copy that is removed afterwards. */
export async function withCopy<Result>(
  folder: string,
  act: (copy: string) => Promise<Result>,
): Promise<Result> {
  const copy = mkdtempSync(path.join(tmpdir(), 'chaperone-rot-copy-'));
  try {
    cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
    // Copies of folders are open to others; a data directory must not be.
    for (const name of ['gateway', 'cart']) chmodSync(path.join(copy, name), 0o700);
    return await act(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

export type { Flip };
