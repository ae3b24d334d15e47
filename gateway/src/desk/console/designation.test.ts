/**
 * Goal: where a lead designates, opening a case gives nobody a way to its cart; where the opener may, it does. Designating
 * makes nobody a technician.
 * Method: running gateways of both kinds, a technician who opens a case, and leads with and without a technician's role.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { TestGateway } from '../../composition/testing/gateway-harness.ts';
import { openCase } from '../../composition/testing/session-script.ts';

const SERIAL = 'US-1';

async function newGateway(designatedBy: 'lead' | 'lead-or-opener'): Promise<TestGateway> {
  const gateway = await newTestGateway({}, null, 'off-demo', 'off', { cases: { designatedBy } });
  await gateway.enrolCart(SERIAL);
  return gateway;
}

test('who opens a case waits for a lead, who alone designates', async () => {
  await using gateway = await newGateway('lead');
  const tara = await gateway.signedIn('tara');
  const lena = await gateway.signedIn('lena');
  const { id } = await openCase(tara, SERIAL);
  const seen = await tara.ask('GET', `/api/cases/${id}`);
  assert.equal(seen.status, 200, 'who opened it may read what they wrote');
  assert.deepEqual([seen.body['designated'], seen.body['mayDesignate']], [[], false]);
  const request = { body: { jws: 'a.b.c' } };
  const path = `/api/cases/${id}/session/request`;
  assert.equal((await tara.ask('POST', path, request)).body['code'], 'NOT_DESIGNATED');
  const designation = { body: { technician: tara.id } };
  const refused = await tara.ask('POST', `/api/cases/${id}/designations`, designation);
  assert.deepEqual([refused.status, refused.body['code']], [403, 'NOT_ALLOWED']);
  const done = await lena.ask('POST', `/api/cases/${id}/designations`, designation);
  assert.equal(done.status, 200, done.text);
  assert.notEqual((await tara.ask('POST', path, request)).body['code'], 'NOT_DESIGNATED');
  const facts = await factsOf(gateway.running);
  const designated = facts.filter(({ kind }) => kind === 'technician-designated');
  assert.deepEqual(designated, [
    { kind: 'technician-designated', caseId: id, technicianId: tara.id, by: lena.id },
  ]);
});

test('a lead who is a technician too is designated for what they open', async () => {
  await using gateway = await newGateway('lead');
  const lena = await gateway.signedIn('lena');
  const { id } = await openCase(lena, SERIAL);
  const { body } = await lena.ask('GET', `/api/cases/${id}`);
  assert.deepEqual(body['designated'], [{ id: lena.id, name: 'Lena Hoffmann' }]);
});

test('where the opener may, they are designated and the ledger says by whom', async () => {
  await using gateway = await newGateway('lead-or-opener');
  const tara = await gateway.signedIn('tara');
  const { id } = await openCase(tara, SERIAL);
  const { body } = await tara.ask('GET', `/api/cases/${id}`);
  assert.deepEqual(
    [body['designated'], body['mayDesignate']],
    [[{ id: tara.id, name: 'Tara Lindqvist' }], true],
  );
  const facts = await factsOf(gateway.running);
  assert.ok(
    facts.some(
      (fact) =>
        fact.kind === 'technician-designated' &&
        fact.technicianId === tara.id &&
        fact.by === tara.id,
    ),
  );
});

test('a lead who is no technician works on no cart, whoever designates them', async () => {
  await using gateway = await newGateway('lead');
  const amir = await gateway.signedIn('amir');
  const { id } = await openCase(amir, SERIAL);
  const designations = `/api/cases/${id}/designations`;
  const designation = { body: { technician: amir.id } };
  // The account allows what the directory says, and nobody asks it until they sign in: the role decides at each request.
  assert.equal((await amir.ask('POST', designations, designation)).status, 200);
  for (const path of ['session/request', 'notes', 'sends']) {
    const answer = await amir.ask('POST', `/api/cases/${id}/${path}`, { body: {} });
    assert.deepEqual([answer.status, answer.body['code']], [403, 'NOT_ALLOWED'], path);
  }
  const roles = ['lead', 'administrator'];
  const change = { act: 'change-roles', accountName: 'amir', by: 'root', roles, reason: 'test' };
  await gateway.running.administer(change);
  const again = await amir.ask('POST', designations, designation);
  assert.deepEqual([again.status, again.body['code']], [404, 'TECHNICIAN_UNKNOWN'], again.text);
  const { text } = await amir.ask('GET', '/api/technicians');
  assert.ok(!text.includes(amir.id) && text.includes('Tara Lindqvist'), text);
});
