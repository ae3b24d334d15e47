/**
 * Goal: a cart renews its certificate by itself, in time, and never when it would disturb or when nobody could know of it; what
 * goes wrong is tried again and said in plain words. Method: the cart's own renewal against a real authority over real TLS; the
 * cart's clock and chance are turned by hand, its session and its journal are scripted.
 */
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { Renewal, enrol, loadIdentity } from '@chaperone/cart/licence/licence.ts';
import type {
  CartIdentity,
  RenewalMode,
  SessionStanding,
} from '@chaperone/cart/licence/licence.ts';
import { openLog } from '@chaperone/cart/platform/log.ts';
import { ManualClock } from '@chaperone/cart/platform/testing/manual-clock.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { EST_PATHS } from '@chaperone/protocol/est/est.ts';
import fc from 'fast-check';
import { SERIAL, newCode, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ENROLLED_AGO_MS = 501 * DAY;
/** A port where nobody listens. */
const NOWHERE = 1;

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly renewal: Renewal;
  readonly enrolled: CartIdentity;
  readonly clock: ManualClock;
  readonly facts: JournalFact[];
  /** What the script of the rest of the agent says. */
  readonly says: { session: SessionStanding; isJournalFull: boolean; isAway: boolean };
  /** How often a renewal reached the gateway. */
  readonly renewals: () => number;
}

/** @param isGatewaySlow the gateway's clock stays where it is */
async function setScene(mode: RenewalMode, byte = 0, isGatewaySlow = false): Promise<Scene> {
  const clock = new ManualClock(Date.now());
  // The cart is enrolled so long ago that what it is given when it is due holds today: TLS looks at this machine's clock.
  const stage = isGatewaySlow ? await setStage() : await setStage('p256', clock, ENROLLED_AGO_MS);
  const given = stage.options(await newCode(stage));
  const enrolled = await enrol(given);
  const facts: JournalFact[] = [];
  const says: Scene['says'] = { session: 'none', isJournalFull: false, isAway: false };
  const renewal = new Renewal({
    directory: stage.cartDirectory,
    identity: enrolled,
    mode,
    road: async () => ({
      gateway: says.isAway ? { ...given.gateway, port: NOWHERE } : given.gateway,
      proxy: { kind: 'none' },
    }),
    session: () => says.session,
    journal: {
      append: async (appended) => {
        if (says.isJournalFull) throw new Error('the disk is full');
        facts.push(...appended);
      },
      appendLater: (appended) => facts.push(...appended),
    },
    clock,
    randomBytes: (length) => new Uint8Array(length).fill(byte),
    log: openLog('silent'),
  });
  return {
    stage,
    renewal,
    enrolled,
    clock,
    facts,
    says,
    renewals: () => stage.asked.get(EST_PATHS.simplereenroll) ?? 0,
    [Symbol.asyncDispose]: async () => {
      await renewal.close();
      await stage[Symbol.asyncDispose]();
    },
  };
}

const kindsOf = (facts: readonly JournalFact[]): readonly string[] => facts.map(({ kind }) => kind);

/** Lets the clock run until the last third of the certificate's life has begun, and a little. */
function becomeDue({ clock, enrolled }: Scene): void {
  clock.setUtc(enrolled.notAfterMs - (enrolled.notAfterMs - enrolled.notBeforeMs) / 3);
}

test('by itself: nothing before two thirds of the life, then one exchange that the journal knows first', async () => {
  await using scene = await setScene('by-itself');
  const { renewal, clock, enrolled, facts, stage } = scene;
  const told: string[] = [];
  renewal.onRenewed(({ certificateSerialHex }) => told.push(certificateSerialHex));
  becomeDue(scene);
  clock.setUtc(clock.utcMs() - 1);
  await renewal.look();
  equal(renewal.due().state, 'good');
  equal(scene.renewals(), 0);

  clock.advance(1);
  equal(renewal.due().state, 'due');
  match(renewal.due().advice ?? '', /when no session runs/);
  await renewal.look();
  equal(scene.renewals(), 1);
  const now = await loadIdentity(stage.cartDirectory);
  notEqual(now.certificateSerialHex, enrolled.certificateSerialHex);
  notEqual(now.keyThumbprint, enrolled.keyThumbprint);
  deepEqual(renewal.identity, now);
  deepEqual(told, [now.certificateSerialHex]);
  deepEqual(facts, [
    { kind: 'renewal-begun', before: enrolled.certificateSerialHex },
    { kind: 'certificate-renewed', certificateSerial: now.certificateSerialHex },
  ]);
  await renewal.look();
  equal(scene.renewals(), 1);
});

test('by itself it never dials while a session begins or runs, and does when it is over', async () => {
  await using scene = await setScene('by-itself');
  becomeDue(scene);
  for (const session of ['beginning', 'connected'] as const) {
    scene.says.session = session;
    await scene.renewal.look();
    equal(scene.renewals(), 0);
  }
  scene.says.session = 'none';
  await scene.renewal.look();
  equal(scene.renewals(), 1);
});

test('with the session: nothing is dialled unless an operator has the cart connected', async () => {
  await using scene = await setScene('with-session');
  becomeDue(scene);
  const before = scene.stage.asked.size;
  for (const session of ['none', 'beginning'] as const) {
    scene.says.session = session;
    await scene.renewal.look();
  }
  equal(scene.stage.asked.size, before);
  deepEqual(scene.facts, []);
  match(scene.renewal.due().advice ?? '', /in the next session/);
  scene.says.session = 'connected';
  await scene.renewal.look();
  equal(scene.renewals(), 1);
  equal(scene.renewal.due().state, 'good');
});

test('while the network is away it tries again after pauses that grow to a day, and then succeeds', async () => {
  await using scene = await setScene('by-itself', 255);
  const { renewal, clock, facts, says, enrolled } = scene;
  becomeDue(scene);
  clock.advance(8 * DAY);
  says.isAway = true;
  const begun = (): number => facts.filter(({ kind }) => kind === 'renewal-begun').length;
  const pauses = [15, 30, 60, 120, 240, 480, 960, 1440, 1440];
  for (let tries = 1; tries <= pauses.length; tries += 1) {
    await renewal.look();
    equal(begun(), tries);
    equal(renewal.due().failure, 'PORT_CLOSED');
    clock.advance((pauses[tries - 1] ?? 0) * MINUTE - 1);
    await renewal.look();
    equal(begun(), tries);
    clock.advance(1);
  }
  deepEqual(
    facts.filter((fact) => fact.kind === 'renewal-failed').map(({ code }) => code),
    Array.from({ length: 9 }, () => 'PORT_CLOSED'),
  );
  deepEqual(await loadIdentity(scene.stage.cartDirectory), enrolled);
  says.isAway = false;
  await renewal.look();
  equal(renewal.due().state, 'good');
  equal(renewal.due().failure, null);
});

test('a cart whose clock is far ahead renews once a day at most, not once a minute', async () => {
  await using scene = await setScene('by-itself', 255, true);
  becomeDue(scene);
  scene.clock.advance(8 * DAY);
  await scene.renewal.look();
  equal(scene.renewals(), 1);
  for (let minutes = 0; minutes < 100; minutes += 1) {
    scene.clock.advance(MINUTE);
    await scene.renewal.look();
  }
  equal(scene.renewals(), 1);
  scene.clock.advance(DAY);
  await scene.renewal.look();
  equal(scene.renewals(), 2);
});

test('a journal that cannot be written keeps it from dialling', async () => {
  await using scene = await setScene('by-itself');
  becomeDue(scene);
  const before = new Map(scene.stage.asked);
  scene.says.isJournalFull = true;
  await scene.renewal.look();
  deepEqual(scene.stage.asked, before);
  scene.says.isJournalFull = false;
  scene.clock.advance(15 * MINUTE);
  await scene.renewal.look();
  equal(scene.renewals(), 1);
});

test('a lost answer costs nothing: the next attempt gets the same certificate', async () => {
  await using scene = await setScene('by-itself');
  const { authority } = scene.stage.held;
  becomeDue(scene);
  scene.stage.loseAnswerOf(EST_PATHS.simplereenroll);
  await scene.renewal.look();
  equal(scene.renewal.due().failure, 'ENROLMENT_UNREACHABLE');
  scene.clock.advance(15 * MINUTE);
  await scene.renewal.look();
  equal((await authority.certificatesOf({ kind: 'cart', id: SERIAL })).length, 2);
  deepEqual(kindsOf(scene.facts), [
    'renewal-begun',
    'renewal-failed',
    'renewal-begun',
    'certificate-renewed',
  ]);
});

test('a retired cart and an expired one are told what to do, and keep what they have', async () => {
  await using scene = await setScene('by-itself');
  becomeDue(scene);
  await scene.stage.held.authority.retireCart(SERIAL);
  await scene.renewal.look();
  deepEqual([scene.renewal.due().state, scene.renewal.due().notice], ['refused', 'refused']);
  match(scene.renewal.due().advice ?? '', /does not accept this cart's certificate/);
  scene.clock.setUtc(scene.enrolled.notAfterMs + 1);
  equal(scene.renewal.due().state, 'expired');
  match(scene.renewal.due().advice ?? '', /expired\. Enrol the cart again/);
  deepEqual(await loadIdentity(scene.stage.cartDirectory), scene.enrolled);
});

test('somebody in front of the cart is told when renewing has failed for days, and before the certificate ends', async () => {
  await using scene = await setScene('by-itself');
  const { renewal, clock, says, enrolled } = scene;
  const lookFor = async (days: number): Promise<void> => {
    for (let hour = 0; hour < days * 24; hour += 6) {
      clock.advance(6 * 60 * MINUTE);
      await renewal.look();
    }
  };
  equal(renewal.due().notice, 'none');
  becomeDue(scene);
  says.isAway = true;
  await renewal.look();
  deepEqual(
    [renewal.due().notice, renewal.due().failure !== null],
    ['none', true],
    'a network that is away for a day is nobody’s business',
  );
  await lookFor(3);
  equal(renewal.due().notice, 'none');
  await lookFor(1);
  equal(renewal.due().notice, 'failing');
  clock.setUtc(enrolled.notAfterMs - 30 * DAY - 1);
  equal(renewal.due().notice, 'failing');
  clock.setUtc(enrolled.notAfterMs - 30 * DAY);
  equal(renewal.due().notice, 'ends-soon');
  clock.setUtc(enrolled.notAfterMs + 1);
  equal(renewal.due().notice, 'expired');
});

test('carts that were enrolled together do not come together, but all within a week', async () => {
  await using scene = await setScene('by-itself');
  const { notBeforeMs, notAfterMs } = scene.enrolled;
  const dueMs = notAfterMs - (notAfterMs - notBeforeMs) / 3;
  const begins = (byte: number): number => {
    const clock = new ManualClock(dueMs);
    const renewal = new Renewal({
      directory: scene.stage.cartDirectory,
      identity: scene.enrolled,
      mode: 'by-itself',
      road: async () => {
        throw new Error('nothing is dialled here');
      },
      session: () => 'none',
      journal: { append: async () => undefined, appendLater: () => undefined },
      clock,
      randomBytes: () => Uint8Array.of(byte),
      log: openLog('silent'),
    });
    while (renewal.due().state === 'good') clock.advance(60 * MINUTE);
    return clock.utcMs() - dueMs;
  };
  fc.assert(
    fc.property(fc.nat(255), (byte) => {
      const laterMs = begins(byte);
      ok(laterMs >= 0 && laterMs <= 7 * DAY + 60 * MINUTE);
    }),
    { numRuns: 30 },
  );
  ok(begins(255) > begins(0));
});
