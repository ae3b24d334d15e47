/**
 * Goal: what a cart says of itself holds together with the ledger and its receipts, or the words say what does not.
 * Method: as in verify.test.ts, with the cart's journal, receipts and certificates changed; also by the cart itself.
 */
import { equal, match, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import fc from 'fast-check';
import { reportOf } from './report.ts';
import {
  whole,
  part,
  certificates,
  passes,
  holds,
  fails,
  forged,
  verified,
  withJournal,
  without,
} from './testing/judged.ts';
import {
  cartCertificate,
  certificateOf,
  headOf,
  ids,
  journalFacts,
  journalLines,
  ledgerFacts,
  ledgerOf,
  linesOf,
  partOf,
  receiptClaims,
  rootCertificate,
  rootText,
  signAsCart,
  strangeCartCertificate,
  strangePair,
  strangeRootCertificate,
} from './testing/story.ts';
import { verifyJournal } from './verify.ts';

describe('the cart’s journal', () => {
  const [cart] = whole.carts;
  ok(cart?.journal);
  const withLines = (lines: readonly string[]): EvidenceBundle => ({
    ...whole,
    carts: [
      {
        ...cart,
        journal: {
          before: { size: 0, hashes: [] },
          lines: [...lines],
          head: cart.journal?.head ?? '',
        },
      },
    ],
  });
  test('altered, dropped, reordered, truncated', async () => {
    const altered = journalLines.map((line) => line.replace('"bytes":10', '"bytes":11'));
    await fails(withLines(altered), /the root that the cart signed/);
    await fails(withLines(without(journalLines, 2)), /line 2 is line 3/);
    const swapped = journalLines.with(3, journalLines[4] ?? '').with(4, journalLines[3] ?? '');
    await fails(withLines(swapped), /out of order/);
    await fails(withLines(journalLines.slice(0, 8)), /the end was cut off/);
  });
  for (const [what, facts, said] of [
    [
      'a tunnel before the notice was accepted',
      without(journalFacts, 2),
      /notice was not accepted/,
    ],
    ['a grant for nobody who was shown', without(journalFacts, 4), /no such request was shown/],
    ['an activity without a grant', without(journalFacts, 5), /there was no grant/],
    [
      'an activity after the end',
      [...journalFacts, journalFacts[6] ?? {}],
      /the session had ended/,
    ],
    [
      'a file against a withdrawal',
      journalFacts.toSpliced(7, 0, {
        kind: 'activity-withdrawn',
        sessionId: ids.sessionId,
        grantId: ids.grantId,
        activity: 'fetch-files',
      }),
      /"fetch-files" was not granted/,
    ],
  ] as const) {
    test(what, async () => await fails(await withJournal(facts), said));
  }
  test('another journal than when the receipt was signed', async () => {
    await fails(
      await withJournal(journalFacts.with(0, { kind: 'agent-started', version: '2' })),
      /had another journal/,
    );
  });
  test('a file that the ledger does not know', async () => {
    const facts = without(without(ledgerFacts, 7), 6);
    await fails(await forged(facts), /does not say that the file of line 7 was asked for/);
  });
  test('a certificate of another root or serial', async () => {
    const stranger = { ...cart, serial: 'US-2' };
    await fails({ ...whole, carts: [stranger] }, /does not name serial number US-2/);
    await fails({ ...whole, cartRoot: strangeRootCertificate }, /not from the authority/);
    await fails({ ...whole, cartRoot: cartCertificate }, /not an authority that signed itself/);
    await fails({ ...whole, cartRoot: null }, /no cart can be believed/);
    await holds(whole, { pinnedRoot: rootCertificate });
    await fails(whole, /another cart root than the one given/, {
      pinnedRoot: strangeRootCertificate,
    });
  });
});

test('what the cart began or moved has to be in the ledger too', async () => {
  const said = (at: number): Promise<EvidenceBundle> => forged(without(ledgerFacts, at));
  await fails(await said(5), /does not say that "fetch-files" was opened, as line 6 does/);
  await fails(await said(7), /what became of the file that line 8 moved whole/);
});

test('a screen that may be worked on is opened once in the ledger and noted twice on the cart', async () => {
  const activities = ['view', 'control', 'fetch-files'];
  const { sessionId, grantId } = ids;
  const begun = (activity: string): Readonly<Record<string, unknown>> => ({
    kind: 'activity-begun',
    sessionId,
    grantId,
    activity,
  });
  const lines = linesOf([
    ...journalFacts.slice(0, 5),
    { ...journalFacts[5], activities },
    begun('view'),
    begun('control'),
    ...journalFacts.slice(6),
  ]);
  const root = rootText(lines);
  const jws = await signAsCart(TYP.sessionReceipt, {
    ...receiptClaims,
    grant: { ...receiptClaims.grant, activities },
    journalSize: lines.length,
    journalRoot: root,
  });
  const opened = { kind: 'activity-opened', sessionId, grantId, activity: 'view' };
  const facts = (withView: boolean): readonly object[] => [
    ...ledgerFacts.slice(0, 3),
    { ...ledgerFacts[3], activities },
    { ...ledgerFacts[4], activities },
    ...(withView ? [opened] : []),
    ...ledgerFacts.slice(5, 8),
    { ...ledgerFacts[8], receiptDigest: statementDigest(jws) },
    { ...ledgerFacts[9], size: lines.length, root },
    ledgerFacts[10] ?? {},
  ];
  const journal = { before: { size: 0, hashes: [] }, lines: [...lines], head: await headOf(lines) };
  const carts = whole.carts.map((cart) => ({ ...cart, journal }));
  const open = { certificate: null, receipts: [jws], carts };
  await holds({ ...(await forged(facts(true))), ...open });
  await fails({ ...(await forged(facts(false))), ...open }, /"view" was opened, as line 7 does/);
});

test('a session left out of a case’s part: its cart’s journal tells, and without one the words say so', async () => {
  const keep = (line: string): boolean =>
    line.includes(ids.caseId) && !/"(?:session|transfer)Id"/.test(line);
  const entries = part.ledger.entries.filter(({ line }) => keep(line));
  const silent = { ...part, ledger: { ...part.ledger, entries }, receipts: [] };
  await fails(silent, /does not say that the file of line 7 was asked for/);
  // Proofs of inclusion cannot show more than that.
  const alone = { ...silent, carts: [] };
  await holds(alone);
  match(
    reportOf(await verified(alone)),
    /a session that was left out altogether would not be noticed/,
  );
});

test('a session that goes on holds, and the words say how far the journal reaches', async () => {
  const lines = journalLines.slice(0, 4);
  const journal = { before: { size: 0, hashes: [] }, lines: [...lines], head: await headOf(lines) };
  const carts = whole.carts.map((cart) => ({ ...cart, journal }));
  const open = { certificate: null, receipts: [], carts };
  const bundle = { ...(await forged(ledgerFacts.slice(0, 8))), ...open };
  await holds(bundle);
  match(reportOf(await verified(bundle)), /does not reach as far as the grant of entry 4/);
  // Once the cart has written the end, a grant that it does not know was never given.
  const known = journalFacts.filter(({ kind }) => kind === 'session-ended' || !hasGrant(kind));
  const { carts: silent } = await withJournal(known);
  await fails({ ...bundle, carts: silent }, /does not know the grant of entry 4/);
});

function hasGrant(kind: unknown): boolean {
  return ['grant-issued', 'activity-begun', 'file-fetch-begun', 'file-fetched'].includes(
    String(kind),
  );
}

test('a receipt that is missing or altered is found', async () => {
  await fails({ ...whole, receipts: [] }, /receipt that entry 8 names is missing/);
  const receipt = whole.receipts[0] ?? '';
  const altered = `${receipt.slice(0, -4)}${receipt.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
  await fails({ ...whole, receipts: [altered] }, /not signed by any cart/);
});

test('a receipt whose parts do not agree is found, though the cart signed it and the ledger names it', async () => {
  const { grant } = receiptClaims;
  for (const [changes, said] of [
    [{ grant: { ...grant, session: ids.otherSession } }, /another cart or session/],
    [{ grant: { ...grant, iss: 'US-2' } }, /another cart or session/],
    [{ grant: { ...grant, case: ids.otherCase } }, /for another case/],
    [{ grant: { ...grant, activities: ['view'] } }, /tells of another grant/],
    [{ grant: { ...grant, sub: 'tech-x' } }, /another technician/],
    [{ startedUtcMs: 9 }, /ended before it began/],
    [{ journalSize: 99 }, /vouches for 99 lines/],
  ] as const) {
    const jws = await signAsCart(TYP.sessionReceipt, { ...receiptClaims, ...changes });
    const end = { ...ledgerFacts[8], receiptDigest: statementDigest(jws) };
    await fails({ ...(await forged(ledgerFacts.with(8, end))), receipts: [jws] }, said);
  }
});

test('a cart made up by a stranger, with a root of their own, is found', async () => {
  const jws = await signAsCart(TYP.sessionReceipt, receiptClaims, strangePair);
  const end = { ...ledgerFacts[8], receiptDigest: statementDigest(jws) };
  const bundle = {
    ...(await forged(ledgerFacts.with(8, end))),
    receipts: [jws],
    cartRoot: strangeRootCertificate,
    carts: whole.carts.map((cart) => ({ ...cart, certificates: [strangeCartCertificate] })),
  };
  await fails(bundle, /knows no connection with the certificate that signed receipt 1/);
});

test('a journal cut off together with its head is found by the receipt', async () => {
  const lines = journalLines.slice(0, 8);
  const journal = { before: { size: 0, hashes: [] }, lines, head: await headOf(lines) };
  const shorter = { ...part, carts: part.carts.map((cart) => ({ ...cart, journal })) };
  await fails(shorter, /vouches for 10 lines/);
  const none = { ...part, carts: part.carts.map((cart) => ({ ...cart, journal: null })) };
  await fails(none, /vouches for 10 lines/);
});

test('a connection that served two cases in turn is no fault of either', async () => {
  const other = { caseId: ids.otherCase, technicianId: ids.technicianId, activities: ['view'] };
  const { sessionId } = ids;
  const facts = ledgerFacts.toSpliced(3, 0, {
    kind: 'session-requested',
    ...other,
    sessionId,
    grantId: null,
  });
  const shared = await ledgerOf(linesOf(facts));
  const ledger = await partOf(
    shared,
    (line) => line.includes(ids.caseId) || line.includes(sessionId),
  );
  const certificate = await certificateOf({ ledgerIndex: 11 });
  const resolved = { certificateDigest: statementDigest(certificate) };
  const named = await ledgerOf(linesOf(facts.with(13, { ...facts[13], ...resolved })));
  const both = await partOf(named, (line) => line.includes(ids.caseId) || line.includes(sessionId));
  ok(ledger.entries.length === both.entries.length);
  await holds({ ...part, ledger: both, certificate });
});

for (const [what, bundle] of [
  ['a whole ledger', whole],
  ['one case', part],
] as const) {
  test(`no change of any character in a bundle of ${what} passes`, async () => {
    const text = JSON.stringify(bundle);
    // Where it begins: what is before says only when and about what the bundle was made.
    const from = text.indexOf('"ledger"');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: from, max: text.length - 1 }),
        fc.nat({ max: 6 }),
        async (at, bit) => {
          const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
          let value: unknown;
          try {
            value = JSON.parse(text.slice(0, at) + flipped + text.slice(at + 1));
          } catch {
            return;
          }
          // Another way to write the same JSON is no change.
          if (JSON.stringify(value) === text) return;
          equal(await passes(value), false, text.slice(at - 20, at + 20));
        },
      ),
      { numRuns: 300 },
    );
  });

  test(`no other last character of a signature in a bundle of ${what} passes`, async () => {
    // The last character of 64 bytes in base64url has four bits that a lax reader throws away.
    const ends = (jws: string): readonly string[] =>
      [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
        .filter((last) => !jws.endsWith(last))
        .map((last) => jws.slice(0, -1) + last);
    for (const head of ends(bundle.carts[0]?.journal?.head ?? '')) {
      const carts = bundle.carts.map((cart) => ({
        ...cart,
        journal: cart.journal === null ? null : { ...cart.journal, head },
      }));
      equal(await passes({ ...bundle, carts }), false, head);
    }
    for (const last of ends(bundle.receipts[0] ?? ''))
      equal(await passes({ ...bundle, receipts: [last] }), false);
    for (const last of ends(bundle.certificate ?? ''))
      equal(await passes({ ...bundle, certificate: last }), false);
  });
}

describe('a journal as it lies on a disk', () => {
  const copy = {
    serial: 'US-1001',
    lines: journalLines,
    mark: null,
    certificate: null,
    head: null,
  };
  const reported = async (changes: object, trust = {}): Promise<string> => {
    const report = await verifyJournal(
      { ...copy, damage: [], ...changes },
      { certificates, ...trust },
    );
    return `${report.ok} ${reportOf(report)}`;
  };
  const pinned = { pinnedRoot: rootCertificate };

  test('whole, and gone on after its head was signed', async () => {
    match(await reported({}), /^true.*no signed head was given/s);
    const head = await headOf(journalLines.slice(0, 6));
    match(
      await reported({ head, certificate: cartCertificate }, pinned),
      /^true.*first 6 of 10 lines/s,
    );
  });
  test('altered within or beyond what the head covers', async () => {
    const lines = journalLines.with(0, journalLines[0]?.replace('"1"', '"2"') ?? '');
    const head = await headOf(journalLines.slice(0, 6));
    const signed = { lines, head, certificate: cartCertificate };
    match(await reported(signed, pinned), /^false.*first 6 lines do not give the root/s);
    const whole = { ...signed, head: await headOf(journalLines) };
    match(await reported(whole, pinned), /^false.*at least one was altered/s);
  });
  test('signed by a stranger', async () => {
    const head = await headOf(journalLines, strangePair);
    match(
      await reported({ head, certificate: cartCertificate }, pinned),
      /^false.*not signed by any/s,
    );
    const theirs = { head, certificate: strangeCartCertificate };
    match(await reported(theirs, pinned), /^false.*not from the authority/s);
  });
  test('against the cart’s own mark', async () => {
    const root = whole.ledger.entries[9]?.line.match(/"root":"([^"]+)"/)?.[1] ?? '';
    match(await reported({ mark: { size: 10, root } }), /^true/);
    const shorter = { lines: journalLines.slice(0, 8), mark: { size: 10, root } };
    match(await reported(shorter), /^false.*10 lines, and 8 are here/s);
    match(await reported({ mark: { size: 9, root } }), /^false.*altered after the cart wrote it/s);
  });
});
