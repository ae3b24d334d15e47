/**
 * Goal: a change of road or network after an acceptance is seen from the journal alone, once, and none that was before it or was taken
 * back; whatever a hostile journal says harms nobody. Method: journal lines in every order that matters, read in parts, on both
 * databases.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTANT_MAX_MS } from '@chaperone/protocol/commissioning/plain-value.ts';
import type { CartJournals } from '../../ledger/contract.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { CartChanges, COMMISSIONING_MIGRATIONS } from './commissioning.ts';

const CART = 'US-1001';
const gateway = { kind: 'site-changed', what: 'gateway' };
const proxy = { kind: 'site-changed', what: 'proxy' };
const tried = { kind: 'site-changed', what: 'network' };
const kept = { kind: 'network-changed', interface: 'eno1' };
const undone = { kind: 'network-change-undone', interface: 'eno1', failure: 'TIMED_OUT' };
const signed = { kind: 'site-changed', what: 'acceptance' };
const received = (reportId: string) => ({ kind: 'acceptance-received', reportId });

/** A copy of a journal that grows. Each fact is written at its number, in milliseconds, unless it says `atMs`. */
function journalOf(facts: object[]): CartJournals {
  return {
    position: async () => ({ size: facts.length, root: '' }),
    head: async () => null,
    lines: async (_cart, from, count) =>
      facts.slice(from, from + count).map((fact, at) => {
        const index = from + at;
        return {
          index,
          line: JSON.stringify({ index, utcMs: 'atMs' in fact ? fact.atMs : index, fact }),
        };
      }),
    reconcile: async () => ({ is: 'ok', size: facts.length, root: '', added: 0 }),
  };
}

forEachDatabase('changes at a cart', (open) => {
  const after = async (...parts: readonly (readonly object[])[]) => {
    const facts: object[] = [];
    const warned: unknown[] = [];
    const log = { warn: (what: unknown) => void warned.push(what) } as never;
    const database = await open(COMMISSIONING_MIGRATIONS);
    const changes = new CartChanges({ database, log }, journalOf(facts));
    for (const part of parts) {
      facts.push(...part);
      await changes.followed.reconcile(CART, [], {} as never);
    }
    assert.deepEqual(warned, []);
    return (await changes.all()).get(CART) ?? null;
  };

  test('only what came after the acceptance counts, in one reading or in several', async () => {
    const facts = [gateway, kept, signed, received('r1'), tried, proxy, kept, tried, undone];
    const expected = { accepted: 'r1', road: 5, network: 6 };
    assert.deepEqual(await after(facts), expected);
    assert.deepEqual(await after(...facts.map((fact) => [fact])), expected);
    assert.deepEqual(await after([gateway, kept, signed, received('r1'), tried, undone]), {
      accepted: 'r1',
    });
    assert.equal(await after([gateway, signed, kept]), null);
  });

  test('a report that waits is received late: what was changed meanwhile was changed since it', async () => {
    assert.deepEqual(await after([signed, gateway, received('r1')]), { accepted: 'r1', road: 1 });
    // Until the second one is received, the first one counts.
    const first = [signed, received('r1'), kept, signed];
    assert.deepEqual(await after(first), { accepted: 'r1', network: 2 });
    assert.deepEqual(await after(first, [received('r2')]), { accepted: 'r2' });
  });

  test('an instant that no calendar has hides no change, and is one that can be written', async () => {
    const far = { ...proxy, atMs: Number.MAX_SAFE_INTEGER };
    const changed = await after([signed, received('r1'), far]);
    assert.deepEqual(changed, { accepted: 'r1', road: INSTANT_MAX_MS });
  });

  test('long journals are read to their end, and strange lines say nothing', async () => {
    const strange = [
      { kind: 'site-changed', what: 'nonsense' },
      { kind: 'acceptance-received', reportId: 'x'.repeat(1000) },
      { kind: 'acceptance-received', reportId: { toString: 1 } },
      { kind: '__proto__' },
    ];
    const long = Array.from({ length: 2500 }, () => ({ kind: 'agent-started', version: '1' }));
    assert.deepEqual(await after([signed, received('r1'), ...strange, ...long, proxy]), {
      accepted: 'r1',
      road: 2506,
    });
  });
});
