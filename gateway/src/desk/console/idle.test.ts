/**
 * Goal: a sign-in ends when nobody does anything, however much a page that is left open asks by itself; whoever is there
 * stays in. Method: a running gateway whose clock is turned by hand, asked as a page and as a person asks.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Technician } from '../../composition/testing/gateway-harness.ts';
import { openCase } from '../../composition/testing/session-script.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';

const ASK_EVERY_MS = 30_000;

test('a page that asks by itself keeps nobody signed in; whoever does something stays', async () => {
  const clock = new ManualClock(Date.now());
  await using gateway = await newTestGateway({ clock });
  const { signInIdleMs } = gateway.configuration.limits;
  await gateway.enrolCart('US-1');
  const there = await gateway.signedIn('tara');
  const owned = await openCase(there, 'US-1');
  const away = await gateway.signedIn('lena');
  const silent = await gateway.signedIn('ada');
  const says = async (who: Technician, active: string, path = '/api/desk') =>
    await who.ask('GET', path, { headers: { 'chaperone-active': active } });
  for (let passedMs = 0; passedMs < signInIdleMs; passedMs += ASK_EVERY_MS) {
    clock.advance(ASK_EVERY_MS);
    assert.equal((await says(there, '1')).status, 200);
    assert.equal((await says(away, '0')).status, 200);
    assert.equal((await says(away, '0', `/api/cases/${owned.id}`)).status, 200);
    assert.equal((await silent.ask('GET', '/api/admin/accounts')).status, 200);
  }
  clock.advance(ASK_EVERY_MS);
  for (const who of [away, silent]) {
    const answer = await who.ask('GET', '/api/me');
    assert.deepEqual([answer.status, answer.body['code']], [401, 'NOT_SIGNED_IN'], answer.text);
  }
  assert.equal((await says(there, '1')).status, 200);
});

test('changing something is doing it, unless the page says that it changes by itself', async () => {
  const clock = new ManualClock(Date.now());
  await using gateway = await newTestGateway({ clock });
  const { signInIdleMs } = gateway.configuration.limits;
  await gateway.enrolCart('US-1');
  const tara = await gateway.signedIn('tara');
  const { id } = await openCase(tara, 'US-1');
  const note = async (headers = {}) =>
    await tara.ask('POST', `/api/cases/${id}/notes`, { body: { text: 'heard' }, headers });
  clock.advance(signInIdleMs - 1);
  assert.equal((await note()).status, 200);
  clock.advance(signInIdleMs - 1);
  assert.equal((await note({ 'chaperone-active': '0' })).status, 200);
  clock.advance(2);
  assert.equal((await note()).status, 401);
});
