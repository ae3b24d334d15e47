/**
 * Goal: true evidence holds, and evidence that was altered, cut, dropped from, reordered or exchanged anywhere does not;
 * and the words say where. Method: one true story, signed for real, changed in each way; also by somebody who
 * holds the ledger's key and signs the changed one anew.
 */
import { equal, match, ok, throws } from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { formatVerifierKey, verifierKeyOf } from '@chaperone/protocol/tree/verifier-key.ts';
import fc from 'fast-check';
import { reportOf } from './report.ts';
import {
  whole,
  part,
  certificates,
  verified,
  passes,
  holds,
  fails,
  withEntries,
  forged,
  without,
} from './testing/judged.ts';
import { certificateOf, ids, ledgerFacts, ledgerLines, ledgerOf } from './testing/story.ts';
import { EvidenceUnusable, readEvidence, verifyEvidence } from './verify.ts';

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
