/**
 * Goal: nobody is in without certificate, code and cookie together, a code counts once, and a sign-in ends in time.
 * Method: a whole gateway with real TLS, on both databases; officers of one facility; a clock that is turned by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { OfficerBrowser } from '../testing/officer-browser.ts';
import { IDLE_MS, LIMIT_MS } from './sign-in.ts';

const FACILITY = 'St. Test';

forEachDatabase('an officer', (open) => {
  test('a code counts once, wrong ones are slowed down, and a cookie opens nothing without its own certificate', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const jo = await OfficerBrowser.enrol(gateway.running, FACILITY);
    const lou = await OfficerBrowser.enrol(gateway.running, FACILITY, 'Lou');
    const code = jo.code();
    jo.cookie = '__Host-chaperone-officer=fixated';
    assert.equal((await jo.signIn(code)).status, 303);
    assert.ok(!jo.cookie.includes('fixated'));
    const first = jo.cookie;

    const next = jo.code(1);
    const raced = await Promise.all([jo.signIn(next), jo.signIn(next)]);
    assert.deepEqual(new Set(raced.map(({ status }) => status)), new Set([303, 401]), 'one of two');
    const stolen = jo.cookie;
    jo.cookie = first;
    assert.equal((await jo.ask('/ledger')).status, 303, 'the newer sign-in took its place');
    jo.cookie = stolen;
    const replayed = await jo.signIn(code);
    assert.equal(replayed.status, 401);
    assert.match(replayed.text, /role="alert"/);
    assert.equal((await lou.signIn(code)).status, 401, "another officer's code");

    lou.cookie = stolen;
    assert.equal(
      (await lou.ask('/ledger')).status,
      303,
      'at the same facility, with another certificate',
    );
    jo.cookie = stolen;
    assert.equal((await jo.ask('/ledger')).status, 200);
    jo.cookie = `${stolen}x`;
    assert.equal((await jo.ask('/ledger')).status, 303);

    for (const typed of ['', '000000', '１２３４５６', '9'.repeat(900), '12345', "1' or '1'='1"])
      assert.ok([401, 429].includes((await lou.signIn(typed)).status), typed);
    const throttled = await lou.signIn(lou.code());
    assert.equal(throttled.status, 429, 'also the right one');
    assert.equal(throttled.headers['retry-after'], '120');
    const codes = new Set(
      (await factsOf(gateway.running)).flatMap((fact) =>
        fact.kind === 'officer-refused' ? [fact.code] : [],
      ),
    );
    assert.deepEqual(codes, new Set(['OFFICER_CODE_REFUSED', 'OFFICER_THROTTLED']));
  });

  test('whoever is retired is out at once, on a live connection, too, and does not come back', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
    await officer.signIn();
    assert.equal((await officer.ask('/ledger')).status, 200);
    await gateway.running.administer({ act: 'retire-officer', id: officer.id, by: 'test' });
    assert.equal((await officer.ask('/ledger')).status, 403);
    assert.equal((await officer.signIn(officer.code(1))).status, 403);
    const { officers } = (await gateway.running.administer({ act: 'list-officers' })) as {
      readonly officers: readonly { readonly id: string; readonly state: string }[];
    };
    assert.deepEqual(
      officers.map(({ id, state }) => [id, state]),
      [[officer.id, 'retired']],
    );
    const facts = await factsOf(gateway.running);
    for (const kind of [
      'officer-sign-out',
      'certificate-revoked',
      'officer-retired',
      'officer-refused',
    ])
      assert.ok(
        facts.some((fact) => fact.kind === kind),
        kind,
      );
    await gateway.restart();
    const again = new OfficerBrowser(gateway.running, officer.shown);
    assert.equal((await again.ask('/')).status, 403);
  });
});

test('a sign-in ends after a while without a question, and after a working day', async () => {
  const clock = new ManualClock(Date.now());
  await using gateway = await newTestGateway({ clock });
  const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
  await officer.signIn();
  clock.advance(IDLE_MS);
  assert.equal((await officer.ask('/ledger')).status, 200);
  clock.advance(IDLE_MS + 1);
  assert.equal((await officer.ask('/ledger')).status, 303);
  const codeNow = (): string => officer.code(Math.round((clock.utcMs() - Date.now()) / 30_000));
  assert.equal((await officer.signIn(codeNow())).status, 303);
  for (let passed = 0; passed + IDLE_MS < LIMIT_MS; passed += IDLE_MS) {
    clock.advance(IDLE_MS);
    assert.equal((await officer.ask('/ledger')).status, 200);
  }
  clock.advance(IDLE_MS);
  assert.equal((await officer.ask('/ledger')).status, 200);
  clock.advance(1);
  assert.equal((await officer.ask('/ledger')).status, 303);
  const reasons = (await factsOf(gateway.running)).flatMap((fact) =>
    fact.kind === 'officer-sign-out' ? [fact.reason] : [],
  );
  assert.deepEqual(reasons, ['idle', 'limit']);
});
