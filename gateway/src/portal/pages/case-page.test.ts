// Goal: an officer finds the receipt of each session where the session is shown, and is told whether one end or both signed it.
// Method: the page of a case with sessions as the facility's accounts give them, in three languages.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { FacilityCase, FacilitySession } from '../contract.ts';
import { casePage } from './case-page.ts';

const caseId = newId('case', randomBytes);
const shown: FacilityCase = {
  id: caseId,
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
  activities: ['view'],
  end: { utcMs: 1, reason: 'technician-left' },
  moved: { filesFetched: 1, bytesFetched: 1, filesPlaced: 0, bytesPlaced: 0 },
  isCountersigned: true,
};
const address = `/cases/${caseId}/sessions/${session.id}/receipt.json`;
const page = (language: 'en' | 'de' | 'es', each: FacilitySession): string =>
  casePage(
    { language, serviceCentre: 'Centre', demo: false },
    { name: 'Olga', facility: 'St. Test' },
    shown,
    [each],
  );

test('a receipt is linked, and says who signed it', () => {
  const words = {
    en: ['Receipt, signed by both', 'Receipt, signed by the cart'],
    de: ['Beleg, von beiden unterschrieben', 'Beleg, vom Gerät unterschrieben'],
    es: ['Recibo, firmado por ambos', 'Recibo, firmado por el equipo'],
  } as const;
  for (const language of ['en', 'de', 'es'] as const) {
    const [both, cart] = words[language];
    const signed = page(language, session);
    assert.ok(signed.includes(`href="${address}"`) && signed.includes(both));
    const waiting = page(language, { ...session, isCountersigned: false });
    assert.ok(waiting.includes(`href="${address}"`) && waiting.includes(cart));
    assert.ok(!waiting.includes(both));
  }
});

test('before the cart has reported there is no link to a receipt; the verifier is always one', () => {
  const silent = page('en', { ...session, moved: null, isCountersigned: false });
  assert.ok(!silent.includes('receipt.json'));
  assert.ok(silent.includes('href="/ledger/chaperone-verify.html"'));
});
