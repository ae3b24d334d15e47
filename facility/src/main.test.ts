// Goal: a facility makes a key, a policy and a signature with one program and no gateway, a careless key file is refused, and what
// cannot be used is not signed. Method: the real program in an empty directory.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';

const MAIN = path.resolve(import.meta.dirname, 'main.ts');
const run = promisify(execFile);
/** The members of format 1 as it was first; docs/protocol.md. */
const EVERY_CART_KNOWS = [
  'activities',
  'carts',
  'deIdentificationRequired',
  'facility',
  'files',
  'format',
  'groups',
  'hours',
  'regionTemplates',
  'secondApproval',
  'validFrom',
  'validUntil',
  'version',
];

async function stage(t: TestContext) {
  const cwd = await mkdtemp(path.join(tmpdir(), 'chaperone-facility-'));
  t.after(() => rm(cwd, { recursive: true, force: true }));
  return {
    at: (name: string) => path.join(cwd, name),
    facility: async (...args: readonly string[]) =>
      (await run(process.execPath, [MAIN, ...args], { cwd })).stdout,
  };
}

test('from a key to a signed policy that says what it allows', async (t) => {
  const { facility, at } = await stage(t);
  const made = await facility('key', 'new', '--key', 'f.key', '--public', 'f.pem');
  assert.equal((await stat(at('f.key'))).mode & 0o777, 0o600);
  const shown = await facility('key', 'show', '--public', 'f.pem');
  assert.ok(made.startsWith(shown.trim()));
  await facility(
    'policy',
    'new',
    '--facility',
    'St. Example',
    '--time-zone',
    'Europe/Berlin',
    '--output',
    'p.json',
  );
  const written = JSON.parse(await readFile(at('p.json'), 'utf8')) as Readonly<
    Record<string, unknown>
  >;
  // A cart of an earlier version refuses a policy with a member that it does not know.
  assert.deepEqual(Object.keys(written).toSorted(), EVERY_CART_KNOWS);
  await facility('policy', 'sign', '--key', 'f.key', '--policy', 'p.json', '--output', 'p.jws');
  const words = await facility('policy', 'show', '--policy', 'p.jws', '--public', 'f.pem');
  assert.match(words, /St\. Example, version 1/);
  assert.match(words, /Hours \(Europe\/Berlin\): mon 08:00-17:00/);
  assert.match(words, /Covered of the screen: .*the operator may show a part/);
  assert.match(words, /The signature is that of this key/);
  await facility('key', 'new', '--key', 'other.key', '--public', 'other.pem');
  await assert.rejects(
    facility('policy', 'show', '--policy', 'p.jws', '--public', 'other.pem'),
    /not signed by this facility's key/,
  );
});

test('a policy that a cart could not use is not signed, and nothing is written over', async (t) => {
  const { facility, at } = await stage(t);
  await facility('key', 'new', '--key', 'f.key', '--public', 'f.pem');
  await assert.rejects(
    facility('key', 'new', '--key', 'f.key', '--public', 'g.pem'),
    /is there already/,
  );
  await facility('policy', 'new', '--facility', 'F', '--time-zone', 'UTC', '--output', 'p.json');
  const policy = JSON.parse(await readFile(at('p.json'), 'utf8')) as Record<string, unknown>;
  await writeFile(at('q.json'), JSON.stringify({ ...policy, activities: ['everything'] }));
  await assert.rejects(
    facility('policy', 'sign', '--key', 'f.key', '--policy', 'q.json', '--output', 'q.jws'),
    /activities/,
  );
  await assert.rejects(stat(at('q.jws')));
  await writeFile(at('r.json'), 'hours: always');
  await assert.rejects(
    facility('policy', 'sign', '--key', 'f.key', '--policy', 'r.json', '--output', 'r.jws'),
    /not JSON/,
  );
});

test('a key that others can read signs nothing', async (t) => {
  const { facility, at } = await stage(t);
  await facility('key', 'new', '--key', 'f.key', '--public', 'f.pem');
  await facility('policy', 'new', '--facility', 'F', '--time-zone', 'UTC', '--output', 'p.json');
  await chmod(at('f.key'), 0o640);
  await assert.rejects(
    facility('policy', 'sign', '--key', 'f.key', '--policy', 'p.json', '--output', 'p.jws'),
    /Others can read/,
  );
});

test('what nobody can mean is told with the usage', async (t) => {
  const { facility } = await stage(t);
  await assert.rejects(
    facility('policy', 'print'),
    (fault: { readonly code?: number; readonly stderr?: string }) => {
      assert.equal(fault.code, 2);
      return /There is no command/.test(fault.stderr ?? '');
    },
  );
  assert.match(await facility('--help'), /chaperone facility <command>/);
});
