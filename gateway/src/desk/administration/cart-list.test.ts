/** Goal: what needs attention is named by its dates, to the day. Method: one cart whose certificate and licence end, a clock turned by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LICENCE_WARNING_MS } from '@chaperone/domain/licence/licence-terms.ts';
import type { LicenceId } from '@chaperone/domain/licence/licence.ts';
import type { FoundCart } from '../../authority/contract.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { CartList } from './cart-list.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);

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
    { clock },
    {
      authority: {
        searchCarts: async () => ({ items: [found], total: 1 }),
      },
      carts: { seen: async () => new Map() },
      reports: { newestOf: async () => new Map(), ofCart: async () => [] },
      changes: { all: async () => new Map() },
      isOnline: () => false,
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
