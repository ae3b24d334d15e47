/**
 * Goal: who looks after the carts sees how each stands, what is different from what was accepted, and what needs them; the reports
 * come out as they were signed. Method: a whole gateway, carts that enrol, connect and report over the edge, a clock by hand.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { acceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { sampleClaims } from '@chaperone/protocol/commissioning/testing/sample-report.ts';
import { cartReportList, commissionedCart } from '@chaperone/protocol/console-api/carts.ts';
import { decodeJwt } from 'jose';
import type { z } from 'zod';
import { ScriptedCart } from '../desk/tunnel/testing/scripted-cart.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { enrolKey, newTestGateway } from './testing/gateway-harness.ts';
import type { Technician, TestGateway } from './testing/gateway-harness.ts';
import { sendReport } from './testing/send-report.ts';

const DAY_MS = 86_400_000;
const clock = new ManualClock(Date.now());
let gateway: TestGateway;
let finn: Technician;
let ada: Technician;
before(async () => {
  gateway = await newTestGateway({ clock });
  finn = await gateway.signedIn('finn');
  ada = await gateway.signedIn('ada');
});
after(async () => await gateway[Symbol.asyncDispose]());

type Shown = z.infer<typeof commissionedCart>;
async function carts(query = ''): Promise<readonly Shown[]> {
  const { status, body, text } = await finn.ask('GET', `/api/admin/carts${query}`);
  assert.equal(status, 200, text);
  return commissionedCart.array().parse(body['items']);
}
async function cart(serial: string): Promise<Shown> {
  const [found] = await carts(`?q=${serial}`);
  assert.ok(found !== undefined);
  return found;
}
/** The gateway's own part of a report, so that nothing in it has drifted. */
const gatewayOf = () => {
  const { rootFingerprint: _, ...gatewayFacts } = sampleClaims().gateway;
  const rootFingerprint = gateway.running.authority.facts.fingerprints.cart;
  return { ...gatewayFacts, serverName: 'localhost', rootFingerprint };
};
const licenceOf = async (serial: string) => {
  const licence = await gateway.running.authority.cartLicence(serial);
  assert.ok(licence?.terms);
  const { features, validUntilUtcMs } = licence.terms;
  return { id: String(licence.id), features: [...features], validUntilUtcMs };
};

test('from the licence to the drifted cart: what a list says of it at each point', async (t) => {
  const options = await enrolKey(gateway.running, 'US-1');
  const scripted = new ScriptedCart(options);
  t.after(() => scripted.drop());
  const fresh = await cart('US-1');
  assert.deepEqual(
    [fresh.state, fresh.validation, fresh.drift, fresh.attention, fresh.facility],
    ['commissioned', null, [], ['never-validated'], null],
  );
  assert.equal(fresh.licence?.standing, 'in-force');

  const claims = await sendReport(options, {
    gateway: gatewayOf(),
    licence: await licenceOf('US-1'),
  });
  const accepted = await cart('US-1');
  assert.deepEqual(accepted.validation, {
    report: claims.jti,
    validatedUtcMs: claims.validation.endedUtcMs,
    accepted: true,
    failedStep: null,
    warnings: 0,
    acceptedBy: claims.acceptedBy,
  });
  assert.deepEqual([accepted.drift, accepted.attention], [[], []]);
  assert.deepEqual([accepted.facility, accepted.model], [claims.facility, claims.model]);

  scripted.hello = { software: 'chaperone-cart 9.9.9', model: claims.model };
  await scripted.connect();
  const isSeen = async (): Promise<boolean> =>
    (await cart('US-1')).software === 'chaperone-cart 9.9.9';
  while (!(await isSeen()));
  const licence = await gateway.running.authority.cartLicence('US-1');
  assert.ok(licence !== undefined);
  const validUntilUtcMs = Math.floor(clock.utcMs() / 1000) * 1000 + 10 * DAY_MS;
  await gateway.running.authority.renewLicence(licence.id, {
    by: 'test',
    facility: 'Moved Hospital',
    validUntilUtcMs,
  });
  const drifted = await cart('US-1');
  assert.deepEqual(
    drifted.drift.map(({ what }) => what),
    ['software', 'facility', 'licence'],
  );
  assert.deepEqual(drifted.drift[0], {
    what: 'software',
    was: claims.software,
    now: 'chaperone-cart 9.9.9',
  });
  assert.deepEqual(drifted.attention, ['drifted', 'licence-ends']);
  assert.deepEqual([drifted.facility, drifted.online], ['Moved Hospital', true]);

  const [step, ...others] = claims.validation.steps;
  assert.ok(step !== undefined);
  const failing = {
    ...step,
    result: 'failed',
    finding: 'LINK_DOWN',
    advice: 'Plug it in.',
  } as const;
  await sendReport(options, {
    gateway: gatewayOf(),
    network: { ...claims.network, method: 'static' },
    validation: { ...claims.validation, steps: [failing, ...others] },
  });
  const failed = await cart('US-1');
  assert.deepEqual([failed.validation?.accepted, failed.validation?.failedStep], [false, 'link']);
  assert.ok(failed.attention.includes('validation-failed'));
  assert.ok(failed.drift.some(({ what, now }) => what === 'network' && now.includes('fixed')));
  assert.equal(failed.acceptedUtcMs, claims.iat * 1000);
});

test('narrowed, ordered, searched, and page by page', async () => {
  for (const serial of ['US-2', 'US-3']) {
    const options = await enrolKey(gateway.running, serial);
    await sendReport(options, {
      gateway: gatewayOf(),
      licence: await licenceOf(serial),
      facility: serial === 'US-2' ? 'Zeta Clinic' : 'Alpha Clinic',
    });
  }
  const serials = async (query: string): Promise<readonly string[]> =>
    (await carts(query)).map(({ serial }) => serial);
  assert.deepEqual(await serials(''), ['US-1', 'US-2', 'US-3']);
  assert.deepEqual(await serials('?only=attention'), ['US-1']);
  assert.deepEqual(await serials('?sort=facility'), ['US-3', 'US-1', 'US-2']);
  assert.deepEqual(await serials('?q=zeta'), ['US-2']);
  assert.deepEqual(await serials('?size=2&page=2'), ['US-3']);
  const { body } = await finn.ask('GET', '/api/admin/carts?size=2&page=2');
  assert.equal(body['total'], 3);
  assert.equal((await finn.ask('GET', '/api/admin/carts?sort=other')).status, 400);
});

test('the reports of a cart come out as they were signed, as a file and as a page that may do nothing', async () => {
  const { items } = cartReportList.parse(
    (await finn.ask('GET', '/api/admin/carts/US-1/reports')).body,
  );
  assert.deepEqual(
    items.map(({ accepted, failedStep }) => [accepted, failedStep]),
    [
      [false, 'link'],
      [true, null],
    ],
  );
  const [, first] = items;
  assert.ok(first !== undefined);
  const at = `/api/admin/carts/US-1/reports/${first.id}`;
  const saved = await finn.ask('GET', `${at}/file`);
  assert.match(
    String(saved.headers['content-disposition']),
    new RegExp(`filename="${first.id}.json"`),
  );
  const file = acceptanceFile.parse(JSON.parse(saved.text));
  assert.equal(decodeJwt(file.report)['jti'], first.id);
  assert.ok(file.receipt !== null);
  const page = await finn.ask('GET', `${at}/page`);
  assert.match(String(page.headers['content-type']), /^text\/html/);
  assert.match(
    String(page.headers['content-security-policy']),
    /^default-src 'none'; style-src 'sha256-/,
  );
  assert.equal(page.headers['x-frame-options'], 'DENY');
  assert.match(page.text, /ACCEPTED/);
  assert.doesNotMatch(page.text, /<script/);
  for (const absent of [
    `US-2/reports/${first.id}`,
    'US-1/reports/acpt-0',
    `US-404/reports/${first.id}`,
  ])
    assert.equal((await finn.ask('GET', `/api/admin/carts/${absent}/page`)).status, 404);
  assert.deepEqual((await finn.ask('GET', '/api/admin/carts/US-404/reports')).body, { items: [] });
});

test('a retired cart needs nobody', async () => {
  const retired = await ada.ask('POST', '/api/admin/carts/US-1/retire', {
    body: { reason: 'scrapped' },
  });
  assert.equal(retired.status, 200, retired.text);
  assert.deepEqual([retired.body['state'], retired.body['attention']], ['retired', []]);
  assert.deepEqual(await carts('?only=attention'), []);
});
