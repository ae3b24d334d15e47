/**
 * Goal: a cart that only went on is followed, one that shows another past is noticed and nothing of it is stored.
 * Method: real keys and both databases; the journal of an imagined cart is changed in each way.
 */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { JournalPage } from '@chaperone/protocol/cart-api/schema.ts';
import { decodeJwt } from 'jose';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { EMPTY_FRONTIER, appendLeaf, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { RuleViolation } from '../../platform/database/database-error.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { LedgerBroken, LedgerEntryUnknown } from '../contract.ts';
import type { CartJournals, CartKey } from '../contract.ts';
import { LEDGER_MIGRATIONS } from '../ledger-schema.ts';
import type { LedgerTables } from '../ledger-schema.ts';
import { openCartJournals } from './reconciliation.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key: CartKey = { key: pair.publicKey, algorithm: 'ES256' };
const line = (index: number, version = `${index}`): string =>
  JSON.stringify({ index, utcMs: 1, fact: { kind: 'agent-started', version } });
const LINES = Array.from({ length: 1300 }, (_, index) => line(index));

async function headOf(
  lines: readonly string[],
  iss = 'US-1',
  claimed = lines.length,
): Promise<string> {
  const root = Buffer.from(rootOf(lines.map(lineHash).reduce(appendLeaf, EMPTY_FRONTIER))).toString(
    'base64url',
  );
  return await signStatement(
    TYP.journalHead,
    { iss, size: claimed, root, iat: 1 },
    pair.privateKey,
    'ES256',
  );
}

/** What the desk reads: pages from where it stopped. */
async function pagesOf(lines: readonly string[], from: number): Promise<readonly JournalPage[]> {
  const head = await headOf(lines);
  const pages: JournalPage[] = [{ entries: lines.slice(from, from + 500), head }];
  for (let at = from + 500; at < lines.length; at += 500)
    pages.push({ entries: lines.slice(at, at + 500), head });
  return pages;
}

forEachDatabase('cart journals', (open) => {
  async function start(): Promise<{
    readonly journals: CartJournals;
    readonly facts: LedgerFact[];
  }> {
    const facts: LedgerFact[] = [];
    const ledger = { appendLater: (fact: LedgerFact): void => void facts.push(fact) };
    return {
      journals: openCartJournals({ database: await open(LEDGER_MIGRATIONS), ledger }),
      facts,
    };
  }

  test('a damaged copy is our own fault and not the cart diverging: it is refused, and nothing is told to the ledger', async () => {
    const database = await open(LEDGER_MIGRATIONS);
    const facts: LedgerFact[] = [];
    const journals = openCartJournals({
      database,
      ledger: { appendLater: (fact) => void facts.push(fact) },
    });
    await journals.reconcile('US-1', await pagesOf(LINES.slice(0, 3), 0), key);
    const told = facts.length;
    const db = database.db<LedgerTables>();
    const { frontier } = await db
      .selectFrom('cart_journal_head')
      .selectAll()
      .executeTakeFirstOrThrow();
    for (const damaged of [
      frontier.replace('"', '!'),
      frontier.replace(/[A-Za-z](?=[A-Za-z])/, '_'),
      '[]',
    ]) {
      await db.updateTable('cart_journal_head').set({ frontier: damaged }).execute();
      await rejects(journals.position('US-1'), LedgerBroken);
      await rejects(
        journals.reconcile('US-1', await pagesOf(LINES.slice(0, 5), 3), key),
        LedgerBroken,
      );
    }
    equal(facts.length, told);
  });

  test('a journal that only grew is copied, line by line, and told to the ledger when there is news', async () => {
    const { journals, facts } = await start();
    equal((await journals.position('US-1')).size, 0);
    for (const size of [0, 3, 1200, 1200, 1300]) {
      const { size: from } = await journals.position('US-1');
      const result = await journals.reconcile(
        'US-1',
        await pagesOf(LINES.slice(0, size), from),
        key,
      );
      deepEqual([result.is, result.size], ['ok', size]);
    }
    const lines = [
      ...(await journals.lines('US-1', 0, 1000)),
      ...(await journals.lines('US-1', 1000, 1000)),
    ];
    deepEqual(
      lines.map((each) => each.line),
      LINES,
    );
    deepEqual(
      facts.map(({ kind }) => kind),
      ['journal-reconciled', 'journal-reconciled', 'journal-reconciled'],
    );
    const head = decodeJwt<{ size: number }>((await journals.head('US-1')) ?? '');
    equal(head.size, 1300);
    equal(await journals.head('US-2'), null);
    await rejects(journals.lines('US-1', 0, 1001), LedgerEntryUnknown);
  });

  test('a journal that went on while it was read is taken up to where its pages agree', async () => {
    const { journals } = await start();
    const [first] = await pagesOf(LINES.slice(0, 600), 0);
    const [second] = await pagesOf(LINES.slice(0, 700), 500);
    const result = await journals.reconcile(
      'US-1',
      [first, second].flatMap((page) => page ?? []),
      key,
    );
    deepEqual([result.is, result.size], ['ok', 700]);
  });

  test('every other past is noticed, told to the ledger, and not stored', async () => {
    const { journals, facts } = await start();
    const seen = LINES.slice(0, 20);
    await journals.reconcile('US-1', await pagesOf(seen, 0), key);
    const grown = LINES.slice(0, 30);
    const altered = grown.with(5, line(5, 'other'));
    const dropped = [
      ...grown.slice(0, 4),
      ...grown.slice(5).map((_, at) => line(at + 4, `${at + 5}`)),
    ];
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const page = async (
      lines: readonly string[],
      entries: readonly string[],
      claimed = lines.length,
    ): Promise<JournalPage[]> => [
      { entries: [...entries], head: await headOf(lines, 'US-1', claimed) },
    ];
    const cases: readonly (readonly [string, readonly JournalPage[], CartKey])[] = [
      ['JOURNAL_REWRITTEN', await page(altered, grown.slice(20)), key],
      ['JOURNAL_REWRITTEN', await page(dropped, grown.slice(20, 29)), key],
      ['JOURNAL_REWRITTEN', await page(altered.slice(0, 20), []), key],
      ['JOURNAL_SHORTER', await page(grown.slice(0, 10), []), key],
      ['JOURNAL_MALFORMED', await page(grown, grown.slice(21)), key],
      ['JOURNAL_MALFORMED', await page(grown, grown.slice(20, 25)), key],
      ['JOURNAL_MALFORMED', await page(grown, ['x'.repeat(5000)]), key],
      [
        'JOURNAL_MALFORMED',
        await page(grown, ['{"index":20,"utcMs":1,"fact":{"kind":"a\\n"}}\n']),
        key,
      ],
      ['JOURNAL_HEAD_INVALID', await page(grown, grown.slice(20)), { ...key, key: stranger }],
      [
        'JOURNAL_HEAD_INVALID',
        [{ entries: grown.slice(20), head: await headOf(grown, 'US-2') }],
        key,
      ],
      ['JOURNAL_HEAD_INVALID', [{ entries: [], head: 'a.b.c' }], key],
    ];
    for (const [code, pages, asKey] of cases) {
      const result = await journals.reconcile('US-1', pages, asKey);
      deepEqual([result.is, result.is === 'diverged' ? result.code : ''], ['diverged', code]);
      const fact = facts.at(-1);
      deepEqual(
        [fact?.kind, fact?.kind === 'journal-diverged' ? fact.code : ''],
        ['journal-diverged', code],
      );
    }
    equal((await journals.position('US-1')).size, 20);
    deepEqual((await journals.reconcile('US-1', await pagesOf(grown, 20), key)).is, 'ok');
  });

  test('two readings at the same time do not get in each other’s way', async () => {
    const { journals } = await start();
    const pages = await Promise.all(
      [10, 20].map(async (size) => await pagesOf(LINES.slice(0, size), 0)),
    );
    const results = await Promise.all(
      pages.map(async (each) => await journals.reconcile('US-1', each, key)),
    );
    deepEqual(
      results.map((each) => [each.is, each.size]),
      [
        ['ok', 10],
        ['ok', 20],
      ],
    );
    deepEqual(
      (await journals.lines('US-1', 0, 100)).map((each) => each.line),
      LINES.slice(0, 20),
    );
  });

  test('the database itself keeps the copies', async () => {
    const database = await open(LEDGER_MIGRATIONS);
    const journals = openCartJournals({ database, ledger: { appendLater: () => undefined } });
    await journals.reconcile('US-1', await pagesOf(LINES.slice(0, 3), 0), key);
    const db = database.db<LedgerTables>();
    await rejects(db.updateTable('cart_journal').set({ line: 'x' }).execute(), RuleViolation);
    await rejects(db.deleteFrom('cart_journal').execute(), RuleViolation);
  });
});
