/**
 * Goal: the program says what holds and what does not, and its exit code is what a script needs. Method: the real
 * program on real files.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { EVIDENCE_BYTES_MAX } from '@chaperone/protocol/evidence/schema.ts';
import {
  cartCertificate,
  headOf,
  journalLines,
  rootCertificate,
  strangeRootCertificate,
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
  const { ok, results } = JSON.parse(out) as {
    readonly ok: boolean;
    readonly results: readonly {
      readonly checks: readonly { readonly ok: boolean; readonly said: string }[];
    }[];
  };
  const failed = results[0]?.checks.filter((check) => !check.ok) ?? [];
  deepEqual([ok, failed.length], [false, 1]);
  match(failed[0]?.said ?? '', /The receipt that entry 8 names is missing/);
});

test('a kept checkpoint is compared', () => {
  const kept = fileOf('kept', bundle.ledger.checkpoint);
  match(run('--seen', kept, good).out, /✓ The ledger goes on/);
});

test('a pinned root, ours and a stranger’s', () => {
  const ours = fileOf('root.pem', rootCertificate.replaceAll('\n', '\r\n').trimEnd());
  equal(run('--cart-root', ours, good).code, 0);
  const theirs = fileOf('other-root.pem', strangeRootCertificate);
  equal(run('--cart-root', theirs, good).code, 1);
  equal(run('--cart-root', fileOf('no.pem', 'no'), good).code, 2);
});

test('a journal, as directory and as file, with and without a signed head', async () => {
  const text = journalLines.map((line) => `${line}\n`).join('');
  const file = fileOf('journal.ndjson', text);
  const head = fileOf('head', await headOf(journalLines));
  const certificate = fileOf('cart.pem', cartCertificate);
  const root = fileOf('root.pem', rootCertificate);
  const given = ['--certificate', certificate, '--cart-root', root, '--head', head];
  for (const place of [directory, file, fileOf('copy.txt', `${text}{"index":10,"utc`)]) {
    const { code, out } = run(...given, place);
    equal(code, 0, out);
    match(out, /10 lines, as the cart signed them/);
    match(run(place).out, /no signed head was given/);
  }
  equal(run('--head', head, directory).code, 2);
  fileOf('journal.ndjson', text.slice(text.indexOf('\n') + 1));
  equal(run(directory).code, 1);
  fileOf('journal.ndjson', text);
  fileOf('journal.mark', 'torn');
  match(run(directory).out, /mark \(journal.mark\) is damaged/);
  const bytes = Buffer.from(text);
  bytes[bytes.indexOf('agent-started')] = 0xff;
  writeFileSync(file, bytes);
  match(run(file).out, /Line 0 is not text any more/);
});

test('what cannot be used: exit code 2, one sentence, no stack', () => {
  const long = fileOf('long.pem', 'x'.repeat(70_000));
  const bytes = JSON.stringify(bundle);
  const huge = path.join(directory, 'huge.json');
  closeSync(openSync(huge, 'w'));
  truncateSync(huge, EVIDENCE_BYTES_MAX + 1);
  for (const [args, said] of [
    [[], /Say what to verify/],
    [['--unknown', good], /--unknown/],
    [['--seen', path.join(directory, 'nothing'), good], /nothing cannot be read: it is not there/],
    [['--key', 'x', good], /form name\+hash/],
    [['--certificate', long, good], /at most 65536 are read/],
    [[path.join(directory, 'nothing.json')], /it is not there/],
    [[huge], /at most 536870912 are read/],
    [[fileOf('cut.json', bytes.slice(0, -20))], /not JSON: is it copied whole/],
    [[fileOf('other.json', '{"format":"x"}')], /not an evidence bundle/],
    [[fileOf('empty.json', '')], /not JSON/],
    [[mkdtempSync(path.join(directory, 'empty-'))], /journal.ndjson cannot be read/],
  ] as const) {
    const { code, out, err } = run(...args);
    equal(code, 2, out);
    match(err, said);
    equal(err.trimEnd().split('\n').length, 1, err);
  }
  equal(run('--help').code, 0);
  const mixed = run(good, path.join(directory, 'nothing.json'));
  equal(mixed.code, 2);
  match(mixed.out, /All \d+ checks hold/);
});
