/**
 * Goal: a cart is prepared at the depot without any network, and on site nothing but the network is left; every wrong file is refused
 * there, with a sentence; terms that are renewed reach the cart without another key, and what is over lets nothing new begin. Method: a
 * real authority behind real TLS and the cart's own program and parts; the network is a listener that is there or not.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  AlreadyEnrolled,
  LicenceForAnotherCart,
  LicenceInForce,
  RootFingerprintMismatch,
  enrol,
  loadIdentity,
  prestage,
  readWaitingLicence,
  refreshLicence,
} from '@chaperone/cart/licence/licence.ts';
import type { PrestageOptions } from '@chaperone/cart/licence/licence.ts';
import { parseLicenceDate } from '@chaperone/domain/licence/licence-terms.ts';
import { LicenceExpired } from '@chaperone/domain/licence/licence.ts';
import { EST_PATHS } from '@chaperone/protocol/est/est.ts';
import { MalformedLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import { SERIAL, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

const MAIN = path.join(import.meta.dirname, '../../cart/src/main.ts');
const cart = { serial: SERIAL, model: 'Sonata 9' };
const by = 'admin';

/** Issues a licence and gives its file, as the service centre does. */
async function newFile(stage: Stage, order: object = {}): Promise<string> {
  const { authority } = stage.held;
  const issued = await authority.issueCartLicence(SERIAL, { by, model: cart.model, ...order });
  const { gateway } = stage.options('');
  return await authority.licenceFile(issued, { gateway, serviceCentre: 'Test Centre' });
}

const optionsOf = (stage: Stage, file: string): PrestageOptions => ({
  directory: stage.cartDirectory,
  file,
  cart,
  rootFingerprint: stage.held.authority.facts.fingerprints.cart,
  replace: false,
  nowMs: Date.now(),
});

test('what is prepared at the depot is redeemed on site, by the key that was made there', async () => {
  await using stage = await setStage();
  const licence = await prestage(optionsOf(stage, await newFile(stage)));
  equal(licence.serviceCentre, 'Test Centre');
  deepEqual([...stage.asked.keys()], [], 'no network was used');
  const waiting = await readWaitingLicence(stage.cartDirectory);
  equal(waiting?.rootFingerprint, stage.held.authority.facts.fingerprints.cart);
  const file = path.join(stage.cartDirectory, 'waiting-licence.json');
  equal(statSync(file).mode & 0o777, 0o600);
  const keyFile = path.join(stage.cartDirectory, 'enrolment', 'cart.key.pem');
  const made = readFileSync(keyFile, 'utf8');
  const { code, rootFingerprint } = waiting;
  const identity = await enrol({ ...stage.options(code), rootFingerprint });
  equal(identity.keyPem, made);
  ok(!existsSync(keyFile));
  await rejects(prestage(optionsOf(stage, await newFile(stage))), AlreadyEnrolled);
  await prestage({ ...optionsOf(stage, await newFile(stage)), replace: true });
});

test('each wrong file is refused at the depot, and nothing is kept', async () => {
  await using stage = await setStage();
  await using other = await setStage();
  const file = await newFile(stage);
  const right = optionsOf(stage, file);
  const parts = JSON.parse(file) as Record<string, string>;
  const foreign = JSON.parse(await newFile(other)) as Record<string, string>;
  const refusals: readonly [Partial<PrestageOptions>, new (...args: never[]) => Error, RegExp][] = [
    [{ file: '' }, MalformedLicenceFile, /not a licence file/],
    [{ file: file.slice(0, -40) }, MalformedLicenceFile, /not a licence file/],
    [
      { file: JSON.stringify({ ...parts, licence: foreign['licence'] }) },
      MalformedLicenceFile,
      /damaged or edited/,
    ],
    [
      { file: JSON.stringify({ version: 1, serial: SERIAL, code: 'x' }) },
      MalformedLicenceFile,
      /earlier version and not signed/,
    ],
    [{ cart: { ...cart, serial: 'US-2' } }, LicenceForAnotherCart, /US-1001.*US-2.*plate/],
    [{ cart: { ...cart, model: 'EPIQ' } }, LicenceForAnotherCart, /Sonata 9.*EPIQ/],
    [{ file: await newFile(other) }, RootFingerprintMismatch, /another fingerprint/],
    [{ rootFingerprint: 'abc' }, MalformedLicenceFile, /20/],
    [{ nowMs: Date.now() + 31 * 86_400_000 }, LicenceExpired, /not used in time/],
  ];
  for (const [change, kind, says] of refusals) {
    await rejects(prestage({ ...right, ...change }), (fault: unknown) => {
      ok(fault instanceof kind, String(fault));
      match(fault.message, says);
      return true;
    });
    equal(await readWaitingLicence(stage.cartDirectory), null);
    ok(!existsSync(path.join(stage.cartDirectory, 'enrolment')));
  }
  await prestage({ ...right, rootFingerprint: null });
});

test('the program prepares a cart, and enrols it on site without being told anything', async () => {
  await using stage = await setStage();
  const folder = path.dirname(stage.cartDirectory);
  const licenceFile = path.join(folder, 'licence.json');
  const configurationFile = path.join(folder, 'cart.json');
  writeFileSync(licenceFile, await newFile(stage));
  for (const name of ['exposed', 'inbox']) mkdirSync(path.join(folder, name));
  writeFileSync(
    configurationFile,
    JSON.stringify({
      dataDirectory: stage.cartDirectory,
      cart,
      gateway: { host: 'nowhere.test', port: 443, serverName: 'nowhere.test' },
      serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
      screen: { kind: 'demo' },
      directories: [{ id: 'images', label: 'Images', path: path.join(folder, 'exposed') }],
      inbox: { path: path.join(folder, 'inbox'), label: 'Inbox', bytesMax: 1_000_000 },
    }),
  );
  const run = async (...words: string[]): Promise<Record<string, unknown>> => {
    const args = [MAIN, ...words, '--config', configurationFile, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  await rejects(run('enrol'), /No licence waits on this cart/);
  const pinFile = path.join(folder, 'pin');
  writeFileSync(pinFile, '123456\n');
  const withPIN = ['prestage', '--licence', licenceFile, '--pin-file', pinFile];
  await rejects(run(...withPIN), /too easy to guess/);
  equal(await readWaitingLicence(stage.cartDirectory), null, 'nothing was made with a bad PIN');
  writeFileSync(pinFile, '271828\n');
  const prepared = await run(...withPIN);
  deepEqual(
    [prepared['serial'], prepared['isFingerprintCompared'], prepared['isPinSet']],
    [SERIAL, false, true],
  );
  const stored = path.join(stage.cartDirectory, 'engineer-pin.json');
  equal(statSync(stored).mode & 0o777, 0o600);
  ok(!readFileSync(stored, 'utf8').includes('271828'));
  equal(stage.asked.size, 0);
  const enrolled = await run('enrol');
  deepEqual([enrolled['serial'], enrolled['isEnrolled']], [SERIAL, true]);
  equal((await loadIdentity(stage.cartDirectory)).licence?.serial, SERIAL);
  equal(await readWaitingLicence(stage.cartDirectory), null, 'a used code is not kept');
});

test('terms that are renewed reach the cart without another key, also after they were over', async () => {
  await using stage = await setStage();
  const { authority } = stage.held;
  const until = parseLicenceDate(new Date().toISOString().slice(0, 10), 'until');
  const order = { by, features: ['view'], validUntilUtcMs: until };
  const { licence, code } = await authority.issueCartLicence(SERIAL, order);
  const identity = await enrol(stage.options(code));
  equal(identity.licence?.validUntilUtcMs, until);
  const at = { utcMs: until - 1 };
  const failures: unknown[] = [];
  const held = new LicenceInForce({
    held: identity.licence,
    utcMs: () => at.utcMs,
    monotonicMs: () => at.utcMs,
    mayDial: () => true,
    refresh: async (signal) => await refreshLicence({ ...stage.options(''), signal }),
    onFailure: (fault) => failures.push(fault),
  });
  equal(held.standing(), 'ends-soon');
  held.requireInForce();
  at.utcMs = until;
  await rejects(async () => held.requireInForce(), { code: 'LICENCE_NOT_IN_FORCE' });
  await held.settled();
  equal(held.standing(), 'expired', 'nothing was renewed yet');
  await authority.renewLicence(licence.id, {
    by,
    validUntilUtcMs: null,
    features: ['view', 'control'],
  });
  at.utcMs += 60_000;
  await rejects(async () => held.requireInForce(), { code: 'LICENCE_NOT_IN_FORCE' });
  await held.settled();
  held.requireInForce();
  held.requireFeatures(['view', 'control']);
  deepEqual(failures, []);
  const after = await loadIdentity(stage.cartDirectory);
  equal(after.keyThumbprint, identity.keyThumbprint);
  equal(after.licence?.number, 2);
  equal(stage.asked.get(EST_PATHS.simpleenroll), 1);
  equal(stage.asked.get(EST_PATHS.simplereenroll), undefined);
});
