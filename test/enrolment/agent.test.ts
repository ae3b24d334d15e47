/**
 * Goal: an agent that runs renews its certificate when its time has come, without its operator noticing, and the sessions before,
 * during and after that are each of one identity. Method: the whole agent against a whole gateway; the agent's clock is set forward
 * by hand; the operator presses, accepts and ends through the panel's own requests.
 */
import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { startCart } from '@chaperone/cart/composition.ts';
import { parseConfiguration } from '@chaperone/cart/configuration/configuration.ts';
import { enrol, loadIdentity } from '@chaperone/cart/licence/licence.ts';
import type { RenewalMode } from '@chaperone/cart/licence/licence.ts';
import { systemClock } from '@chaperone/cart/platform/clock.ts';
import { openLog } from '@chaperone/cart/platform/log.ts';
import { factsOf, newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { eventually } from '../harness/eventually.ts';
import { Operator } from '../harness/operator.ts';

const SERIAL = 'US-AGENT-1';
/** Past two thirds of two years, and the week over which carts are spread. */
const DUE_MS = 500 * 86_400_000;

/** An agent whose clock can be set forward. */
async function startAgent(gateway: TestGateway, renewal: RenewalMode) {
  const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-agent-'));
  const dataDirectory = path.join(folder, 'data');
  const asked = { act: 'issue-cart-licence', serial: SERIAL, by: 'test' };
  const licence = (await gateway.running.administer(asked)) as Record<string, unknown>;
  const at = { host: '127.0.0.1', port: gateway.running.edgeAddress.port, serverName: 'localhost' };
  const enrolled = await enrol({
    directory: dataDirectory,
    gateway: at,
    proxy: { kind: 'none' },
    serial: SERIAL,
    licenceCode: String(licence['code']),
    rootFingerprint: String(licence['rootFingerprint']),
    signal: AbortSignal.timeout(30_000),
  });
  const real = systemClock();
  let aheadMs = 0;
  const cart = await startCart(
    parseConfiguration({
      dataDirectory,
      renewal,
      cart: { serial: SERIAL, model: 'Bench' },
      gateway: at,
      serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
      screen: { kind: 'demo' },
    }),
    {
      log: openLog('silent'),
      clock: { monotonicMs: () => real.monotonicMs(), utcMs: () => real.utcMs() + aheadMs },
    },
  );
  return {
    enrolled,
    operator: new Operator(cart.panelUrl, cart.credential),
    becomeDue: (): void => {
      aheadMs = DUE_MS;
    },
    held: async () => await loadIdentity(dataDirectory),
    facts: (): readonly string[] =>
      readFileSync(path.join(dataDirectory, 'journal/journal.ndjson'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { fact: { kind: string } }).fact.kind),
    [Symbol.asyncDispose]: async () => {
      await cart.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Serial numbers of the certificates with which the cart's sessions came, in order. */
async function shownBy({ running }: TestGateway): Promise<readonly string[]> {
  const facts = await factsOf(running);
  return facts.flatMap((fact) => (fact.kind === 'cart-connected' ? [fact.certificateSerial] : []));
}

test('by itself: not while its session runs; afterwards, and the next session shows the new certificate', async () => {
  await using gateway = await newTestGateway();
  await using agent = await startAgent(gateway, 'by-itself');
  const { operator, enrolled } = agent;
  await operator.press();
  await operator.accept();
  await operator.viewWhen('a connection', ({ phase }) => phase === 'waiting');
  agent.becomeDue();
  ok(!agent.facts().includes('renewal-begun'));
  await operator.end();
  await operator.viewWhen('the end', ({ phase }) => phase === 'ended');
  await operator.dismiss();
  const renewed = await eventually('the new certificate', async () => {
    const held = await agent.held();
    return held.certificateSerialHex === enrolled.certificateSerialHex ? null : held;
  });
  await eventually('the journal', () => agent.facts().includes('certificate-renewed'));
  notEqual(renewed.keyThumbprint, enrolled.keyThumbprint);
  await operator.press();
  await operator.accept();
  await operator.viewWhen('a connection', ({ phase }) => phase === 'waiting');
  const expected = [enrolled.certificateSerialHex, renewed.certificateSerialHex];
  deepEqual(
    await eventually('both sessions', async () => {
      const shown = await shownBy(gateway);
      return shown.length < 2 ? null : shown;
    }),
    expected,
  );
});

test('with the session: nothing without the press, and the session keeps the certificate that it began with', async () => {
  await using gateway = await newTestGateway();
  await using agent = await startAgent(gateway, 'with-session');
  const { operator, enrolled } = agent;
  agent.becomeDue();
  await operator.press();
  await operator.decline();
  await operator.viewWhen('the end', ({ phase }) => phase === 'ended');
  await operator.dismiss();
  await operator.viewWhen('nothing', ({ phase }) => phase === 'idle');
  ok(!agent.facts().includes('renewal-begun'));
  await operator.press();
  await operator.accept();
  await operator.viewWhen('a connection', ({ phase }) => phase === 'waiting');
  await eventually('the journal', () => agent.facts().includes('certificate-renewed'));
  const { certificateSerialHex } = await agent.held();
  notEqual(certificateSerialHex, enrolled.certificateSerialHex);
  equal((await operator.view()).phase, 'waiting');
  equal(await gateway.running.authority.isRevoked(enrolled.certificateSerialHex), false);
  deepEqual(await shownBy(gateway), [enrolled.certificateSerialHex]);
});
