/**
 * Goal: nobody who types misdirects a case: its facility is that of its cart's licence, and that facility's officer sees it.
 * Method: a running demo gateway with its portal; carts whose licences name a facility, another one and none; a technician who
 * opens cases with, without and with a mistyped facility; an officer who looks.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Answer, Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { OfficerBrowser } from '../../portal/testing/officer-browser.ts';

const NORTH = 'Klinikum Nord';
const SOUTH = 'Klinikum Süd';

async function license(
  { running }: TestGateway,
  serial: string,
  facility?: string,
): Promise<string> {
  await running.authority.issueCartLicence(parseCartSerial(serial), { by: 'test', facility });
  return serial;
}

async function open(technician: Technician, cart: string, facility?: string): Promise<Answer> {
  const body = { cart, caller: 'x', complaint: 'x', facility };
  return await technician.ask('POST', '/api/cases', { body });
}

test('a case is of the facility that the licence of its cart names; another one is refused, and its officer sees it', async (t) => {
  const gateway = await newTestGateway();
  t.after(async () => await gateway[Symbol.asyncDispose]());
  const tara = await gateway.signedIn('tara');
  const [north, south] = [
    await license(gateway, 'US-8601', NORTH),
    await license(gateway, 'US-8602', SOUTH),
  ];
  const north2 = await license(gateway, 'US-8603', NORTH);
  for (const other of [SOUTH, 'Klinikum Nrod', 'klinikum nord', 'x']) {
    const refused = await open(tara, north, other);
    assert.deepEqual([refused.status, refused.body['code']], [409, 'CASE_FACILITY_OTHER'], other);
  }
  const silent = await open(tara, north);
  assert.deepEqual([silent.status, silent.body['facility']], [200, NORTH], silent.text);
  const said = await open(tara, north2, NORTH);
  assert.deepEqual([said.status, said.body['facility']], [200, NORTH], said.text);
  const elsewhere = await open(tara, south);
  assert.equal(elsewhere.body['facility'], SOUTH, elsewhere.text);

  const officer = await OfficerBrowser.enrol(gateway.running, NORTH);
  await officer.signIn();
  const { text } = await officer.ask('/');
  for (const each of [silent, said]) assert.ok(text.includes(String(each.body['number'])));
  assert.ok(!text.includes(String(elsewhere.body['number'])) && !text.includes(south));
});

test('for a cart whose licence names none, one is given that licences or officers name; before there is any, any is', async (t) => {
  const gateway = await newTestGateway();
  t.after(async () => await gateway[Symbol.asyncDispose]());
  const tara = await gateway.signedIn('tara');
  const [first, second] = [await license(gateway, 'US-8611'), await license(gateway, 'US-8612')];
  const carts = async () =>
    (await tara.ask('GET', '/api/carts')).body as {
      readonly facilities: readonly string[];
      readonly carts: readonly { readonly serial: string; readonly facility: string | null }[];
    };
  const missing = await open(tara, first);
  assert.deepEqual([missing.status, missing.body['code']], [422, 'CASE_FACILITY_MISSING']);
  assert.deepEqual((await carts()).facilities, []);
  assert.equal((await open(tara, first, 'Whatever Clinic')).body['facility'], 'Whatever Clinic');

  const third = await license(gateway, 'US-8613', SOUTH);
  const officer = await OfficerBrowser.enrol(gateway.running, NORTH);
  await officer.signIn();
  const known = await carts();
  assert.deepEqual(known.facilities, [NORTH, SOUTH]);
  assert.deepEqual(
    known.carts.map(({ serial, facility }) => [serial, facility]),
    [
      [first, null],
      [second, null],
      [third, SOUTH],
    ],
  );
  const mistyped = await open(tara, second, 'Klinikum Nrod');
  assert.deepEqual([mistyped.status, mistyped.body['code']], [409, 'CASE_FACILITY_UNKNOWN']);
  const opened = await open(tara, second, NORTH);
  assert.equal(opened.body['facility'], NORTH, opened.text);
  assert.ok((await officer.ask('/')).text.includes(String(opened.body['number'])));
});
