/** Judges damage in what a cart keeps beside its journal: the memory of the ledger, receipts, the policy of its facility. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { CartEvidence } from '@chaperone/cart/evidence/evidence.ts';
import { loadHeld } from '@chaperone/cart/facility-policy/held-policies.ts';
import { loadIdentity } from '@chaperone/cart/licence/licence.ts';
import { openLog } from '@chaperone/cart/platform/log.ts';
import { sessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { openCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { NoteInvalid } from '@chaperone/protocol/tree/signed-note.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { nodeCertificateReader } from '@chaperone/verify/node-certificate-reader.ts';
import { verifySessionReceipt } from '@chaperone/verify/verify.ts';
import { decodeJwt } from 'jose';

/** What is kept says that it is damaged, or the same is compared with the ledger: a bit proves nothing against anybody. */
export async function assertNotAccusing(
  folder: string,
  content: Buffer,
  damaged: Buffer,
  where: string,
): Promise<void> {
  const evidence = await openEvidence(folder);
  const { trouble, diverged } = evidence.standing();
  assert.equal(diverged, null, where);
  if (trouble !== null) return assert.match(trouble, /put it aside/, where);
  const { ledgerKey } = await loadIdentity(path.join(folder, 'cart'));
  const key = parseVerifierKey(ledgerKey);
  const whole = content.toString('utf8');
  if (whole.startsWith('[')) {
    // Each checkpoint is signed by itself; which session it was and when is in the journal.
    for (const { checkpoint } of await evidence.checkpoints())
      if (!whole.includes(JSON.stringify(checkpoint)))
        await assert.rejects(openCheckpoint(checkpoint, key), NoteInvalid, where);
    return;
  }
  const { size, root } = await evidence.remembered();
  const before = await openCheckpoint(whole, key);
  assert.deepEqual([size, root], [before.size, before.root.toString()], where);
  assert.notDeepEqual(content, damaged);
}

/** The damaged receipt is passed over, does not verify, or says the same; the others are read. */
export async function assertReceiptNotTaken(
  folder: string,
  { content, damaged }: { readonly content: Buffer; readonly damaged: Buffer },
  where: string,
): Promise<void> {
  const evidence = await openEvidence(folder);
  const { receipts } = evidence.standing();
  const read = await evidence.receipts();
  assert.ok(read.length >= receipts - 1, `${where}: others are not read`);
  const before = sessionReceiptFile.parse(JSON.parse(content.toString('utf8')));
  const after = readReceipt(damaged);
  if (after === null) return assert.equal(read.length, receipts - 1, where);
  const { cartRootPem, ledgerKey } = await loadIdentity(path.join(folder, 'cart'));
  const trust = {
    certificates: nodeCertificateReader,
    pinnedRoot: cartRootPem,
    pinnedKey: ledgerKey,
  };
  assert.ok((await verifySessionReceipt(before, trust)).ok, 'the undamaged receipt verifies');
  if ((await verifySessionReceipt(after, trust)).ok)
    assert.deepEqual(meaningOf(after), meaningOf(before), `${where} verifies`);
}

/** The same policy is in force by the same key, or what is there says that it is damaged. */
export async function assertPolicyHeld(
  folder: string,
  before: string,
  where: string,
): Promise<void> {
  const after = await policyOf(path.join(folder, 'cart'));
  assert.notEqual(before, '');
  if (after !== 'damaged') assert.equal(after, before, where);
}

/** What a cart holds its facility's policy to be. */
export async function policyOf(directory: string): Promise<string> {
  const held = await loadHeld(directory);
  if (held === 'none') return '';
  if (held === 'key-damaged' || held.trouble !== null) return 'damaged';
  return JSON.stringify([held.fingerprint, held.policies.map(({ policy }) => policy)]);
}

function readReceipt(content: Buffer): SessionReceiptFile | null {
  try {
    return sessionReceiptFile.parse(JSON.parse(content.toString('utf8')));
  } catch {
    return null;
  }
}

function meaningOf({ receipt, countersignature, files, ledger }: SessionReceiptFile): unknown {
  const countersigned = countersignature === null ? null : decodeJwt(countersignature);
  return [decodeJwt(receipt), countersigned, files, ledger?.entries];
}

async function openEvidence(folder: string): Promise<CartEvidence> {
  const dataDirectory = path.join(folder, 'cart');
  const identity = await loadIdentity(dataDirectory);
  return await CartEvidence.open({
    dataDirectory,
    identity: () => identity,
    appendLater: () => undefined,
    utcMs: () => Date.now(),
    log: openLog('silent'),
  });
}
