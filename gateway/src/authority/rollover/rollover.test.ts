/**
 * Goal: a step of changing the cart root that was cut off anywhere does no harm, what the roots certify about each other leads
 * from one to the next for a stranger, and what a root that is gone certified gets nobody in. Method: a real authority, also with
 * its keys in a real token of SoftHSM; faults of the ledger and of the disk in between; openssl as the stranger.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { readAnchors } from '@chaperone/protocol/est/anchors.ts';
import { readCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { decodeESTBody } from '@chaperone/protocol/est/est.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { makeCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { openDatabase } from '../../platform/database/database.ts';
import { FILE_KEYS, tokenKeys } from '../establishment/establishment.ts';
import type { RootKeys } from '../establishment/establishment.ts';
import { AUTHORITY_MIGRATIONS } from '../registry/registry.ts';
import { newTestAuthority, serveEST } from '../testing/authority-harness.ts';
import type { TestAuthority } from '../testing/authority-harness.ts';
import { newTestTokens } from '../../platform/token/testing/softhsm.ts';
import { askEST } from '../testing/ask-est.ts';
import {
  RolloverCartsWaiting,
  RolloverOutOfTurn,
  activateRoot,
  announceRoot,
  finishRollover,
  rolloverStanding,
} from './rollover.ts';
import type { RolloverOptions } from './rollover.ts';

const SERIAL = parseCartSerial('US-1');
const tokens = newTestTokens();
after(() => tokens[Symbol.dispose]());

interface Scene extends AsyncDisposable {
  readonly held: TestAuthority;
  options(change?: Partial<RolloverOptions>): RolloverOptions;
}

async function setScene(
  cartKey: 'p256' | 'rsa3072' = 'p256',
  newKeys: () => RootKeys = () => FILE_KEYS,
): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-rollover-'));
  const database = await openDatabase({
    location: { kind: 'sqlite', file: join(folder, 'gateway.db') },
  });
  await database.migrate(AUTHORITY_MIGRATIONS);
  const held = await newTestAuthority(database, { cartKey, newKeys });
  const keys = newKeys();
  return {
    held,
    options: (change) => ({
      ...{ directory: held.directory, keys, database, ledger: held.ledger },
      ...{ by: 'test', nowMs: Date.now(), ...change },
    }),
    [Symbol.asyncDispose]: async () => {
      await keys.close();
      await held[Symbol.asyncDispose]();
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Enrols a cart by EST. */
async function enrol(authority: TestAuthority['authority']) {
  const { code } = await authority.issueCartLicence(SERIAL, { by: 'test' });
  const { privateKey } = await newKeyPair('p256-sha3-256');
  await using est = await serveEST(authority);
  const answer = await askEST(authority, est.port, {
    credentials: `${SERIAL}:${code}`,
    request: makeCertificationRequest(SERIAL, privateKey),
  });
  equal(answer.status, 200, answer.text);
  const [certificate = new Uint8Array()] = readCertificatesOnly(decodeESTBody(answer.text, 65_536));
  return { privateKey, certificate };
}

const filesOf = (scene: Scene): readonly string[] =>
  readdirSync(scene.held.directory)
    .filter((name) => name.startsWith('cart'))
    .toSorted();

for (const where of ['files', 'token'] as const) {
  test(`${where}: three steps, and the old root's key is destroyed and its certificates are revoked`, async () => {
    const settings = where === 'token' ? tokens.add('rollover') : null;
    const newKeys = (): RootKeys => (settings === null ? FILE_KEYS : tokenKeys(settings));
    await using scene = await setScene('p256', newKeys);
    const { authority } = scene.held;
    const older = authority.facts.fingerprints.cart;
    const { certificate } = await enrol(authority);
    const serialHex = new X509Certificate(certificate).serialNumber.toLowerCase();
    equal((await authority.rollover()).phase, 'settled');

    const { roots } = await announceRoot(scene.options());
    const newer = roots.at(-1)?.fingerprint;
    await activateRoot(scene.options());
    const between = await scene.held.reopen();
    equal(between.facts.fingerprints.cart, newer);
    equal(await between.isRevoked(serialHex), false);
    await rejects(finishRollover(scene.options(), []), RolloverCartsWaiting);
    await rejects(finishRollover(scene.options(), ['US-2']), RolloverCartsWaiting);
    const done = await finishRollover(scene.options(), [SERIAL]);
    deepEqual(
      done.roots.map(({ fingerprint, state }) => [fingerprint, state]),
      [
        [older, 'gone'],
        [newer, 'issuing'],
      ],
    );
    const key = where === 'files' ? 'key.pem' : 'key.json';
    deepEqual(filesOf(scene), [
      ...['cart-2.cert.pem', `cart-2.${key}`, 'cart-2.new-with-old.pem', 'cart-2.old-with-new.pem'],
      'cart.cert.pem',
    ]);
    const reopened = await scene.held.reopen();
    equal(await reopened.isRevoked(serialHex), true);
    ok(scene.held.ledger.kinds().includes('certificate-revoked'));
    deepEqual(
      scene.held.ledger.kinds().filter((kind) => kind.startsWith('cart-root-')),
      ['cart-root-announced', 'cart-root-activated', 'cart-root-retired'],
    );
    deepEqual(scene.held.faults, []);
    // And once more, from the new one to a newer one.
    await announceRoot(scene.options());
    await activateRoot(scene.options());
    equal((await finishRollover(scene.options(), [])).roots.length, 3);
    equal((await scene.held.reopen()).facts.fingerprints.cart === newer, false);
  });
}

test('steps out of turn are refused, and change nothing', async () => {
  await using scene = await setScene();
  const before = readFileSync(join(scene.held.directory, 'authority.json'), 'utf8');
  await rejects(activateRoot(scene.options()), RolloverOutOfTurn);
  await rejects(finishRollover(scene.options(), []), RolloverOutOfTurn);
  equal(readFileSync(join(scene.held.directory, 'authority.json'), 'utf8'), before);
  await announceRoot(scene.options());
  await rejects(announceRoot(scene.options()), RolloverOutOfTurn);
  await rejects(finishRollover(scene.options(), []), RolloverOutOfTurn);
  await activateRoot(scene.options());
  await rejects(announceRoot(scene.options()), RolloverOutOfTurn);
  await rejects(activateRoot(scene.options()), RolloverOutOfTurn);
});

test('a ledger that cannot write keeps each step from happening, and a step that was cut off is taken again', async () => {
  await using scene = await setScene();
  const { ledger, directory } = scene.held;
  const phase = async (): Promise<string> => (await rolloverStanding(scene.options())).phase;
  ledger.isFull = true;
  await rejects(announceRoot(scene.options()));
  equal(await phase(), 'settled');
  await scene.held.reopen();
  ledger.isFull = false;
  // What the first attempt left behind is in the way of nothing.
  ok(existsSync(join(directory, 'cart-2.cert.pem')));
  await announceRoot(scene.options());
  ledger.isFull = true;
  await rejects(activateRoot(scene.options()));
  equal(await phase(), 'announced');
  ledger.isFull = false;
  await activateRoot(scene.options());
  ledger.isFull = true;
  await rejects(finishRollover(scene.options(), []));
  equal(await phase(), 'replacing');
  ledger.isFull = false;
  await finishRollover(scene.options(), []);

  // Cut off between the manifest and the end: the key is still there, and the next start clears it away.
  writeFileSync(join(directory, 'cart.key.pem'), 'whatever is left', { mode: 0o600 });
  await scene.held.reopen();
  ok(!existsSync(join(directory, 'cart.key.pem')));
});

test('a missing or exchanged part of a change is noticed at the start', async () => {
  await using scene = await setScene();
  await announceRoot(scene.options());
  await activateRoot(scene.options());
  for (const name of filesOf(scene)) {
    const path = join(scene.held.directory, name);
    const whole = readFileSync(path);
    for (const content of [null, 'x', 'x'.repeat(100_000)]) {
      rmSync(path);
      if (content !== null) writeFileSync(path, content, { mode: 0o600 });
      await rejects(scene.held.reopen(), { code: 'AUTHORITY_DAMAGED' }, `${name} ${content}`);
      writeFileSync(path, whole, { mode: 0o600 });
    }
  }
  await scene.held.reopen();
});

test('what the roots certify about each other leads a stranger from one to the other, both ways', async () => {
  await using scene = await setScene('rsa3072');
  const folder = scene.held.directory;
  await announceRoot(scene.options());
  await activateRoot(scene.options());
  const authority = await scene.held.reopen();
  await using est = await serveEST(authority);
  const cacerts = await askEST(authority, est.port, { path: 'cacerts' });
  const given = readCertificatesOnly(decodeESTBody(cacerts.text, 65_536));
  equal(given.length, 4);
  const { certificate } = await enrol(authority);
  writeFileSync(join(folder, 'leaf.pem'), encodePEM('CERTIFICATE', certificate));
  const verify = (root: string, ...more: readonly string[]): string =>
    execFileSync('openssl', ['verify', '-CAfile', root, ...more, 'leaf.pem'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  match(verify('cart-2.cert.pem'), /OK/);
  match(verify('cart.cert.pem', '-untrusted', 'cart-2.new-with-old.pem'), /OK/);
  await rejects(async () => verify('cart.cert.pem'));
});

test('a cart is given the word of the root that it names, and a word that tells it when that root is gone', async () => {
  await using scene = await setScene();
  const { authority } = scene.held;
  const older = authority.facts.fingerprints.cart;
  const [olderRoot] = [new X509Certificate(authority.publicRoots.cartRootPEM).raw];
  const asleep = await enrol(authority);
  await announceRoot(scene.options());
  await activateRoot(scene.options());
  {
    const between = await scene.held.reopen();
    const newer = between.facts.fingerprints.cart;
    const newerRoot = new X509Certificate(between.publicRoots.cartRootPEM).raw;
    await using est = await serveEST(between);
    const asked = async (query: string) =>
      await askEST(between, est.port, { path: `chaperone/anchors${query}` });
    for (const [query, root] of [
      ['', olderRoot],
      [`?root=${older}`, olderRoot],
      [`?root=${newer}`, newerRoot],
    ] as const) {
      const anchors = await readAnchors((await asked(query)).text, root);
      equal(anchors.issuing, newer);
      equal(anchors.roots.length, 2);
    }
    for (const query of ['?root=', '?root=x', `?root=${'0'.repeat(64)}`, '?root=%'])
      deepEqual((await asked(query)).code, 'ROUTE_NOT_FOUND', query);
  }
  await finishRollover(scene.options(), [SERIAL]);
  const after = await scene.held.reopen();
  await using est = await serveEST(after);
  const told = await askEST(after, est.port, { path: `chaperone/anchors?root=${older}` });
  deepEqual([told.status, told.code], [410, 'CART_ROOT_RETIRED']);
  match(told.text, /Enrol the cart again/);
  // It believes the gateway by what the old root certified, and is not believed.
  const refused = await askEST(after, est.port, {
    path: 'simplereenroll',
    root: encodePEM('CERTIFICATE', olderRoot),
    request: makeCertificationRequest(SERIAL, asleep.privateKey),
    shown: asleep,
  });
  deepEqual([refused.status, refused.code], [403, 'CART_REFUSED']);
});
