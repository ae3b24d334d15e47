/**
 * Goal: what an engineer sets anew after an acceptance reaches the service centre by the cart's journal alone, in its own signed words,
 * and a journal that is another cart's says nothing. Method: the journal that an agent writes, read page by page into the desk's real
 * copy of it.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openJournal } from '@chaperone/cart/journal/journal.ts';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import {
  COMMISSIONING_MIGRATIONS,
  CartChanges,
} from '@chaperone/gateway/desk/commissioning/commissioning.ts';
import { LEDGER_MIGRATIONS } from '@chaperone/gateway/ledger/ledger-schema.ts';
import { openCartJournals } from '@chaperone/gateway/ledger/reconciliation/reconciliation.ts';
import { forEachDatabase } from '@chaperone/gateway/platform/database/testing/database-suite.ts';
import { systemRandom } from '@chaperone/gateway/platform/random/random.ts';

const SERIAL = 'US-1001';
const reportId = newId('acceptance', systemRandom);

forEachDatabase('the journal of a cart that was accepted', (open) => {
  test('tells the desk what was set anew since, at its next reading', async (t) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-changes-'));
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    let utcMs = 1000;
    const clock = { utcMs: () => utcMs } as Parameters<typeof openJournal>[0]['clock'];
    const serial = parseCartSerial(SERIAL);
    const journal = await openJournal({ directory, key: privateKey, serial, clock });
    t.after(async () => {
      await journal.close();
      rmSync(directory, { recursive: true });
    });
    const database = await open([...LEDGER_MIGRATIONS, ...COMMISSIONING_MIGRATIONS]);
    const kinds: string[] = [];
    const ledger = { appendLater: ({ kind }: { readonly kind: string }) => void kinds.push(kind) };
    const warn = (): void => assert.fail('nothing is to be warned of');
    const changes = new CartChanges(
      { database, log: { warn } as never },
      openCartJournals({ database, ledger }),
    );
    const read = async (key = publicKey) => {
      const { size } = await changes.followed.position(SERIAL);
      const pages = [await journal.page(size)];
      await changes.followed.reconcile(SERIAL, pages, { key, algorithm: 'ES256' });
      return (await changes.all()).get(SERIAL);
    };
    const write = async (...facts: readonly JournalFact[]): Promise<void> => {
      utcMs += 1000;
      await journal.append(facts);
    };
    await write({ kind: 'site-changed', what: 'gateway' });
    await write({ kind: 'site-changed', what: 'acceptance' });
    await write({ kind: 'acceptance-received', reportId });
    assert.deepEqual(await read(), { accepted: reportId });
    await write({ kind: 'site-changed', what: 'proxy' });
    await write(
      { kind: 'site-changed', what: 'network' },
      { kind: 'network-changed', interface: 'eno1', proof: 'gateway' },
    );
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    assert.deepEqual(await read(stranger), { accepted: reportId });
    assert.deepEqual(await read(), { accepted: reportId, road: 5000, network: 6000 });
    assert.deepEqual(kinds, ['journal-reconciled', 'journal-diverged', 'journal-reconciled']);
  });
});
