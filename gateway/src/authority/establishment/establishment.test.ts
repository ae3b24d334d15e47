/**
 * Goal: an authority is made once, whole or not at all, and a damaged or exposed one is not opened. Method: real
 * directories; races; each file removed, exchanged or opened up in turn.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import {
  AuthorityAlreadyEstablished,
  AuthorityDamaged,
  AuthorityKeyExposed,
  AuthorityNotEstablished,
  CART_KEY_KINDS,
  addMissingRoots,
  establishAuthority,
  loadAuthority,
} from './establishment.ts';
import type { CartKeyKind } from './establishment.ts';
import { TestLedger } from '../testing/authority-harness.ts';

let parent: string;
let directory: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'chaperone-establish-'));
  directory = join(parent, 'data', 'authority');
});
afterEach(() => rmSync(parent, { recursive: true }));

const establish = (cartKey: CartKeyKind = 'p256', nowMs = Date.now()) =>
  establishAuthority({ directory, serviceCentre: 'Test Centre', by: 'test', nowMs, cartKey });

for (const cartKey of CART_KEY_KINDS) {
  test(`${cartKey}: what is made opens again, with keys nobody else can read`, async () => {
    const facts = await establish(cartKey);
    const { facts: read, roots } = await loadAuthority(directory);
    deepEqual(read, facts);
    equal(facts.cartChain, `${cartKey}-sha3-256`);
    match(new X509Certificate(roots.cart.certificate).signatureAlgorithm ?? '', /SHA3-256/);
    match(new X509Certificate(roots.workstation.certificate).signatureAlgorithm ?? '', /SHA256/);
    match(new X509Certificate(roots.browser.certificate).signatureAlgorithm ?? '', /SHA256/);
    equal(new Set(Object.values(facts.fingerprints)).size, 5);
    equal(statSync(directory).mode & 0o777, 0o700);
    for (const name of readdirSync(directory).filter((file) => file.endsWith('.pem'))) {
      equal(statSync(join(directory, name)).mode & 0o777, 0o600, name);
    }
  });
}

test('without an authority, the refusal says which command makes one', async () => {
  await rejects(loadAuthority(directory), (fault: unknown) => {
    ok(fault instanceof AuthorityNotEstablished);
    match(fault.message, /chaperone gateway establish/);
    return true;
  });
});

test('it is never overwritten, and of several at once exactly one succeeds', async () => {
  const results = await Promise.allSettled([establish(), establish(), establish()]);
  equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const result of results) {
    if (result.status === 'rejected')
      ok(result.reason instanceof AuthorityAlreadyEstablished, String(result.reason));
  }
  const { facts } = await loadAuthority(directory);
  await rejects(establish(), AuthorityAlreadyEstablished);
  deepEqual((await loadAuthority(directory)).facts, facts);
  deepEqual(readdirSync(join(parent, 'data')), ['authority']);
});

test('an empty directory is taken, a directory with something else is not', async () => {
  mkdirSync(directory, { recursive: true });
  await establish();
  rmSync(directory, { recursive: true });
  mkdirSync(directory);
  writeFileSync(join(directory, 'notes.txt'), 'mine');
  await rejects(establish(), AuthorityDamaged);
  await rejects(loadAuthority(directory), AuthorityDamaged);
  ok(existsSync(join(directory, 'notes.txt')));
});

test('what a killed establishment left behind is no authority, and is removed later', async () => {
  const leftover = `${directory}.making-0011223344556677`;
  mkdirSync(leftover, { recursive: true });
  writeFileSync(join(leftover, 'cart.key.pem'), 'half a key');
  await rejects(loadAuthority(directory), AuthorityNotEstablished);
  const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
  utimesSync(leftover, longAgo, longAgo);
  await establish();
  deepEqual(readdirSync(join(parent, 'data')), ['authority']);
});

test('a missing, exchanged, damaged or exposed file is noticed', async () => {
  await establish();
  const files = readdirSync(directory).filter(
    (name) => name.endsWith('.pem') || name.endsWith('.json'),
  );
  equal(files.length, 11);
  const original = join(parent, 'original');
  cpSync(directory, original, { recursive: true });
  const restore = (): void => {
    rmSync(directory, { recursive: true });
    cpSync(original, directory, { recursive: true });
  };
  for (const name of files) {
    rmSync(join(directory, name));
    await rejects(loadAuthority(directory), AuthorityDamaged, name);
    restore();
    writeFileSync(join(directory, name), 'x'.repeat(100));
    await rejects(loadAuthority(directory), AuthorityDamaged, name);
    restore();
  }
  for (const kind of ['key', 'cert']) {
    cpSync(join(directory, `workstation.${kind}.pem`), join(directory, `browser.${kind}.pem`));
    await rejects(loadAuthority(directory), AuthorityDamaged, kind);
    restore();
  }
  chmodSync(join(directory, 'cart.key.pem'), 0o640);
  await rejects(loadAuthority(directory), AuthorityKeyExposed);
  restore();
  await loadAuthority(directory);
});

/** Makes it an authority as earlier versions made them. */
function forgetRoots(...names: readonly ('facility' | 'licence')[]): void {
  const file = join(directory, 'authority.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    fingerprints: { facility?: string; licence?: string };
  };
  for (const name of names) {
    delete manifest.fingerprints[name];
    rmSync(join(directory, `${name}.key.pem`));
    rmSync(join(directory, `${name}.cert.pem`));
  }
  writeFileSync(file, JSON.stringify(manifest));
}

for (const missing of [['facility', 'licence'], ['licence']] as const)
  test(`an authority that lacks ${missing.join(' and ')} gets it once, and the ledger has it first`, async () => {
    await establish();
    const before = (await loadAuthority(directory)).facts.fingerprints;
    forgetRoots(...missing);
    await rejects(loadAuthority(directory), AuthorityDamaged);

    const ledger = new TestLedger();
    ledger.isFull = true;
    await rejects(addMissingRoots(directory, ledger, Date.now()), /full/);
    await rejects(
      loadAuthority(directory),
      AuthorityDamaged,
      'a root that the ledger does not know',
    );

    ledger.isFull = false;
    await addMissingRoots(directory, ledger, Date.now());
    await addMissingRoots(directory, ledger, Date.now());
    const { facts, roots } = await loadAuthority(directory);
    deepEqual(
      ledger.facts,
      missing.map((name) => ({
        kind: `${name}-root-established`,
        fingerprint: roots[name].fingerprint,
        algorithm: 'p256-sha256',
      })),
    );
    const { fingerprints } = facts;
    const others = Object.fromEntries(missing.map((name) => [name, before[name]]));
    deepEqual({ ...fingerprints, ...others }, before, 'the others stay');
    for (const name of missing) {
      const { subject } = new X509Certificate(roots[name].certificate);
      equal(subject, `CN=Test Centre ${name} root`);
      equal(statSync(join(directory, `${name}.key.pem`)).mode & 0o777, 0o600);
    }
  });
