/**
 * Goal: what a certificate says after NIST SP 800-88r2 §4.6 is held against itself, and a certificate of an earlier version,
 * which says nothing of it, still holds.
 * Method: certificates signed by the story's ledger, one lie each.
 */
import { match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { UNRESOLVED_LIMIT } from '@chaperone/domain/service-case/unresolved-limit.ts';
import { reportOf } from './report.ts';
import { forged, verified } from './testing/judged.ts';
import { certificateOf, ids, ledgerFacts } from './testing/story.ts';

const SANITIZATION = {
  object: 'all data of one case',
  cartModel: 'A Model',
  media: 'a disk',
  category: 'clear',
  counts: { 'records-fetched': 1, exports: 3, 'exports-attested': 2, 'exports-not-attested': 1 },
  lookedIn: ['keyring', 'records'],
  verifiedUtcMs: 6,
  disposition: 'in use',
  decidedFor: 'person',
  demoParts: [],
} as const;

/** The report on the story with this certificate in the place of its own, and the ledger agreeing. */
async function reportWith(changes: object): Promise<string> {
  const certificate = await certificateOf(changes);
  const certificateDigest = statementDigest(certificate);
  const facts = ledgerFacts.map((fact) =>
    fact['kind'] === 'case-resolved' ? { ...fact, certificateDigest } : fact,
  );
  return reportOf(await verified({ ...(await forged(facts)), certificate }));
}

suite('what a certificate says of sanitization', () => {
  test('holds when it agrees, and says what was not attested', async () => {
    const report = await reportWith({ sanitization: SANITIZATION });
    match(report, /All \d+ checks hold/);
    match(report, /1 exports were not attested as deleted/);
    match(report, /category "clear"/);
    match(await reportWith({}), /All \d+ checks hold/);
  });
  const lies: readonly (readonly [string, object, RegExp])[] = [
    ['another number of records', { counts: { 'records-fetched': 2 } }, /and 2 by their origins/],
    [
      'exports without account',
      { counts: { 'records-fetched': 1, exports: 3, 'exports-attested': 1 } },
      /Of 3 exports, the certificate accounts for 1/,
    ],
    ['an early verification', { verifiedUtcMs: 4 }, /verified before it was decided/],
    ['a limit that is a person', { decidedFor: 'unresolved-limit' }, /says in two ways/],
  ];
  for (const [what, change, said] of lies) {
    test(`fails for ${what}`, async () => {
      match(await reportWith({ sanitization: { ...SANITIZATION, ...change } }), said);
    });
  }
  test('fails for a person who is the limit', async () => {
    const decidedBy = { id: UNRESOLVED_LIMIT, name: 'limit', role: 'limit' };
    match(await reportWith({ sanitization: SANITIZATION, decidedBy }), /says in two ways/);
  });
});

suite('a case that the limit of time destroyed', () => {
  /** The report on the story in which nobody decided, with these entries before the decision. */
  async function reportAfter(...kinds: readonly string[]): Promise<string> {
    const { caseId } = ids;
    const at = ledgerFacts.findIndex(({ kind }) => kind === 'case-resolving');
    const told = kinds.map((kind) => ({ kind, caseId, earliestUtcMs: 1 }));
    const decidedBy = { id: UNRESOLVED_LIMIT, name: 'limit', role: 'limit' };
    const sanitization = { ...SANITIZATION, decidedFor: 'unresolved-limit' };
    const certificate = await certificateOf({
      decidedBy,
      sanitization,
      ledgerIndex: at + told.length,
    });
    const certificateDigest = statementDigest(certificate);
    const facts = ledgerFacts.map((fact) => {
      if (fact['kind'] === 'case-resolving') return { ...fact, by: UNRESOLVED_LIMIT };
      return fact['kind'] === 'case-resolved' ? { ...fact, certificateDigest } : fact;
    });
    const forgedFacts = facts.toSpliced(at, 0, ...told);
    return reportOf(await verified({ ...(await forged(forgedFacts)), certificate }));
  }
  const [announced, reminded, withdrawn] = [
    'case-end-announced',
    'case-end-reminded',
    'case-end-withdrawn',
  ];

  test('was announced and reminded of', async () => {
    match(await reportAfter(announced, reminded), /the limit of time did, \d+ days after/);
  });
  test('and was not', async () => {
    for (const kinds of [[], [announced], [announced, reminded, withdrawn]])
      match(await reportAfter(...kinds), /without a reminder that stands/);
  });
});
