// Goal: the engineer page is told of a ledger that does not go on, by a running agent and without one; what is unreadable breaks no page.
// Method: the files as the agent keeps them, in a directory of their own.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ledgerDiverged } from './ledger-diverged.ts';

const log = { warn: (): void => undefined };
const DIVERGED = { code: 'LEDGER_SHORTER', session: 's', utcMs: 7, kept: 'a', shown: 'b' } as const;

test('what the disk keeps is told; nothing, and nothing readable, are null', async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-diverged-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  assert.equal(await ledgerDiverged(directory, null, log), null);
  mkdirSync(path.join(directory, 'ledger'), { recursive: true });
  const file = path.join(directory, 'ledger', 'diverged.json');
  writeFileSync(file, JSON.stringify(DIVERGED));
  const told = { code: 'LEDGER_SHORTER', noticedUtcMs: 7 };
  assert.deepEqual(await ledgerDiverged(directory, null, log), told);
  writeFileSync(file, '{');
  assert.equal(await ledgerDiverged(directory, null, log), null);
});

test('a running agent knows what its disk may not have taken', async () => {
  const standing = { ledgerSize: 9, receipts: 0, receiptsAwaiting: 0, trouble: null };
  const running = { standing: () => ({ ...standing, diverged: DIVERGED }) };
  const told = await ledgerDiverged('/nowhere', running, log);
  assert.deepEqual(told, { code: 'LEDGER_SHORTER', noticedUtcMs: 7 });
});
