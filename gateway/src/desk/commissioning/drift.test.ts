/** Goal: each difference from the accepted report is named once, with what was and what is, and nothing else is. Method: one change at a time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleClaims } from '@chaperone/protocol/commissioning/testing/sample-report.ts';
import { driftOf } from './drift.ts';
import type { CartToday } from './drift.ts';
import { summaryOf } from './summary.ts';

const claims = sampleClaims();
const accepted = summaryOf(claims);
const today: CartToday = {
  software: claims.software,
  model: claims.model,
  licence: {
    id: claims.licence.id,
    facility: claims.facility,
    features: claims.licence.features,
    validUntilUtcMs: claims.licence.validUntilUtcMs,
  },
  gatewayNames: ['gateway.example', 'other.example'],
  changed: null,
};
const { licence } = today;
const until = claims.licence.validUntilUtcMs ?? 0;
const withNetwork = (changes: Partial<typeof claims.network>) =>
  summaryOf(sampleClaims({ network: { ...claims.network, ...changes } }));
assert.ok(licence !== null);

test('as it was accepted, and with another certificate, nothing has drifted', () => {
  assert.deepEqual(driftOf(accepted, accepted, today), []);
  assert.deepEqual(driftOf(accepted, accepted, { ...today, software: null, model: null }), []);
  const unnamed = { ...today, licence: { ...licence, facility: null } };
  assert.deepEqual(driftOf(accepted, accepted, unnamed), []);
  const renewed = summaryOf(
    sampleClaims({ certificate: { ...claims.certificate, serial: 'ff', notAfterUtcMs: 1 } }),
  );
  assert.deepEqual(driftOf(accepted, renewed, today), []);
});

test('what is meant to happen is no drift: a licence that lasts longer, a name typed otherwise', () => {
  for (const validUntilUtcMs of [until + 1, null])
    assert.deepEqual(
      driftOf(accepted, accepted, { ...today, licence: { ...licence, validUntilUtcMs } }),
      [],
    );
  const facility = `  ${claims.facility.toUpperCase().replaceAll(' ', '  ')} `;
  assert.deepEqual(
    driftOf(accepted, accepted, { ...today, licence: { ...licence, facility } }),
    [],
  );
  const endless = { ...accepted, validUntilUtcMs: null };
  assert.deepEqual(
    driftOf(endless, endless, today).map(({ what }) => what),
    ['licence'],
  );
});

test('a report of an earlier version is compared by what it says', () => {
  const { ssid: _s, security: _y, nameServers: _n, ...earlier } = accepted;
  assert.deepEqual(driftOf(earlier, accepted, today), []);
  assert.deepEqual(driftOf(accepted, earlier, today), []);
});

test('each change is one line', () => {
  const moved = summaryOf(
    sampleClaims({
      network: { ...claims.network, method: 'static' },
      proxy: { ...claims.proxy, kind: 'manual', host: '10.20.0.8', port: 3128 },
    }),
  );
  const cases: readonly (readonly [CartToday, typeof accepted, readonly string[]])[] = [
    [{ ...today, software: 'chaperone-cart 0.2.0' }, accepted, ['software']],
    [{ ...today, model: 'Sonora 6' }, accepted, ['model']],
    [{ ...today, licence: { ...licence, facility: 'Elsewhere' } }, accepted, ['facility']],
    [{ ...today, licence: { ...licence, features: ['view'] } }, accepted, ['licence']],
    [
      { ...today, licence: { ...licence, validUntilUtcMs: until - 86_400_000 } },
      accepted,
      ['licence'],
    ],
    [{ ...today, licence: null }, accepted, ['licence']],
    [{ ...today, gatewayNames: ['new.example'] }, accepted, ['gateway']],
    [today, moved, ['network', 'road']],
    [{ ...today, changed: { network: 0 } }, accepted, ['network']],
    [{ ...today, changed: { road: 0 } }, accepted, ['road']],
    [{ ...today, changed: {} }, accepted, []],
    [today, withNetwork({ ssid: 'hospital-iot' }), ['network']],
    [today, withNetwork({ security: '802.1X' }), ['network']],
    [today, withNetwork({ nameServers: ['10.20.0.99'] }), ['network']],
    [today, withNetwork({ address: '10.20.31.48' }), []],
  ];
  for (const [now, newest, expected] of cases) {
    const found = driftOf(accepted, newest, now);
    assert.deepEqual(
      found.map(({ what }) => what),
      expected,
    );
    for (const { was, now: is } of found) assert.notEqual(was, is);
  }
});

test('an end is named by the last day that counts, as on the licence itself', () => {
  const until = (validUntilUtcMs: number) => ({
    ...today,
    licence: { ...licence, validUntilUtcMs },
  });
  const [found] = driftOf(accepted, accepted, until(Date.UTC(2027, 3, 1)));
  assert.match(found?.now ?? '', /until 2027-03-31$/);
});
