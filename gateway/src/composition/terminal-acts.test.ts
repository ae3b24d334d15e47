/**
 * Goal: what is done to licences, carts and workstations at the machine's terminal stands in the ledger with who did it and a
 * commitment to why; without either nothing is done. Method: a real gateway, running and stopped.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from '../composition.ts';
import { silentLog } from '../platform/log/log.ts';
import { factsOf, newTestGateway } from './testing/gateway-harness.ts';
import type { TestGateway } from './testing/gateway-harness.ts';
import { administerStopped } from './stopped.ts';

const WHY = { by: 'root', reason: 'it was sold in Lübeck' };
let gateway: TestGateway;
before(async () => {
  gateway = await newTestGateway();
});
after(async () => await gateway[Symbol.asyncDispose]());

type Facts = readonly Readonly<Record<string, unknown>>[];
const factsWith = async (running = gateway.running): Promise<Facts> =>
  (await factsOf(running)) as never;

async function issued(): Promise<string> {
  const asked = { act: 'issue-cart-licence', serial: 'US-8300', by: 'root' };
  const { licence } = (await gateway.running.administer(asked)) as { licence: { id: string } };
  return licence.id;
}

/** What the ledger has of an act at the machine. */
function assertTold(facts: Facts, act: string, target: string): void {
  const fact = facts.find((each) => each['act'] === act && each['target'] === target);
  assert.deepEqual([fact?.['by'], fact?.['workstationId']], ['root', null], act);
  assert.equal(typeof fact?.['reasonCommitment'], 'string');
}

test('whoever retires something at the terminal says who and why, and the ledger knows', async () => {
  await gateway.enrolCart('US-8301');
  const { workstation } = await gateway.signedIn('tara');
  const licence = await issued();
  const acts = [
    [{ act: 'retire-licence', id: licence }, licence],
    [{ act: 'retire-cart', serial: 'US-8301' }, 'US-8301'],
    [{ act: 'retire-workstation', id: workstation }, workstation],
  ] as const;
  for (const [act] of acts) {
    const nameless = { code: 'ACT_MALFORMED' };
    await assert.rejects(gateway.running.administer(act), nameless);
    await assert.rejects(gateway.running.administer({ ...act, by: 'root' }), nameless);
    await assert.rejects(gateway.running.administer({ ...act, by: 'root', reason: ' ' }), nameless);
  }
  const untouched = await factsWith();
  assert.ok(!untouched.some(({ kind }) => kind === 'licence-retired'));
  for (const [act] of acts) await gateway.running.administer({ ...act, ...WHY });
  const facts = await factsWith();
  for (const [{ act }, target] of acts) assertTold(facts, act, target);
  const retired = facts.filter(({ kind }) => kind === 'licence-retired');
  assert.deepEqual(
    retired.map(({ by, subject }) => [by, subject]),
    [
      ['root', 'cart'],
      ['root', 'cart'],
      ['root', 'workstation'],
    ],
  );
  const [own] = facts.filter(({ licenceId }) => licenceId === licence);
  assert.deepEqual([own?.['kind'], own?.['by']], ['licence-issued', 'root']);
  assert.ok(!JSON.stringify(facts).includes('Lübeck'));
});

test('so it is where no gateway runs', async () => {
  const id = await issued();
  await gateway.running.close();
  const quiet = { log: silentLog() };
  await administerStopped(gateway.configuration, { act: 'retire-licence', id, ...WHY }, quiet);
  const running = await startGateway(gateway.configuration, quiet);
  try {
    assertTold(await factsWith(running), 'retire-licence', id);
  } finally {
    await running.close();
  }
});
