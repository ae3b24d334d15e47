/**
 * Goal: a session's receipt holds as both ends signed it; a file of the list that was altered, left out or added, another
 * countersignature, another entry, another cart or root does not, and the words say what. Method: one true file, changed in each way.
 */
import { equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { nodeCertificateReader as certificates } from './node-certificate-reader.ts';
import { reportOf } from './report.ts';
import { readSessionReceipt, verifySessionReceipt } from './session-receipt-check.ts';
import { fileLines, receiptFileOf } from './testing/receipt-story.ts';
import {
  ids,
  receiptClaims,
  rootCertificate,
  signAsCart,
  strangeCartCertificate,
  strangePair,
  strangeRootCertificate,
  verifierLine,
} from './testing/story.ts';

const trust = { certificates, pinnedKey: verifierLine, pinnedRoot: rootCertificate };
const whole = await receiptFileOf();

async function fails(file: SessionReceiptFile, said: RegExp): Promise<void> {
  const report = await verifySessionReceipt(file, trust);
  equal(report.ok, false, reportOf(report));
  match(reportOf(report), said);
}

test('a true receipt holds, and says who was there, what was done and which files moved', async () => {
  const report = await verifySessionReceipt(whole, trust);
  ok(report.ok, reportOf(report));
  match(reportOf(report), /A Technician at workstation .*allowed: view, fetch-files/);
  match(reportOf(report), /Fetched: doppler\.log, 10 bytes, SHA-256 /);
  match(reportOf(report), /Fetched: bericht Müller\.pdf, 10 bytes, broken/);
  match(reportOf(report), /files: agree/);
});

test('what the clinic held off is told; receipts that do not count it hold as before', async () => {
  const held = await receiptFileOf({ claims: { interlocks: { count: 2, heldMs: 61_400 } } });
  const report = await verifySessionReceipt(held, trust);
  ok(report.ok, reportOf(report));
  match(reportOf(report), /held everybody off: times 2, seconds in all 61\./);
  ok(!reportOf(await verifySessionReceipt(whole, trust)).includes('held everybody off'));
  const nothing = await receiptFileOf({ claims: { interlocks: { count: 0, heldMs: 0 } } });
  await fails(nothing, /was altered/);
});

test('without list, countersignature or entry it holds as far as it goes, and says what is missing', async () => {
  const bare = { ...whole, files: null, countersignature: null, ledger: null };
  const report = await verifySessionReceipt(bare, trust);
  ok(report.ok, reportOf(report));
  match(reportOf(report), /vouches for 2 files\. Ask the cart/);
  match(reportOf(report), /Not yet/);
  match(reportOf(report), /before that came/);
});

test('a list that was altered, shortened, made longer or put in another order', async () => {
  const [first = '', second = ''] = fileLines;
  for (const files of [
    [first.replace('doppler', 'Doppler'), second],
    [first],
    [first, second, second],
    [second, first],
    [],
  ])
    await fails({ ...whole, files }, /vouches for another list of 2 files/);
});

test('a list that contradicts what was counted, a line that is none', async () => {
  const counted = await receiptFileOf({ claims: { filesFetched: 0 } });
  await fails(counted, /counts fewer files than its list has/);
});

test('a receipt that was altered, is another cart’s, or contradicts itself', async () => {
  const [head = '', body = '', signature = ''] = whole.receipt.split('.');
  const flipped = `${head}.${body.slice(0, -2)}${body.endsWith('A') ? 'BB' : 'AA'}.${signature}`;
  await fails({ ...whole, receipt: flipped }, /was altered/);
  await fails({ ...whole, certificate: strangeCartCertificate }, /is not from the authority/);
  const strange = await signAsCart(TYP.sessionReceipt, receiptClaims, strangePair);
  await fails({ ...whole, receipt: strange }, /was altered/);
  await fails(await receiptFileOf({ claims: { endedUtcMs: 0 } }), /ended before it began/);
  await fails(await receiptFileOf({ claims: { opened: ['control'] } }), /was not granted/);
  await fails({ ...whole, root: strangeRootCertificate }, /another cart root/);
});

test('a countersignature that is another’s, by another key, or says that the files differ', async () => {
  const other = await receiptFileOf({ claims: { inputRefused: 1 } });
  await fails({ ...whole, countersignature: other.countersignature }, /that of another receipt/);
  await fails({ ...whole, countersignature: whole.receipt }, /was altered, or is not by the key/);
  const differs = await receiptFileOf({ countersigned: { files: 'differ' } });
  await fails(differs, /says itself that the cart's list of files is not/);
  const otherCase = await receiptFileOf({ countersigned: { case: ids.otherCase } });
  await fails(otherCase, /that of another receipt/);
  const elsewhere = await receiptFileOf({ countersigned: { iss: 'elsewhere' } });
  await fails(elsewhere, /names another ledger/);
});

test('an entry that was altered, is another session’s, or is under no signed checkpoint', async () => {
  const { ledger } = whole;
  ok(ledger !== null);
  const [entry] = ledger.entries;
  ok(entry !== undefined);
  const altered = { ...entry, line: entry.line.replace('operator-ended', 'session-idle') };
  await fails({ ...whole, ledger: { ...ledger, entries: [altered] } }, /Entry \d+ was altered/);
  const other = await receiptFileOf({ claims: { inputRefused: 2 } });
  await fails({ ...whole, ledger: other.ledger }, /No entry here names this receipt/);
  await fails({ ...whole, ledger: { ...ledger, checkpoint: 'x' } }, /not a signed note/);
});

test('what is not in the form of one is none', () => {
  equal(readSessionReceipt({ ...whole, more: 1 }), null);
  equal(readSessionReceipt({ ...whole, files: [1] }), null);
  equal(readSessionReceipt(null), null);
});
