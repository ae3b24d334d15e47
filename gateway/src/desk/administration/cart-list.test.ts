/**
 * Goal: what needs attention is named by its dates, to the day; a cart of which something cannot be read takes no other from the list.
 * Method: one cart whose certificate and licence end, a clock turned by hand; one cart with a date that no calendar has.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LICENCE_WARNING_MS } from '@chaperone/domain/licence/licence-terms.ts';
import type { LicenceId } from '@chaperone/domain/licence/licence.ts';
import type { FoundCart } from '../../authority/contract.ts';
import type { KeptReport } from '../commissioning/commissioning.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { CartList } from './cart-list.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);

/** Its licence ends on a day that no calendar has. */
const SUMMARY: KeptReport['summary'] = {
  signedUtcMs: START_MS,
  validatedUtcMs: START_MS,
  accepted: true,
  failedStep: null,
  warnings: 0,
  acceptedBy: 'J. Doe',
  facility: 'St. Brigid',
  model: 'Sonora 5',
  software: '1',
  serverName: 'gateway.example',
  gateway: 'gateway.example:443',
  rootFingerprint: 'aa',
  signature: '2.16.840.1.101.3.4.3.10',
  method: 'dhcp',
  address: '10.0.0.2/24',
  proxy: null,
  licenceId: 'lcnc-0',
  features: ['view'],
  validUntilUtcMs: Number.MAX_SAFE_INTEGER,
};

test('a certificate that ends within 30 days, and a licence that ends within its warning', async () => {
  const clock = new ManualClock(START_MS);
  const found: FoundCart = {
    serial: 'US-1',
    isLicensed: true,
    inForceUntilUtcMs: START_MS + 400 * DAY_MS,
    terms: {
      licenceId: 'lcnc-0' as unknown as LicenceId,
      number: 1,
      facility: 'St. Brigid',
      model: 'Sonora 5',
      statement: '',
      givenAtMs: START_MS,
      by: 'test',
      features: ['view'],
      validFromUtcMs: START_MS,
      validUntilUtcMs: START_MS + 390 * DAY_MS,
    },
  };
  const list = new CartList(
    { clock, log: { error: () => undefined } },
    {
      authority: {
        searchCarts: async () => ({ items: [found], total: 1 }),
      },
      carts: { seen: async () => new Map() },
      reports: { newestOf: async () => new Map(), ofCart: async () => [] },
      changes: { all: async () => new Map() },
      policies: { allTaken: async () => new Map() },
      isOnline: () => false,
      monthBytes: async () => new Map(),
      gatewayNames: ['gateway.example'],
    },
  );
  const attention = async (): Promise<readonly string[]> => (await list.one(found)).attention;
  assert.deepEqual(await attention(), ['never-validated']);
  clock.advance(390 * DAY_MS - LICENCE_WARNING_MS);
  assert.deepEqual(await attention(), ['licence-ends', 'never-validated']);
  clock.advance(LICENCE_WARNING_MS - 20 * DAY_MS + 1);
  assert.deepEqual(await attention(), ['certificate-ends', 'licence-ends', 'never-validated']);
  const { model, facility, state } = await list.one(found);
  assert.deepEqual([model, facility, state], ['Sonora 5', 'St. Brigid', 'commissioned']);
});

test('one cart that cannot be read is shown as that, and the others as they are', async () => {
  const found = ['US-1', 'US-2'].map((serial): FoundCart => ({
    ...{ serial, isLicensed: true, inForceUntilUtcMs: START_MS + 400 * DAY_MS, terms: null },
  }));
  const bad: KeptReport = {
    ...{ id: 'acpt-0', cart: 'US-1', receivedUtcMs: START_MS },
    summary: SUMMARY,
  };
  const told: object[] = [];
  const list = new CartList(
    { clock: new ManualClock(START_MS), log: { error: (facts) => void told.push(facts) } },
    {
      authority: {
        searchCarts: async () => ({ items: found, total: 2 }),
      },
      carts: { seen: async () => new Map() },
      reports: {
        newestOf: async () => new Map([['US-1', { newest: bad, accepted: bad }]]),
        ofCart: async () => [],
      },
      changes: { all: async () => new Map() },
      policies: { allTaken: async () => new Map() },
      isOnline: () => false,
      monthBytes: async () => new Map(),
      gatewayNames: ['gateway.example'],
    },
  );
  const query = { q: '', page: 1, size: 50, only: 'all', sort: 'serial' } as const;
  const { items } = await list.page(query);
  assert.deepEqual(
    items.map(({ serial, attention }) => [serial, attention]),
    [
      ['US-1', ['cannot-be-read']],
      ['US-2', ['never-validated']],
    ],
  );
  assert.equal(told.length, 1);
  assert.ok('cart' in (told[0] ?? {}));
});
