/**
 * Goal: why somebody proposed a legal hold, lifted it or took it back is read by leads while the case is there, and by nobody
 * afterwards. Method: a real gateway whose whole data directory is searched for the words.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Technician } from '../../composition/testing/gateway-harness.ts';
import { openCase, resolveCase } from '../../composition/testing/session-script.ts';

const SET = 'Mrs Ottilie Zimmerwald-Brack sues, MRN-77120-QX';
const LIFT = 'the suit of Zimmerwald-Brack was settled';
const WITHDRAWN = 'Zimmerwald-Brack was the wrong patient';

/** The files of a directory in which a text stands. */
function filesWith(directory: string, text: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}

async function reasonsSeenBy(lead: Technician): Promise<readonly string[]> {
  const { body, text } = await lead.ask('GET', '/api/proposals');
  assert.ok(Array.isArray(body['items']), text);
  return (body['items'] as { reason: string | null }[])
    .map(({ reason }) => String(reason))
    .toSorted((a, b) => a.localeCompare(b));
}

test('the words of a hold are sealed with its case, and gone with it; the ledger keeps its commitments', async () => {
  await using gateway = await newTestGateway();
  const tara = await gateway.signedIn('tara');
  const lena = await gateway.signedIn('lena');
  const amir = await gateway.signedIn('amir');
  await gateway.enrolCart();
  const serviceCase = await openCase(tara);
  const proposed = async (act: string, reason: string): Promise<string> => {
    const body = { act, target: serviceCase.id, reason };
    const answer = await lena.ask('POST', '/api/proposals', { body });
    assert.deepEqual([answer.status, answer.body['reason']], [200, reason], answer.text);
    return `/api/proposals/${String(answer.body['id'])}`;
  };
  for (const [act, reason] of [
    ['set-legal-hold', SET],
    ['lift-legal-hold', LIFT],
  ] as const) {
    const done = await amir.ask('POST', `${await proposed(act, reason)}/approve`, { body: {} });
    assert.equal((done.body['proposal'] as { state: string }).state, 'done', done.text);
  }
  const again = await proposed('set-legal-hold', SET);
  const taken = await lena.ask('POST', `${again}/decline`, { body: { reason: WITHDRAWN } });
  assert.equal(taken.body['state'], 'declined', taken.text);
  assert.deepEqual(await reasonsSeenBy(amir), [SET, SET, LIFT]);
  assert.deepEqual(filesWith(gateway.directory, 'Zimmerwald-Brack'), []);

  const resolved = await resolveCase(tara, serviceCase);
  assert.equal(resolved.body['state'], 'resolved', resolved.text);
  assert.deepEqual(await reasonsSeenBy(amir), ['null', 'null', 'null']);
  assert.deepEqual(filesWith(gateway.directory, 'Zimmerwald-Brack'), []);
  // Even sealed, and even its row.
  assert.deepEqual(filesWith(gateway.directory, 'propose-set-legal-hold'), []);
  const committed = (await factsOf(gateway.running)).filter(
    (fact) =>
      (fact.kind === 'proposal-made' || fact.kind === 'proposal-declined') &&
      fact.reasonCommitment !== null,
  );
  assert.equal(committed.length, 4);
});
