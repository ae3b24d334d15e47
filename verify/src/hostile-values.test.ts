/**
 * Goal: whoever holds the keys and signs nonsense gets a "no", never a fault of this program. Method: every member of
 * every fact becomes, in turn, an object that cannot be made a text, and is signed well; times become numbers that
 * are no time.
 */
import { equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { textOf } from './line.ts';
import { reportOf } from './report.ts';
import { forged, verified, whole, withJournal } from './testing/judged.ts';
import { certificateOf, journalFacts, ledgerFacts, signAsCart } from './testing/story.ts';

/** Node's own `String` throws a TypeError at these. */
const UNTELLABLE: readonly unknown[] = [
  { toString: 1, valueOf: 1 },
  { toString: null },
  [{ toString: 1 }],
];

function* spoiled(facts: typeof ledgerFacts): Generator<readonly object[]> {
  for (const [at, fact] of facts.entries()) {
    for (const name of Object.keys(fact).filter((each) => each !== 'kind')) {
      for (const value of UNTELLABLE) yield facts.with(at, { ...fact, [name]: value });
    }
  }
}

test('members that cannot be made a text are told as they are, in the ledger and in a journal', async () => {
  for (const facts of spoiled(ledgerFacts)) reportOf(await verified(await forged(facts)));
  for (const facts of spoiled(journalFacts)) reportOf(await verified(await withJournal(facts)));
  equal(textOf({ toString: 1 }), '{"toString":1}');
  equal(textOf(undefined), 'undefined');
});

test('a certificate of destruction whose time is none is told so', async () => {
  const certificate = await certificateOf({ destroyedUtcMs: 8_640_000_000_000_001 });
  const facts = ledgerFacts.map((fact) =>
    fact['kind'] === 'case-resolved'
      ? { ...fact, certificateDigest: statementDigest(certificate) }
      : fact,
  );
  const report = reportOf(await verified({ ...(await forged(facts)), certificate }));
  match(report, /destroyed at no time that there is/);
});

test('a receipt over nonsense is not believed', async () => {
  const receipt = await signAsCart(TYP.sessionReceipt, { iss: { toString: 1 } });
  equal((await verified({ ...whole, receipts: [receipt] })).ok, false);
});
