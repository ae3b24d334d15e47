/**
 * Goal: the agent judges its licence by the cart's clock, refuses only what is new, and learns of later terms without asking more than
 * is decent. Method: the object over clocks that the test turns and a gateway that the test answers for; arbitrary times (fast-check).
 */
import { deepEqual, doesNotThrow, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { LICENCE_FEATURES, licenceStanding } from '@chaperone/domain/licence/licence-terms.ts';
import { newLicenceId } from '@chaperone/domain/licence/licence.ts';
import type { HeldLicence } from './identity.ts';
import { LicenceInForce, mayDialForLicence } from './licence-in-force.ts';

const DAY = 86_400_000;
const HELD: HeldLicence = {
  id: newLicenceId((length) => new Uint8Array(length)),
  number: 1,
  serial: parseCartSerial('US-1'),
  features: ['view', 'control'],
  validFromUtcMs: 0,
  validUntilUtcMs: 100 * DAY,
  issuedUtcMs: 0,
};

function start(held: HeldLicence | null = HELD) {
  const at = { utcMs: DAY, monotonicMs: 0, mayDial: true };
  const asked: ((answer: HeldLicence | Error) => void)[] = [];
  const failures: unknown[] = [];
  const licence = new LicenceInForce({
    held,
    utcMs: () => at.utcMs,
    monotonicMs: () => at.monotonicMs,
    mayDial: () => at.mayDial,
    refresh: async () =>
      await new Promise((resolve, reject) => {
        asked.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      }),
    onFailure: (fault) => failures.push(fault),
  });
  return { licence, at, asked, failures };
}

test('it refuses exactly when its standing says so', () => {
  fc.assert(
    fc.property(fc.integer({ min: -DAY, max: 200 * DAY }), (utcMs) => {
      const { licence, at } = start();
      at.utcMs = utcMs;
      const standing = licence.standing();
      equal(standing, licenceStanding(HELD, utcMs));
      if (standing === 'expired' || standing === 'not-yet')
        throws(() => licence.requireInForce(), { code: 'LICENCE_NOT_IN_FORCE', standing });
      else doesNotThrow(() => licence.requireInForce());
    }),
  );
});

test('a refusal looks for later terms, and the next press finds them', async () => {
  const { licence, at, asked } = start();
  let told = 0;
  licence.onChange(() => (told += 1));
  at.utcMs = 100 * DAY;
  throws(() => licence.requireInForce(), { code: 'LICENCE_NOT_IN_FORCE' });
  throws(() => licence.requireInForce(), { code: 'LICENCE_NOT_IN_FORCE' });
  equal(asked.length, 1, 'one look at a time');
  asked[0]?.({ ...HELD, number: 2, validUntilUtcMs: null });
  await licence.settled();
  equal(told, 1);
  licence.requireInForce();
  await licence.close();
});

test('a look that fails leaves what is held, and the next one waits a minute', async () => {
  const { licence, at, asked, failures } = start();
  at.mayDial = false;
  licence.look();
  equal(asked.length, 0, 'nothing is dialled that may not be');
  at.mayDial = true;
  licence.look();
  asked[0]?.(new Error('no road'));
  await licence.settled();
  deepEqual([failures.length, licence.held?.number], [1, 1]);
  at.monotonicMs = 59_999;
  licence.look();
  equal(asked.length, 1);
  at.monotonicMs = 60_000;
  licence.look();
  equal(asked.length, 2);
  asked[1]?.(HELD);
  await licence.settled();
  await licence.close();
  at.monotonicMs = 1e9;
  licence.look();
  equal(asked.length, 2, 'nothing is asked after the end');
});

test('without a press it asks only while the licence is not simply in force, once a day, and never where it renews with sessions', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const hours = async ({ at, asked, licence }: ReturnType<typeof start>, count: number) => {
    for (let hour = 0; hour < count; hour += 1) {
      at.utcMs += DAY / 24;
      at.monotonicMs += DAY / 24;
      t.mock.timers.tick(DAY / 24);
      asked[asked.length - 1]?.(new Error('no road'));
      await licence.settled();
    }
    return asked.length;
  };
  for (const mode of ['by-itself', 'with-session'] as const) {
    const scene = start();
    scene.licence.start();
    for (const session of ['none', 'beginning', 'connected'] as const) {
      const isAllowed = session === 'connected' || (session === 'none' && mode === 'by-itself');
      equal(mayDialForLicence(mode, session), isAllowed);
    }
    scene.at.mayDial = mayDialForLicence(mode, 'none');
    equal(await hours(scene, 24 * 38), 0, 'in force, and the end is far');
    const asks = mode === 'by-itself' ? 5 : 0;
    equal(await hours(scene, 24 * 5), asks, mode);
    scene.at.utcMs = 200 * DAY;
    scene.at.monotonicMs += DAY;
    throws(() => {
      scene.licence.requireInForce();
    });
    equal(scene.asked.length, mode === 'by-itself' ? asks + 1 : 0, 'a refused press');
    scene.asked[scene.asked.length - 1]?.(new Error('no road'));
    await scene.licence.close();
  }
});

test('only what is licensed may be asked for; a cart without terms may do everything, and asks for none', () => {
  const { licence } = start();
  licence.requireFeatures(['view']);
  throws(() => licence.requireFeatures(['view', 'send-files']), { code: 'FEATURE_NOT_LICENSED' });
  const earlier = start(null);
  earlier.at.utcMs = 1e15;
  earlier.licence.requireInForce();
  earlier.licence.requireFeatures(LICENCE_FEATURES);
  earlier.licence.look();
  equal(earlier.asked.length, 0);
  equal(earlier.licence.standing(), null);
});
