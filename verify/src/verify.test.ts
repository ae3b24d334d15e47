/**
 * Goal: true evidence holds, and evidence that was altered, cut, dropped from, reordered or exchanged anywhere does not;
 * and the words say where. Method: one true story, signed for real, changed in each way; also by somebody who
 * holds the ledger's key and signs the changed one anew.
 */
import { equal, match, ok, throws } from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { formatVerifierKey, verifierKeyOf } from '@chaperone/protocol/tree/verifier-key.ts';
import fc from 'fast-check';
import type { Report } from './check.ts';
import { nodeCertificateReader } from './node-certificate-reader.ts';
import { reportOf } from './report.ts';
import {
  cartCertificate,
  caseBundle,
  certificateOf,
  headOf,
  ids,
  journalFacts,
  journalLines,
  ledgerFacts,
  ledgerLines,
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
  verifierLine,
  wholeBundle,
} from './testing/story.ts';
import { EvidenceUnusable, readEvidence, verifyEvidence, verifyJournal } from './verify.ts';

const whole = await wholeBundle();
const part = await caseBundle();

const certificates = nodeCertificateReader;
const verified = async (bundle: EvidenceBundle, trust = {}): Promise<Report> =>
  await verifyEvidence(bundle, { certificates, pinnedKey: verifierLine, ...trust });
/** Whether somebody who gets this as a file is told that all is well. */
const passes = async (value: unknown): Promise<boolean> => {
  let bundle;
  try {
    bundle = readEvidence(value);
  } catch (fault) {
    ok(fault instanceof EvidenceUnusable, String(fault));
    return false;
  }
  return (await verified(bundle)).ok;
};

async function holds(bundle: EvidenceBundle, trust = {}): Promise<void> {
  const result = await verified(bundle, trust);
  ok(result.ok, reportOf(result));
}

async function fails(bundle: EvidenceBundle, said: RegExp, trust = {}): Promise<void> {
  const result = await verified(bundle, trust);
  equal(result.ok, false, reportOf(result));
  match(reportOf(result), said);
}

type Entries = EvidenceBundle['ledger']['entries'];
const withEntries = (
  bundle: EvidenceBundle,
  change: (entries: Entries) => Entries,
): EvidenceBundle => ({
  ...bundle,
  ledger: { ...bundle.ledger, entries: change(structuredClone(bundle.ledger.entries)) },
});
/** Somebody with the ledger's key writes another ledger. */
const forged = async (facts: readonly object[]): Promise<EvidenceBundle> => ({
  ...whole,
  ledger: await ledgerOf(linesOf(facts as typeof ledgerFacts)),
});
const withJournal = async (facts: readonly object[]): Promise<EvidenceBundle> => {
  const lines = [...linesOf(facts as typeof journalFacts)];
  const [cart] = whole.carts;
  ok(cart !== undefined);
  const journal = { before: { size: 0, hashes: [] }, lines, head: await headOf(lines) };
  return { ...whole, carts: [{ ...cart, journal }] };
};
const without = <T>(list: readonly T[], at: number): readonly T[] => list.toSpliced(at, 1);

test('the true story holds, whole and as one case’s part', async () => {
  await holds(whole);
  await holds(part);
  const report = reportOf(await verified(part));
  match(report, /only the whole ledger can show/);
  match(report, /All \d+ checks hold/);
  match(
    reportOf(await verifyEvidence(whole, { certificates })),
    /Trusting the key inside the bundle/,
  );
});

describe('the ledger, whole', () => {
  test('altered', async () => {
    const altered = withEntries(whole, (entries) =>
      entries.map((entry) => ({
        ...entry,
        line: entry.line.replace('"records":1', '"records":2'),
      })),
    );
    await fails(altered, /at least one was altered/);
  });
  test('dropped, at every place', async () => {
    for (let at = 0; at < ledgerLines.length; at += 1) {
      const last = at === ledgerLines.length - 1;
      const said = new RegExp(`Entry ${at} is left out${last ? ' at the end' : ''}`);
      await fails(
        withEntries(whole, (entries) => entries.toSpliced(at, 1)),
        said,
      );
    }
  });
  test('dropped and renumbered', async () => {
    const renumbered = withEntries(whole, (entries) =>
      entries.toSpliced(4, 1).map((entry, index) => ({ ...entry, index })),
    );
    await fails(renumbered, /What stands as entry 4 is entry 5/);
  });
  test('reordered', async () => {
    const [third, fourth] = [whole.ledger.entries[3], whole.ledger.entries[4]];
    ok(third !== undefined && fourth !== undefined);
    await fails(
      withEntries(whole, (entries) => entries.toSpliced(3, 2, fourth, third)),
      /out of order/,
    );
  });
  test('truncated, also together with its checkpoint when one was kept', async () => {
    await fails(
      withEntries(whole, (entries) => entries.slice(0, 9)),
      /Entries 9 to 12 are left out at the end/,
    );
    const shorter = {
      ...whole,
      case: null,
      certificate: null,
      ledger: await ledgerOf(ledgerLines.slice(0, 9)),
    };
    await holds(shorter);
    await fails(shorter, /the end was cut off/, { seen: [whole.ledger.checkpoint] });
  });
  test('rewritten and signed anew is found by a checkpoint that was kept', async () => {
    const earlier = (await ledgerOf(ledgerLines.slice(0, 6))).checkpoint;
    await holds(whole, { seen: [earlier] });
    const rewritten = await forged(
      ledgerFacts.with(0, { kind: 'gateway-started', version: '2', demo: false }),
    );
    await holds(rewritten);
    await fails(rewritten, /the past was rewritten/, { seen: [earlier] });
  });
  test('of another key', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const other = formatVerifierKey(verifierKeyOf('gateway.example/chaperone-ledger', raw));
    await fails(whole, /another key/, { pinnedKey: other });
    await fails({ ...whole, ledger: { ...whole.ledger, verifierKey: other } }, /another key/);
    await fails(whole, /form name\+hash/, { pinnedKey: 'x' });
  });
});

describe('one case’s part of the ledger', () => {
  test('altered, reordered, doubled or with another’s proof', async () => {
    const altered = withEntries(part, (entries) =>
      entries.map((entry) => ({
        ...entry,
        line: entry.line.replace('"records":1', '"records":2'),
      })),
    );
    await fails(altered, /Entry 12 was altered/);
    await fails(
      withEntries(part, (entries) => entries.toReversed()),
      /out of order/,
    );
    const [first, second] = part.ledger.entries;
    ok(first !== undefined && second !== undefined);
    await fails(
      withEntries(part, (entries) => [first, ...entries]),
      /here twice/,
    );
    await fails(
      withEntries(part, (entries) => entries.with(0, { ...first, proof: second.proof })),
      /Entry 1 was altered/,
    );
  });
  test('what was left out is missed by its consequences', async () => {
    for (const [at, said] of [
      [1, /opened the case is missing/],
      [3, /asked for no session/],
      [4, /there was no grant/],
      [5, /"fetch-files" was not opened before it/],
      [6, /never begun/],
      [10, /Entry 10 is not here as the decision/],
      [12, /does not say that this case is resolved/],
    ] as const) {
      await fails(
        withEntries(part, (entries) => entries.filter(({ index }) => index !== at)),
        said,
      );
    }
    const noEnd = withEntries(part, (entries) => entries.filter(({ index }) => index !== 8));
    await fails(noEnd, /No entry of the ledger names receipt 1/);
    await fails(noEnd, /the end of the session with grant .* is missing/);
    const otherCase = withEntries(whole, (entries) => entries);
    await fails({ ...part, case: ids.otherCase }, /not about this case/);
    await holds(otherCase);
  });
});

describe('a story that cannot have happened, though signed', () => {
  const moved = (from: number, to: number): readonly object[] => {
    const fact = ledgerFacts[from];
    ok(fact !== undefined);
    return without(ledgerFacts, from).toSpliced(to, 0, fact);
  };
  for (const [what, facts, said] of [
    [
      'an activity before its grant',
      moved(5, 4),
      /Entry 4 \(activity-opened\): there was no grant/,
    ],
    [
      'a grant before its request',
      moved(4, 3),
      /grant-received\): this technician asked for no session/,
    ],
    [
      'a record before its retrieval',
      moved(7, 6),
      /record-sealed\): its retrieval was never begun/,
    ],
    ['a retrieval before the grant', moved(6, 3), /"fetch-files" was not granted/],
    ['a session before its case', moved(1, 9), /its case was never opened/],
    ['a grant after the decision', moved(4, 10), /after the decision to resolve/],
    ['a destruction without a decision', without(ledgerFacts, 10), /nobody had decided/],
    [
      'an activity that was not granted',
      ledgerFacts.with(5, { ...ledgerFacts[5], activity: 'control' }),
      /"control" was not granted/,
    ],
    [
      'a grant of more than was asked',
      ledgerFacts.with(4, { ...ledgerFacts[4], activities: ['view', 'control'] }),
      /more than was asked/,
    ],
    [
      'a journal that diverged',
      ledgerFacts.with(9, {
        kind: 'journal-diverged',
        cart: 'US-1001',
        size: 3,
        code: 'JOURNAL_REWRITTEN',
      }),
      /another past/,
    ],
    [
      'another journal than was seen',
      ledgerFacts.with(9, { ...ledgerFacts[9], root: 'A'.repeat(43) }),
      /saw another journal/,
    ],
    [
      'a grant that the cart does not know',
      ledgerFacts.with(4, { ...ledgerFacts[4], technicianId: 'tech-x' }),
      /cart gave another grant/,
    ],
  ] as const) {
    test(what, async () => await fails(await forged(facts), said));
  }
});

describe('the certificate of destruction', () => {
  for (const [what, changes, said] of [
    ['another case', { case: ids.otherCase }, /about another case/],
    ['another entry as the decision', { ledgerIndex: 9 }, /Entry 9 is not here as the decision/],
    ['another who decided', { decidedBy: { id: 'x', name: 'x', role: 'x' } }, /another person/],
    ['more records', { records: 2 }, /2 records/],
    ['another cart', { cart: 'US-1' }, /another cart/],
    [
      'something left',
      {
        verification: {
          method: 'm',
          keysFound: 1,
          recordsFound: 0,
          temporaryFilesFound: 0,
          rowsFound: 0,
          result: 'nothing found',
        },
      },
      /still found/,
    ],
  ] as const) {
    test(`of ${what}`, async () =>
      await fails({ ...whole, certificate: await certificateOf(changes) }, said));
  }
  test('missing, altered or exchanged', async () => {
    await fails({ ...whole, certificate: null }, /certificate is missing/);
    await fails({ ...whole, certificate: await certificateOf({ iat: 8 }) }, /another certificate/);
    await fails({ ...whole, certificate: whole.receipts[0] ?? '' }, /not signed by the ledger/);
  });
});

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

test('what a stranger wrote cannot steer the terminal', async () => {
  const facts = ledgerFacts.with(5, { ...ledgerFacts[5], activity: '\u001b[2Jcontrol' });
  const report = reportOf(await verified(await forged(facts)));
  match(report, /\uFFFD\[2Jcontrol/);
  equal(report.includes('\u001b'), false);
});

test('what is no bundle is refused with its place', async () => {
  const refuses = (value: unknown, said: RegExp): void =>
    throws(
      () => readEvidence(value),
      (fault: unknown) => {
        ok(fault instanceof EvidenceUnusable);
        match(fault.message, said);
        return true;
      },
    );
  refuses({ ...whole, format: 'x' }, /At "format"/);
  refuses({ ...whole, more: 1 }, /Unrecognized key/);
  const long = withEntries(whole, (entries) =>
    entries.map((entry) => ({ ...entry, line: 'x'.repeat(5000) })),
  );
  refuses(long, /ledger.entries.0.line/);
  refuses(null, /evidence bundle/);
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => equal(await passes(value), false)),
  );
});
