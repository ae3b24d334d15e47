/**
 * Goal: what is done to licences, carts and workstations at the machine's terminal stands in the ledger with who did it and a
 * commitment to why; without either nothing is done. Method: a real gateway, running and stopped.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
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

test('terms are given and renewed at the terminal, and each wrong word is said', async () => {
  interface Shown {
    readonly id: string;
    readonly terms: Readonly<Record<string, unknown>>;
  }
  interface Said {
    readonly licence: Shown;
    readonly licences: readonly Shown[];
    readonly file: string;
  }
  const administer = async (act: object): Promise<Said> =>
    (await gateway.running.administer(act)) as Said;
  const issue = { act: 'issue-cart-licence', serial: 'US-8310', by: 'root' };
  for (const [wrong, says] of [
    [{ features: ['all'] }, /no feature "all"\. Features: view, control/],
    [{ features: ['control'] }, /together with view/],
    [{ validUntil: '31.12.2030' }, /such as 2027-03-31/],
    [{ validUntil: '2020-01-01' }, /ends after it begins/],
    [{ validFrom: '2026-02-30' }, /such as 2027-03-31/],
    [{ facility: 'x'.repeat(101) }, /name of the facility/],
    [{ serial: '../x' }, /serial/i],
  ] as const)
    await assert.rejects(administer({ ...issue, ...wrong }), says);
  const { licence, file } = await administer({
    ...issue,
    features: ['fetch-files', 'view'],
    validUntil: '2049-12-31',
    facility: 'Klinikum Süd',
  });
  const { terms, id } = licence;
  assert.deepEqual(
    [terms['features'], terms['lastDay'], terms['standing'], terms['facility']],
    [['view', 'fetch-files'], '2049-12-31', 'in-force', 'Klinikum Süd'],
  );
  const read = await readLicenceFile(file);
  assert.deepEqual([read.licence, read.facility], [id, 'Klinikum Süd']);
  const renew = { act: 'renew-licence', serial: 'US-8310', ...WHY };
  await assert.rejects(administer(renew), /until when/);
  await assert.rejects(administer({ ...renew, serial: 'US-0', validUntil: 'never' }), {
    code: 'TARGET_UNKNOWN',
  });
  const renewed = await administer({ ...renew, validUntil: 'never', features: ['view'] });
  const { terms: later } = renewed.licence;
  assert.deepEqual([later['features'], later['lastDay']], [['view'], null]);
  const { licences } = await administer({ act: 'list-licences' });
  const listed = licences.find((each) => each.id === id);
  assert.deepEqual(listed?.terms, later);
  const facts = await factsWith();
  assertTold(facts, 'renew-licence', id);
  const order = facts.filter((fact) => fact['licenceId'] === id || fact['target'] === id);
  assert.deepEqual(
    order.map(({ kind }) => kind),
    ['licence-issued', 'administration-act', 'licence-renewed'],
    'why comes before what',
  );
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
