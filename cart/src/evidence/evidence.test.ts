/**
 * Goal: a cart notices a ledger that is shorter or another one than it remembers, for good and over restarts, and takes nothing over
 * that is not signed by the pinned key or not about its own receipt. Method: real files, a ledger that lies as it likes.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import {
  RECEIPT_COUNTERSIGNATURE_TYP,
  receiptCountersignatureClaims,
} from '@chaperone/protocol/receipt/countersignature.ts';
import { receiptFilesOf } from '@chaperone/protocol/receipt/receipt-files.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { openLog } from '../platform/log.ts';
import { CartEvidence, lookAtEvidence } from './evidence.ts';
import {
  CountersignatureRefused,
  EvidenceUnreadable,
  LedgerDiverged,
  LedgerNotOurs,
  ReceiptUnknown,
} from './evidence-error.ts';
import { TestLedger } from './testing/test-ledger.ts';

const log = openLog('silent');
const session = newId('session', randomBytes);
const LINES = Array.from({ length: 40 }, (_, index) => `{"index":${index}}`);

async function start(t: TestContext) {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'chaperone-evidence-'));
  t.after(() => rm(dataDirectory, { recursive: true, force: true }));
  const ledger = new TestLedger(LINES);
  const facts: JournalFact[] = [];
  const open = async (): Promise<CartEvidence> =>
    await CartEvidence.open({
      dataDirectory,
      identity: () => ({
        certificatePem: 'certificate',
        cartRootPem: 'root',
        ledgerKey: ledger.verifierLine,
      }),
      appendLater: (added) => facts.push(...added),
      utcMs: () => 7,
      log,
    });
  return { dataDirectory, ledger, facts, open, evidence: await open() };
}

test('a ledger that grows is remembered, over restarts, with the checkpoint of each session', async (t) => {
  const { ledger, facts, evidence, open, dataDirectory } = await start(t);
  assert.deepEqual(await evidence.remembered(), { size: 0, root: null, awaiting: [] });
  await evidence.show(await ledger.show(0, LINES.slice(0, 10)), session);
  await evidence.show(await ledger.show(10, LINES.slice(0, 33)), session);
  await evidence.show(await ledger.show(33, LINES.slice(0, 33)), session);
  const again = await open();
  assert.equal((await again.remembered()).size, 33);
  await again.show(await ledger.show(33), newId('session', randomBytes));
  assert.deepEqual(
    facts.map(({ kind }) => kind),
    ['ledger-seen', 'ledger-seen', 'ledger-seen'],
  );
  const kept = await lookAtEvidence(dataDirectory, log);
  assert.equal((await kept.checkpoints()).length, 2);
  assert.equal(kept.standing.ledgerSize, 40);
});

test('a shorter, a rewritten and a forked ledger are noticed for good, and never taken over', async (t) => {
  for (const [lines, code] of [
    [LINES.slice(0, 20), 'LEDGER_SHORTER'],
    [LINES.with(3, 'x').slice(0, 30), 'LEDGER_REWRITTEN'],
    [LINES.with(3, 'x'), 'LEDGER_REWRITTEN'],
  ] as const) {
    const { ledger, facts, evidence, open, dataDirectory } = await start(t);
    await evidence.show(await ledger.show(0, LINES.slice(0, 30)), session);
    const shown = await ledger.show(30, lines);
    await assert.rejects(evidence.show(shown, session), LedgerDiverged);
    await assert.rejects(evidence.show(shown, session), LedgerDiverged);
    assert.equal(facts.filter(({ kind }) => kind === 'ledger-diverged').length, 1);
    const again = await open();
    assert.equal((await again.remembered()).size, 30);
    const { diverged } = (await lookAtEvidence(dataDirectory, log)).standing;
    assert.equal(diverged?.code, code);
    assert.equal(diverged.shown, shown.checkpoint);
    // The true one is taken over all the same: the proof of the other one stays.
    await again.show(await ledger.show(30), session);
    assert.equal(again.standing().diverged?.code, code);
  }
});

test('another key, a wrong proof and a text that is none are not taken over', async (t) => {
  const { ledger, evidence } = await start(t);
  await assert.rejects(evidence.show(await new TestLedger(LINES).show(0), session), LedgerNotOurs);
  await assert.rejects(evidence.show({ checkpoint: 'x', proof: [] }, session), LedgerNotOurs);
  await evidence.show(await ledger.show(0, LINES.slice(0, 30)), session);
  const right = await ledger.show(30);
  await assert.rejects(evidence.show({ ...right, proof: [] }, session), LedgerDiverged);
});

test('a damaged memory is said, and keeps nothing else from going on', async (t) => {
  const { ledger, evidence, open, dataDirectory } = await start(t);
  await evidence.show(await ledger.show(0), session);
  await writeFile(path.join(dataDirectory, 'ledger', 'checkpoint'), 'nonsense');
  const again = await open();
  await assert.rejects(again.remembered(), EvidenceUnreadable);
  assert.match(again.standing().trouble ?? '', /damaged/);
  await again.keep(receipt(session, '{}'));
  assert.equal(again.standing().receipts, 1);
});

test('a remembered checkpoint in which a digit or a letter of the root changed is damage, not another ledger', async (t) => {
  const { ledger, evidence, open, dataDirectory } = await start(t);
  await evidence.show(await ledger.show(0, LINES.slice(0, 30)), session);
  const file = path.join(dataDirectory, 'ledger', 'checkpoint');
  const whole = await readFile(file, 'utf8');
  const [origin = '', size = '', root = ''] = whole.split('\n');
  for (const damaged of [
    whole.replace(`${origin}\n${size}\n`, `${origin}\n31\n`),
    whole.replace(root, `${root.startsWith('A') ? 'B' : 'A'}${root.slice(1)}`),
    whole.replace(origin, `${origin}x`),
  ]) {
    assert.notEqual(damaged, whole);
    await writeFile(file, damaged);
    const again = await open();
    assert.match(again.standing().trouble ?? '', /damaged.*put it aside/);
    await assert.rejects(again.show(await ledger.show(30), session), EvidenceUnreadable);
    assert.equal(again.standing().diverged, null);
  }
  await writeFile(file, whole);
  assert.equal((await open()).standing().trouble, null);
});

const receipt = (sessionId: typeof session, jws: string) => ({
  sessionId,
  jws,
  endedUtcMs: 5,
  isGranted: true,
  files: ['aa', 'bb'],
});

test('a countersignature is kept when it and the proven entry are about this receipt, and not otherwise', async (t) => {
  const { ledger, facts, evidence, open, dataDirectory } = await start(t);
  const caseId = newId('case', randomBytes);
  const claims = {
    iss: 'US-1',
    session,
    grant: {
      jti: newId('grant', randomBytes),
      iss: 'US-1',
      sub: 'tech-1',
      name: 'N',
      session,
      case: caseId,
      caseNumber: '1',
      workstation: 'w',
      workstationKey: randomBytes(32).toString('base64url'),
      activities: ['view'],
      noticeVersion: '1',
      iat: 1,
      durationS: 1,
    },
    startedUtcMs: 1,
    endedUtcMs: 2,
    reason: 'operator-ended',
    filesFetched: 0,
    bytesFetched: 0,
    filesPlaced: 0,
    bytesPlaced: 0,
    inputRefused: 0,
    journalSize: 0,
    journalRoot: randomBytes(32).toString('base64url'),
    files: receiptFilesOf(['aa', 'bb'], 0),
    iat: 2,
  };
  const jws = await signStatement(TYP.sessionReceipt, claims, ledger.keys.privateKey, 'EdDSA');
  await evidence.keep(receipt(session, jws));
  assert.deepEqual((await evidence.remembered()).awaiting, [session]);
  assert.deepEqual((await evidence.files(session, 1)).lines, ['bb']);
  await assert.rejects(evidence.files(newId('session', randomBytes), 0), ReceiptUnknown);

  const end = { kind: 'session-ended', sessionId: session, receiptDigest: statementDigest(jws) };
  ledger.lines.push(JSON.stringify({ index: 40, utcMs: 1, fact: end }));
  const said = {
    iss: ledger.key.name,
    cart: 'US-1',
    session,
    case: caseId,
    receipt: statementDigest(jws),
    files: 'agree',
    receivedUtcMs: 3,
    iat: 3,
  };
  const signed = async (change: object, key = ledger.keys.privateKey): Promise<string> =>
    await signStatement(
      RECEIPT_COUNTERSIGNATURE_TYP,
      receiptCountersignatureClaims.parse({ ...said, ...change }),
      key,
      'EdDSA',
    );
  const good = { countersignature: await signed({}), ledger: await ledger.entry(40) };
  // Its checkpoint was not shown yet.
  await assert.rejects(evidence.countersigned(session, good), CountersignatureRefused);
  await evidence.show(await ledger.show(0), session);
  const strange = new TestLedger().keys.privateKey;
  for (const bad of [
    { ...good, countersignature: await signed({ cart: 'US-2' }) },
    { ...good, countersignature: await signed({ receipt: statementDigest('other') }) },
    { ...good, countersignature: await signed({}, strange) },
    { ...good, ledger: await ledger.entry(3) },
    { ...good, ledger: { ...good.ledger, entries: [] } },
  ])
    await assert.rejects(evidence.countersigned(session, bad), CountersignatureRefused);
  await evidence.countersigned(session, good);
  assert.equal(facts.at(-1)?.kind, 'receipt-countersigned');

  const [kept] = await (await lookAtEvidence(dataDirectory, log)).receipts();
  assert.equal(kept?.countersignature, good.countersignature);
  assert.deepEqual((await (await open()).remembered()).awaiting, []);
});

test('a kill between the two files of a countersigning leaves the countersigned one, and no half file', async (t) => {
  const { evidence, open, dataDirectory } = await start(t);
  await evidence.keep(receipt(session, 'a.b.c'));
  const directory = path.join(dataDirectory, 'receipts');
  const [name = ''] = (await readdir(directory)).filter((each) => each.endsWith('.json'));
  const text = await readFile(path.join(directory, name), 'utf8');
  await writeFile(path.join(directory, name.replace('.awaiting', '')), text);
  await writeFile(path.join(directory, `.${name}.making-0123456789abcdef`), text.slice(0, 20));
  const again = await open();
  assert.equal(again.standing().receiptsAwaiting, 0);
  assert.equal((await again.receipts()).length, 1);
  const left = (await readdir(directory)).filter((each) => each.includes('.making-'));
  assert.deepEqual(left, []);
});
