/**
 * Goal: a case that nobody resolves is told of, announced in console, portal and ledger, reminded of, and destroyed at the
 * limit with a certificate that says so; a hold of two people takes that back, and a restart keeps what had run.
 * Method: a real gateway with its own clock and hourly looks turned by hand; the rule itself is tested in `domain`.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { uploadFile, uploadedRecord } from '../../composition/testing/upload-file.ts';
import { PLANTED, openCase, resolveCase } from '../../composition/testing/session-script.ts';
import { filesWith } from '../../composition/testing/planted.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const CASES = { unresolvedDaysMax: 20, announcedDays: 7, remindedDays: 2, agedDays: 5 };

interface OldGateway {
  readonly gateway: TestGateway;
  readonly clock: ManualClock;
  /** Lets so many days pass, with a look every hour. */
  pass(days: number): Promise<void>;
  /** Lets days pass until this is the last that the ledger says of the case's age. */
  passUntil(caseId: string, kind: string): Promise<void>;
  kindsOf(caseId: string): Promise<readonly string[]>;
}

/** A gateway whose hours are turned by hand: nothing but its own looks runs by the mocked timer. */
async function oldGateway(t: TestContext): Promise<OldGateway> {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const clock = new ManualClock(Date.now());
  const gateway = await newTestGateway({ clock }, null, 'off-demo', 'off', { cases: CASES });
  t.after(async () => await gateway[Symbol.asyncDispose]());
  const kindsOf = async (caseId: string): Promise<readonly string[]> =>
    (await factsOf(gateway.running)).flatMap((fact) =>
      'caseId' in fact && fact.caseId === caseId && /aged|case-end|resolv/.test(fact.kind)
        ? [fact.kind]
        : [],
    );
  const pass = async (days: number): Promise<void> => {
    for (let hour = 0; hour < days * 24; hour += 1) {
      clock.advance(HOUR_MS);
      t.mock.timers.tick(HOUR_MS);
      await settled(gateway);
    }
  };
  const passUntil = async (caseId: string, kind: string): Promise<void> => {
    for (let day = 0; day < 30; day += 1) {
      if ((await kindsOf(caseId)).at(-1) === kind) return;
      // A destruction takes its own time, which is not the clock's.
      if ((await kindsOf(caseId)).at(-1) === 'case-resolving') await delay(50);
      else await pass(1);
    }
    assert.fail(`it never came to ${kind}: ${(await kindsOf(caseId)).join(', ')}`);
  };
  return { gateway, clock, pass, passUntil, kindsOf };
}

/** Waits until the look that the tick began has ended: it is quick, and nothing tells when. */
async function settled({ running }: TestGateway): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  await running.ledger.settle();
}

async function shown(
  technician: Technician,
  id: string,
): Promise<Readonly<Record<string, unknown>>> {
  return (await technician.ask('GET', `/api/cases/${id}`)).body;
}

async function withRecord(
  gateway: TestGateway,
): Promise<{ readonly id: string; readonly number: string; readonly cart: string }> {
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  const body = Buffer.from(PLANTED.content);
  uploadedRecord(await uploadFile(tara, serviceCase.id, PLANTED.fileName, body));
  return serviceCase;
}

/** Has two leads decide something of a case. */
async function decided(
  one: Technician,
  other: Technician,
  act: string,
  target: string,
): Promise<void> {
  const body = { act, target, reason: 'a lawyer asks' };
  const made = await one.ask('POST', '/api/proposals', { body });
  assert.equal(made.status, 200, made.text);
  const approve = `/api/proposals/${String(made.body['id'])}/approve`;
  const approved = await other.ask('POST', approve, { body: {} });
  assert.equal(approved.status, 200, approved.text);
}

suite('a case that nobody resolves', () => {
  test('is told of, announced, reminded of and destroyed, with a certificate that says why', async (t) => {
    const { gateway, pass, passUntil, kindsOf } = await oldGateway(t);
    await gateway.enrolCart();
    const lena = await gateway.signedIn('lena');
    const { id } = await withRecord(gateway);
    await pass(6);
    await lena.passGates('lena');
    assert.deepEqual((await shown(lena, id))['age'], { days: 6, end: null });
    await pass(8);
    await lena.passGates('lena');
    const { age } = (await shown(lena, id)) as { readonly age: { readonly end: unknown } };
    assert.deepEqual(Object.keys(age.end as object), ['earliestUtcMs', 'isReminded']);
    // What has run outlives a restart; the time in between does not count.
    await gateway.restart();
    lena.moveTo(gateway.running);
    await passUntil(id, 'case-resolved');
    assert.deepEqual(await kindsOf(id), [
      'case-aged',
      'case-end-announced',
      'case-end-reminded',
      'case-resolving',
      'case-resolved',
    ]);
    await lena.passGates('lena');
    const { body } = await lena.ask('GET', `/api/cases/${id}/certificate`);
    const claims = body['claims'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    assert.equal(claims['sanitization']?.['decidedFor'], 'unresolved-limit');
    const counts = claims['sanitization']?.['counts'] as Readonly<Record<string, number>>;
    assert.deepEqual([counts['records-to-send'], counts['exports-not-attested']], [1, 0]);
    assert.equal(claims['decidedBy']?.['role'], 'limit');
    for (const planted of Object.values(PLANTED))
      assert.deepEqual(filesWith(gateway.directory, planted), []);
  });

  test('is kept by a hold, which shows; what was announced is taken back and begins anew after it', async (t) => {
    const { gateway, pass, passUntil, kindsOf } = await oldGateway(t);
    await gateway.enrolCart();
    const [lena, amir] = [await gateway.signedIn('lena'), await gateway.signedIn('amir')];
    const serviceCase = await withRecord(gateway);
    const { id } = serviceCase;
    await pass(14);
    await lena.passGates('lena');
    await amir.passGates('amir');
    const decide = async (act: string): Promise<void> => await decided(lena, amir, act, id);
    await decide('set-legal-hold');
    const held = await shown(lena, id);
    assert.equal(held['legalHold'], true);
    assert.equal((held['age'] as { readonly end: unknown }).end, null);
    assert.equal((await resolveCase(lena, serviceCase)).body['code'], 'CASE_UNDER_LEGAL_HOLD');
    await pass(20);
    assert.equal((await kindsOf(id)).at(-1), 'case-end-withdrawn');
    await lena.passGates('lena');
    await amir.passGates('amir');
    await decide('lift-legal-hold');
    await passUntil(id, 'case-resolved');
    const after = (await kindsOf(id)).slice((await kindsOf(id)).indexOf('case-end-withdrawn'));
    assert.deepEqual(after.slice(1, 3), ['case-end-announced', 'case-end-reminded']);
  });

  test('has its days anew, too, after a hold that came and went between two looks', async (t) => {
    const { gateway, pass, kindsOf } = await oldGateway(t);
    await gateway.enrolCart();
    const [lena, amir] = [await gateway.signedIn('lena'), await gateway.signedIn('amir')];
    const { id } = await withRecord(gateway);
    await pass(14);
    for (const [who, login] of [
      [lena, 'lena'],
      [amir, 'amir'],
    ] as const)
      await who.passGates(login);
    await decided(lena, amir, 'set-legal-hold', id);
    await decided(lena, amir, 'lift-legal-hold', id);
    await pass(1);
    assert.deepEqual((await kindsOf(id)).slice(-2), ['case-end-withdrawn', 'case-end-announced']);
  });

  test('has its days though the wall clock leaps, and is let go when the clock is put right', async (t) => {
    const { gateway, pass, kindsOf, clock } = await oldGateway(t);
    await gateway.enrolCart();
    const { id } = await withRecord(gateway);
    const right = clock.utcMs();
    clock.setUtc(right + 3000 * DAY_MS);
    await pass(6);
    assert.deepEqual((await kindsOf(id)).slice(0, 2), ['case-aged', 'case-end-announced']);
    clock.setUtc(right + 6 * DAY_MS);
    await pass(1);
    assert.equal((await kindsOf(id)).at(-1), 'case-end-withdrawn');
  });
});
