/** Goal: the newest report is the one that was made last. Method: reports under a clock that goes back by years. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { AcceptanceFiles } from './acceptance-file.ts';

test('reports are in the order in which they were made, whatever the clock said', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-acceptance-file-'));
  t.after(async () => await rm(folder, { recursive: true, force: true }));
  const files = new AcceptanceFiles(folder);
  const made = [2031, 2026, 2027, 2035].map((year, at) => ({
    report: `a.${year}.c`,
    id: `acpt-${String(at).padStart(26, '0')}`,
    signedS: Date.UTC(year, 0, 1) / 1000,
  }));
  for (const { report, id, signedS } of made) {
    const file = {
      kind: 'chaperone-acceptance',
      version: 1,
      receipt: null,
      root: '',
      ledgerKey: '',
    };
    await files.keep({ ...file, report } as const as never, id, signedS);
  }
  const names = await files.names();
  const reports = await Promise.all(names.map(async (name) => (await files.read(name)).report));
  assert.deepEqual(
    reports,
    made.map(({ report }) => report),
  );
});
