/**
 * Goal: the program says what holds and what does not, and its exit code is what a script needs. Method: the real
 * program on real files.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import {
  cartCertificate,
  headOf,
  journalLines,
  verifierLine,
  wholeBundle,
} from './testing/story.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-verify-'));
after(() => rmSync(directory, { recursive: true }));
const program = path.join(import.meta.dirname, 'main.ts');

function run(...args: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}
function fileOf(name: string, content: string): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

const bundle = await wholeBundle();
const good = fileOf('good.json', JSON.stringify(bundle));
const bad = fileOf('bad.json', JSON.stringify({ ...bundle, receipts: [] }));

test('a good bundle: exit code 0, one mark for each check', () => {
  const { code, out } = run('--key', verifierLine, good);
  equal(code, 0, out);
  match(out, /✓ The checkpoint of the ledger is signed/);
  match(out, /All \d+ checks hold/);
});

test('one bad among good ones: exit code 1, and what is wrong', () => {
  const { code, out } = run(good, bad);
  equal(code, 1);
  match(out, /✗ The session receipts/);
  match(out, /1 of \d+ checks FAILED/);
});

test('--json gives the same to a program', () => {
  const { code, out } = run('--json', bad);
  equal(code, 1);
  const [result] = JSON.parse(out) as readonly {
    ok: boolean;
    checks: readonly { holds: boolean }[];
  }[];
  deepEqual([result?.ok, result?.checks.filter(({ holds }) => !holds).length], [false, 1]);
});

test('a kept checkpoint is compared', () => {
  const kept = fileOf('kept', bundle.ledger.checkpoint);
  match(run('--seen', kept, good).out, /✓ The ledger goes on/);
});

test('a journal directory, with and without a signed head', async () => {
  fileOf('journal.ndjson', journalLines.map((line) => `${line}\n`).join(''));
  const head = fileOf('head', await headOf(journalLines));
  const certificate = fileOf('cart.pem', cartCertificate);
  const signed = run(
    '--serial',
    'US-1001',
    '--certificate',
    certificate,
    '--head',
    head,
    directory,
  );
  equal(signed.code, 0, signed.out);
  match(signed.out, /10 lines, as the cart signed them/);
  match(run(directory).out, /no signed head was given/);
  fileOf(
    'journal.ndjson',
    journalLines
      .slice(1)
      .map((line) => `${line}\n`)
      .join(''),
  );
  equal(run(directory).code, 1);
});

test('called wrongly: exit code 2; unreadable: 1, without a stack', () => {
  equal(run().code, 2);
  equal(run('--unknown', good).code, 2);
  equal(run('--seen', path.join(directory, 'nothing'), good).code, 2);
  equal(run('--help').code, 0);
  const missing = run(path.join(directory, 'nothing.json'));
  equal(missing.code, 1);
  match(missing.out, /ENOENT/);
  const garbage = run(fileOf('garbage.json', '{'));
  equal(garbage.code, 1);
  match(garbage.out, /not JSON/);
  equal(garbage.err, '');
});
