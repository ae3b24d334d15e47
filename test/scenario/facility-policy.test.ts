// Goal: a facility's policy goes the whole way: signed by the facility's program, brought in the portal, fetched by the cart beside a session,
// in force there at once, and told in the portal by the cart's own receipt; a later one comes although the cart was shut by the one
// before. Method: a whole gateway with its portal, a whole agent that is enrolled with it, the facility's program, an officer and an
// operator over their real interfaces, and the cart's clock set forward by hand.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { startCart } from '@chaperone/cart/composition.ts';
import { parseConfiguration } from '@chaperone/cart/configuration/configuration.ts';
import { enrol } from '@chaperone/cart/licence/licence.ts';
import { systemClock } from '@chaperone/cart/platform/clock.ts';
import { openLog } from '@chaperone/cart/platform/log.ts';
import { factsOf, newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { OfficerBrowser, multipart } from '@chaperone/gateway/portal/testing/officer-browser.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { eventually } from '../harness/eventually.ts';
import { Operator } from '../harness/operator.ts';

const SERIAL = 'US-POLICY-1';
const FACILITY = 'St. Test';
const DAY_MS = 86_400_000;
const run = promisify(execFile);

/** A facility's computer: its key, and the policies that it signs. */
function facilityAt(folder: string) {
  const at = (name: string): string => path.join(folder, name);
  const facility = async (...args: readonly string[]): Promise<string> =>
    (await run(process.execPath, [path.join(ROOT, 'facility/src/main.ts'), ...args])).stdout;
  let signed = 0;
  return {
    publicKey: at('facility.pem'),
    makeKey: async () => {
      const said = await facility(
        'key',
        'new',
        '--key',
        at('f.key'),
        '--public',
        at('facility.pem'),
      );
      return said.split('\n')[0]?.replace('Fingerprint: ', '') ?? '';
    },
    sign: async (change: object): Promise<{ readonly file: string; readonly jws: string }> => {
      signed += 1;
      const [draft, file] = [at(`draft-${signed}.json`), at(`policy-${signed}.jws`)];
      await facility(
        'policy',
        'new',
        '--facility',
        FACILITY,
        '--time-zone',
        'UTC',
        '--output',
        draft,
      );
      const policy = { ...JSON.parse(readFileSync(draft, 'utf8')), hours: 'always', ...change };
      writeFileSync(draft, JSON.stringify(policy));
      await facility('policy', 'sign', '--key', at('f.key'), '--policy', draft, '--output', file);
      return { file, jws: readFileSync(file, 'utf8').trim() };
    },
  };
}

/** An agent that is enrolled, its clock, and its own command line. */
async function startAgent(t: TestContext, gateway: TestGateway, folder: string) {
  const dataDirectory = path.join(folder, 'data');
  const asked = { act: 'issue-cart-licence', serial: SERIAL, by: 'test' };
  const licence = (await gateway.running.administer(asked)) as Record<string, unknown>;
  const at = { host: '127.0.0.1', port: gateway.running.edgeAddress.port, serverName: 'localhost' };
  await enrol({
    directory: dataDirectory,
    gateway: at,
    proxy: { kind: 'none' },
    serial: SERIAL,
    licenceCode: String(licence['code']),
    rootFingerprint: String(licence['rootFingerprint']),
    signal: AbortSignal.timeout(30_000),
  });
  const configuration = {
    dataDirectory,
    cart: { serial: SERIAL, model: 'Bench' },
    gateway: at,
    serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo' },
    limits: { endedMs: 500 },
  };
  const file = path.join(folder, 'cart.json');
  writeFileSync(file, JSON.stringify(configuration));
  const real = systemClock();
  let [ahead, monotonicAhead] = [0, 0];
  const cart = await startCart(parseConfiguration(configuration), {
    log: openLog('silent'),
    clock: {
      monotonicMs: () => real.monotonicMs() + monotonicAhead,
      utcMs: () => real.utcMs() + ahead,
    },
  });
  t.after(() => cart.close());
  return {
    operator: new Operator(cart.panelUrl, cart.credential),
    command: async (...words: readonly string[]): Promise<string> =>
      (
        await run(process.execPath, [
          path.join(ROOT, 'cart/src/main.ts'),
          ...words,
          '--config',
          file,
        ])
      ).stdout,
    passTime: (ms: number): void => {
      ahead += ms;
      monotonicAhead += ms;
    },
  };
}

test('from the key of a facility to the cart that keeps to it, and back as a receipt', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-facility-policy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  await using gateway = await newTestGateway();
  const tara = await gateway.signedIn('tara');
  const { operator, command, passTime } = await startAgent(t, gateway, folder);
  const body = { facility: FACILITY, cart: SERIAL, caller: 'x', complaint: 'x' };
  await tara.ask('POST', '/api/cases', { body });
  const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
  await officer.signIn();
  const facility = facilityAt(folder);

  // At commissioning: the key with its fingerprint compared, and a first policy from a file, good for two days.
  const fingerprint = await facility.makeKey();
  await assert.rejects(command('facility-key', 'set', '--key', facility.publicKey));
  await command('facility-key', 'set', '--key', facility.publicKey, '--fingerprint', fingerprint);
  await assert.rejects(operator.press(), /FACILITY_POLICY_NOT_IN_FORCE/);
  const soon = `${new Date(Date.now() + 2 * DAY_MS).toISOString().slice(0, 10)}T00:00:00Z`;
  const first = await facility.sign({ version: 1, validUntil: soon, activities: ['view'] });
  assert.match(await command('facility-policy', 'install', '--file', first.file), /Version 1/);
  assert.match(await command('status'), /Facility policy of St\. Test, version 1: in force/);

  // A second one by way of the portal comes beside a session, and counts in it.
  const second = await facility.sign({
    version: 2,
    validUntil: soon,
    activities: ['view', 'control'],
  });
  const bring = async (jws: string) => {
    const { form, contentType } = multipart({ file: `${jws}\n`, policy: '' });
    return await officer.ask('/policy', { form, headers: { 'content-type': contentType } });
  };
  const brought = await bring(second.jws);
  assert.match(brought.text, /behind: version 2 waits/);
  // No cart has said yet which key it has: the officer compares.
  assert.ok(brought.text.includes(fingerprint));
  await operator.press();
  await operator.accept();
  await operator.viewWhen('version 2', (view) => view.facility?.version === 2);
  const portal = await eventually('the receipt in the portal', async () => {
    const { text } = await officer.ask('/policy');
    return text.includes('up to date') ? text : null;
  });
  assert.ok(portal.includes(fingerprint.slice(0, 19)));
  await operator.end();
  await operator.viewWhen('idle', (view) => view.phase === 'idle');

  // It runs out: nothing begins, and the refused button is what lets the next one in.
  passTime(3 * DAY_MS);
  const third = await facility.sign({ version: 3 });
  assert.match((await bring(third.jws)).text, /signed by the key that was known/);
  await assert.rejects(operator.press(), /FACILITY_POLICY_NOT_IN_FORCE/);
  await operator.viewWhen('version 3', (view) => view.facility?.version === 3);
  await operator.press();
  await operator.viewWhen('the notice', (view) => view.phase === 'notice');

  const told = async (): Promise<readonly string[]> =>
    (await factsOf(gateway.running))
      .filter(({ kind }) => kind.startsWith('facility-'))
      .map((fact) => `${fact.kind} ${'version' in fact ? String(fact.version) : ''}`);
  // The receipt goes by itself after the policy is in force, and nobody at the cart waits for it.
  await eventually('the receipt of version 3 in the ledger', async () =>
    (await told()).includes('facility-policy-taken 3'),
  );
  assert.deepEqual(await told(), [
    'facility-policy-brought 2',
    'facility-policy-taken 2',
    'facility-policy-brought 3',
    'facility-policy-taken 3',
  ]);
  const journal = readFileSync(path.join(folder, 'data/journal/journal.ndjson'), 'utf8');
  for (const kind of ['facility-key-pinned', 'facility-policy-asked', 'facility-policy-installed'])
    assert.ok(journal.includes(`"${kind}"`), kind);
});
