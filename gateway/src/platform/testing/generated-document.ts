/**
 * Test support: documents that are printed from the code.
 *
 * The test that asks fails when the document in `docs/` is not what the code prints; with the environment variable
 * `WRITE_DOCUMENTS=1` it is written instead.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const DOCS = path.join(import.meta.dirname, '../../../../docs');

/** Compares `docs/<name>` with what the code prints. */
export function assertCurrent(name: string, printed: string): void {
  const file = path.join(DOCS, name);
  if (process.env['WRITE_DOCUMENTS'] === '1') writeFileSync(file, printed);
  const hint = `docs/${name} is out of date: WRITE_DOCUMENTS=1 node --test "gateway/src/platform/**/*.test.ts"`;
  assert.equal(readFileSync(file, 'utf8'), printed, hint);
}
