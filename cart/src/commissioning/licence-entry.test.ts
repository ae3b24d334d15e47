// Goal: a licence becomes an identity once, is lost by nobody's portal, and leaves nothing half done. Method: the facade on its real files,
// with an enrolment that the test scripts, and cuts it at each step; the real one has tests of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LicenceExpired, LicenceUnknown, LicenceUsed } from '@chaperone/domain/licence/licence.ts';
import { engineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import {
  AlreadyEnrolled,
  EnrolmentAnswerRefused,
  EnrolmentRefused,
  EnrolmentUnreachable,
  GatewayNotVerified,
  RootFingerprintMismatch,
  WaitingLicenceDamaged,
  dropWaitingLicence,
  keepWaitingLicence,
  readWaitingLicence,
} from '../licence/licence.ts';
import { Commissioning, CommissioningUnderWay, SessionUnderWay } from './commissioning.ts';
import type { GatewayAddress, LicenceToRedeem } from './commissioning.ts';
import {
  CODE,
  FINGERPRINT,
  commissioningStage,
  licence,
  refusedFields,
  signal,
} from './testing/commissioning-stage.ts';

test('a licence is redeemed, or waits for the network and is redeemed by the next validation', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  world.refusal = new EnrolmentUnreachable();
  assert.equal(await commissioning.enterLicence(licence, signal), false);
  const state = engineerState.parse(await commissioning.state());
  assert.deepEqual(
    [state.isPrestaged, state.enrolTrouble, state.enrolment],
    [true, 'ENROLMENT_UNREACHABLE', null],
  );
  world.refusal = null;
  await commissioning.validate(0);
  assert.equal((await commissioning.state()).isPrestaged, false);
  assert.deepEqual(world.facts, ['enrolled']);
});

test('a licence is thrown away only when the gateway says that its code is worth nothing', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  // A portal's redirection, a proxy's word, a clock of last year, a stranger's root: none says anything of the licence.
  for (const [refusal, code] of [
    [new EnrolmentRefused('HTTP_302', ''), 'ENROLMENT_REFUSED'],
    [new EnrolmentRefused('HTTP_429', ''), 'ENROLMENT_REFUSED'],
    [new EnrolmentAnswerRefused('not in time'), 'ENROLMENT_ANSWER_REFUSED'],
    [new GatewayNotVerified(), 'GATEWAY_NOT_VERIFIED'],
    [new RootFingerprintMismatch(), 'ROOT_FINGERPRINT_MISMATCH'],
  ] as const) {
    world.refusal = refusal;
    assert.equal(await commissioning.enterLicence(licence, signal), false, code);
    await commissioning.validate(0);
    const { isPrestaged, enrolTrouble } = await commissioning.state();
    assert.deepEqual([isPrestaged, enrolTrouble], [true, code]);
  }
  for (const refusal of [new LicenceUnknown(), new LicenceUsed(), new LicenceExpired()]) {
    world.refusal = refusal;
    await assert.rejects(commissioning.enterLicence(licence, signal), refusal);
    assert.equal(world.waiting, null);
  }
  assert.equal(world.isEnrolled, false);
});

test('an enrolment that takes too long is a road that does not carry, and the licence waits', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  world.redeeming = Promise.resolve();
  const late = new AbortController();
  setImmediate(() => late.abort(new DOMException('It took too long.', 'TimeoutError')));
  assert.equal(await commissioning.enterLicence(licence, late.signal), false);
  assert.equal((await commissioning.state()).enrolTrouble, 'ENROLMENT_UNREACHABLE');
  const hangUp = new AbortController();
  const cut = commissioning.enrolWaiting(hangUp.signal);
  setImmediate(() => hangUp.abort(new Error('the terminal hung up')));
  await assert.rejects(cut, /hung up/);
  assert.notEqual(world.waiting, null);
});

test('a cart that is enrolled keeps its identity, and a licence that waits, unless somebody says so', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  world.isEnrolled = true;
  const other = { code: 'other', rootFingerprint: FINGERPRINT, gateway: null, licence: null };
  world.waiting = other;
  await assert.rejects(commissioning.enterLicence(licence, signal), AlreadyEnrolled);
  assert.equal(world.waiting, other);
});

test('what was entered over a licence that waits costs that one nothing until it is redeemed', async (t) => {
  const { commissioning, world } = await commissioningStage(t);
  const staged = { code: 'depot', rootFingerprint: FINGERPRINT, gateway: null, licence: 'lic-7' };
  world.waiting = staged;
  world.refusal = new LicenceUnknown();
  await assert.rejects(commissioning.enterLicence(licence, signal), LicenceUnknown);
  assert.deepEqual(world.waiting, staged);
  world.refusal = new EnrolmentUnreachable();
  assert.equal(await commissioning.enterLicence(licence, signal), false);
  assert.equal(world.waiting.code, CODE);
  // The same code again, and its end: what lay there first waits again.
  assert.equal(await commissioning.enterLicence(licence, signal), false);
  world.refusal = new LicenceUsed();
  await assert.rejects(commissioning.enrolWaiting(signal), LicenceUsed);
  assert.deepEqual(world.waiting, staged);
  world.refusal = null;
  assert.equal(await commissioning.enterLicence(licence, signal), true);
  assert.equal(world.waiting, null);
});

test('a fingerprint that was typed does not take the place of the configured one', async (t) => {
  const { options, world } = await commissioningStage(t);
  const commissioning = await Commissioning.open({
    ...options,
    configured: { ...options.configured, rootFingerprint: 'cd'.repeat(32) },
  });
  assert.deepEqual(await refusedFields(commissioning.enterLicence(licence, signal)), [
    'rootFingerprint FINGERPRINT_NOT_CONFIGURED',
  ]);
  assert.equal(world.waiting, null);
  const beginning = { code: CODE, rootFingerprint: 'CD:CD '.repeat(5) };
  assert.equal(await commissioning.enterLicence(beginning, signal), true);
});

test('the operator’s button breaks a redeeming off as long as its code was not sent', async (t) => {
  const { commissioning, world, options } = await commissioningStage(t);
  world.isEnrolled = true;
  world.waiting = { code: CODE, rootFingerprint: FINGERPRINT, gateway: null, licence: null };
  const asked = Promise.withResolvers<undefined>();
  const sent = Promise.withResolvers<undefined>();
  let isSent = false;
  const trying = await Commissioning.open({
    ...options,
    licence: {
      ...options.licence,
      redeem: async (redeeming) => {
        const { onSending, signal: until } = redeeming;
        if (isSent) {
          onSending();
          asked.resolve(undefined);
          await sent.promise;
          return options.licence.redeem(redeeming);
        }
        setImmediate(() => trying.admitSession());
        return new Promise((_resolve, reject) =>
          until.addEventListener('abort', () => reject(until.reason as Error)),
        );
      },
    },
  });
  await assert.rejects(trying.enrolWaiting(signal), SessionUnderWay);
  assert.notEqual(world.waiting, null);
  isSent = true;
  const redeemed = trying.enrolWaiting(signal);
  await asked.promise;
  assert.throws(() => trying.admitSession(), CommissioningUnderWay);
  sent.resolve(undefined);
  assert.equal(await redeemed, true);
  commissioning.admitSession();
});

test('a licence that is damaged while it waits is named, and is in nobody’s way', async (t) => {
  const { world, options } = await commissioningStage(t);
  let isDamaged = true;
  const commissioning = await Commissioning.open({
    ...options,
    licence: {
      ...options.licence,
      waiting: async () => {
        if (isDamaged) throw new WaitingLicenceDamaged({ cause: null });
        return world.waiting;
      },
      keepWaiting: async (kept) => {
        isDamaged = false;
        world.waiting = kept;
      },
    },
  });
  assert.equal((await commissioning.state()).enrolTrouble, 'WAITING_LICENCE_DAMAGED');
  await commissioning.validate(0);
  await assert.rejects(commissioning.enrolWaiting(signal), WaitingLicenceDamaged);
  const typed = { code: CODE, rootFingerprint: null };
  assert.deepEqual(await refusedFields(commissioning.enterLicence(typed, signal)), [
    'rootFingerprint FINGERPRINT_MISSING',
  ]);
  assert.equal(await commissioning.enterLicence(licence, signal), true);
});

test('a power cut in an enrolment leaves no identity beside the address of another gateway', async (t) => {
  const gateway: GatewayAddress = { host: 'new.example', port: 443, serverName: 'new.example' };
  for (const cutAt of ['before', 'granted', 'stored', 'dropping'] as const) {
    const { world, options, dataDirectory } = await commissioningStage(t);
    const dead = new Promise<never>(() => undefined);
    const atCut = Promise.withResolvers<undefined>();
    const cut = async (at: typeof cutAt): Promise<void> => {
      if (at !== cutAt) return;
      atCut.resolve(undefined);
      await dead;
    };
    const waitingFile = {
      waiting: () => readWaitingLicence(dataDirectory),
      keepWaiting: (kept: LicenceToRedeem) => keepWaitingLicence(dataDirectory, kept),
      dropWaiting: () => dropWaitingLicence(dataDirectory),
    };
    const dying = await Commissioning.open({
      ...options,
      licence: {
        ...options.licence,
        ...waitingFile,
        redeem: async (asked) => {
          await cut('before');
          await asked.onGranted();
          await cut('granted');
          world.isEnrolled = true;
          await cut('stored');
          return { serial: 'US-1', certificateSerial: '0a' };
        },
        dropWaiting: async () => {
          await cut('dropping');
          await dropWaitingLicence(dataDirectory);
        },
      },
    });
    void dying.enterLicence({ ...licence, gateway, licence: 'lic-1' }, signal);
    await atCut.promise;
    const risen = await Commissioning.open({
      ...options,
      licence: { ...options.licence, ...waitingFile },
    });
    const state = await risen.state();
    if (world.isEnrolled) assert.deepEqual(state.gateway, gateway, cutAt);
    assert.equal(state.isPrestaged, !world.isEnrolled, cutAt);
    assert.equal(await risen.enrolWaiting(signal), true, cutAt);
    assert.deepEqual(risen.site.gateway, gateway, cutAt);
    assert.equal((await risen.state()).isPrestaged, false, cutAt);
  }
});
