// Goal: an officer reads of each file of a session where it went, its digest and what became of it; nothing a name says becomes markup,
// and where the list is gone the page says so. Method: the page in three languages with lines as a cart writes them.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { writeReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { FileOutcome } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { FacilityCase, FacilitySession } from '../contract.ts';
import { FILES_PER_PAGE, sessionPage } from './session-page.ts';
import { sessionWordsOf } from './session-words.ts';

const LANGUAGES = ['en', 'de', 'es'] as const;
const of: FacilityCase = {
  id: newId('case', randomBytes),
  number: 'SC-2026-0001',
  cart: 'US-1',
  state: 'open',
  openedUtcMs: 0,
  resolvedUtcMs: null,
  isCertified: false,
  isHeld: false,
  agedDays: null,
  endsUtcMs: null,
};
const session: FacilitySession = {
  id: newId('session', randomBytes),
  technicianName: 'Tara Lindqvist',
  cart: 'US-1',
  grantedUtcMs: 0,
  activities: ['view', 'fetch-files'],
  end: { utcMs: 1, reason: 'technician-left' },
  moved: { filesFetched: 1, bytesFetched: 1, filesPlaced: 0, bytesPlaced: 0 },
  isCountersigned: true,
};
const DIGEST = 'A'.repeat(43);

function line(name: string, outcome: FileOutcome): string {
  return writeReceiptFile({
    transfer: newId('transfer', randomBytes),
    direction: outcome === 'refused' ? 'to-cart' : 'from-cart',
    outcome,
    bytes: 1500,
    name,
    sha256: outcome === 'whole' ? DIGEST : null,
    utcMs: Date.UTC(2026, 10, 30, 9),
    salt: 'B'.repeat(42) + 'A',
  });
}

function shown(
  language: (typeof LANGUAGES)[number],
  lines: readonly string[] | null,
  page = 1,
): string {
  const setting = { language, serviceCentre: 'Centre', demo: false };
  const reader = { name: 'Olga', facility: 'St. Test' };
  return sessionPage(setting, reader, { of, session, lines, page });
}

test('each file is told with its direction, its digest and what became of it', () => {
  const lines = [line('logs/system.log', 'whole'), line('a.dcm', 'broken'), line('b', 'refused')];
  for (const language of LANGUAGES) {
    const { directions, outcomes, noDigest } = sessionWordsOf(language);
    const text = shown(language, lines);
    const said = ['logs/system.log', 'a.dcm', DIGEST, noDigest, ...Object.values(directions)];
    for (const each of [...said, ...Object.values(outcomes)]) assert.ok(text.includes(each), each);
  }
});

test('a name is text, whatever it is', () => {
  const text = shown('en', [line('<script>alert(1)</script>', 'whole')]);
  assert.ok(!text.includes('<script>') && text.includes('&lt;script&gt;'));
});

test('a list that is gone, and one without files, are told apart', () => {
  for (const language of LANGUAGES) {
    const { notKept, noFiles } = sessionWordsOf(language);
    assert.ok(shown(language, null).includes(notKept));
    assert.ok(shown(language, []).includes(noFiles));
  }
});

test('more files than fit on a page are turned to', () => {
  const lines = Array.from({ length: FILES_PER_PAGE + 1 }, (_each, at) =>
    line(`file-${at}.`, 'whole'),
  );
  const [first, second] = [shown('en', lines), shown('en', lines, 2)];
  assert.ok(first.includes('?page=2') && !first.includes(`file-${FILES_PER_PAGE}.`));
  assert.ok(second.includes(`file-${FILES_PER_PAGE}.`) && second.includes('?page=1'));
  assert.ok(!second.includes('file-0.'));
});
