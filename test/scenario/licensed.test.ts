// Goal: where the console asks for certificates a whole session works, and retiring the workstation from a terminal ends it at
// the cart. Method: real programs, a technician who shows a workstation's certificate and signs with its other key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '../../tools/demo/program.ts';
import { Refused } from '../harness/technician.ts';
import { startDay } from './day.ts';

test('over TLS: a session with screen and file, until the workstation is retired', async () => {
  await using day = await startDay({}, undefined, undefined, { consoleTls: 'browser-chain' });
  const { technician, operator, opened, system } = day;
  await day.openSession(['view', 'fetch-files']);
  const viewer = await technician.openScreen(opened.id);
  await viewer.nextFrames(1);
  const fetched = await technician.fetchFile(opened.id, 'logs', 'doppler-trace.log');
  const settled = await technician.settled(opened.id, fetched.id);
  assert.equal(settled.state, 'done', settled.failure ?? '');

  const config = ['--config', system.gatewayConfiguration];
  const why = ['--reason', 'it is sold'];
  await call('gateway', [
    'licence',
    'retire',
    '--workstation',
    technician.workstation,
    ...why,
    ...config,
  ]);
  await viewer.closed;
  const { ended } = await operator.viewWhen('the end', (view) => view.phase === 'ended');
  assert.equal(ended?.reason, 'gateway-ended');
  await assert.rejects(
    technician.case(opened.id),
    (fault: unknown) => fault instanceof Refused && fault.code === 'WORKSTATION_REFUSED',
  );
  const { output } = await call('gateway', ['licence', 'list', ...config]);
  const { workstations } = JSON.parse(output) as {
    workstations: readonly { id: string; state: string }[];
  };
  const own = workstations.find(({ id }) => id === technician.workstation);
  assert.equal(own?.state, 'retired');
});
