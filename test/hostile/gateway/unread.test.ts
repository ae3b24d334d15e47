// Goal: a gateway that asks for much and takes nothing of the answers cannot fill the cart's memory, and the operator's End
// still works at once. Method: the agent's own program, whose memory Linux tells, and a scripted peer with the gateway's
// own keys that gives every stream a window of nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ClientHttp2Stream } from 'node:http2';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { enrolledCart } from '@chaperone/cart/composition/testing/enrolled-cart.ts';
import type { EnrolledCart } from '@chaperone/cart/composition/testing/enrolled-cart.ts';
import { testCertificates } from '@chaperone/cart/platform/testing/cart-bench.ts';
import { TEST_CASE } from '@chaperone/cart/platform/testing/licensed-workstation.ts';
import { ScriptedDesk } from '@chaperone/cart/platform/testing/scripted-desk.ts';
import type { DeskConnection } from '@chaperone/cart/platform/testing/scripted-desk.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { Operator } from '../../harness/operator.ts';
import { idOf } from './stage.ts';

const MAIN = path.resolve(import.meta.dirname, '../../../cart/src/main.ts');
/** As many as a listing has at most, with names as long as a file system takes. */
const FILES = 5000;
const NAME_CHARACTERS = 200;
/** Four listings of 8 MB while they are made, two pages, sixteen contents of 1.3 MB, and room for the collector. */
const GROWTH_BYTES_MAX = 160 * 1024 * 1024;

async function startProgram({ dataDirectory, configuration, closers }: EnrolledCart) {
  const file = path.join(path.dirname(dataDirectory), 'cart.json');
  await writeFile(file, JSON.stringify(configuration));
  const child = spawn(process.execPath, [MAIN, 'run', '--config', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  closers.push(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const panelUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString('utf8'))?.[0] ?? '';
  const credential = await readFile(path.join(dataDirectory, 'panel-credential'), 'utf8');
  return { pid: child.pid ?? 0, operator: new Operator(panelUrl, credential.trim()) };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Asks and waits for the answer's head alone. */
async function headOf(stream: ClientHttp2Stream): Promise<number> {
  const [headers] = (await once(stream.end(), 'response')) as [{ readonly ':status': number }];
  return headers[':status'];
}

test('a gateway that takes nothing of its answers costs the cart a bounded memory, and End works', async (t) => {
  const certificates = await testCertificates();
  const gateway = await ScriptedDesk.start(certificates.root, certificates.server);
  t.after(() => gateway.close());
  const enrolled = await enrolledCart(t, certificates, gateway.port);
  const { directory } = enrolled;
  const many = path.join(directory, 'exposed', 'many');
  await mkdir(many);
  for (let n = 0; n < FILES; n += 1) {
    await writeFile(path.join(many, `${n}`.padEnd(NAME_CHARACTERS, '-')), '');
  }
  await writeFile(path.join(directory, 'exposed', 'large.bin'), Buffer.alloc(32 * 1024 * 1024));
  const { pid, operator } = await startProgram(enrolled);

  await operator.press();
  await operator.accept();
  const interactive = await gateway.connection();
  const hello = await interactive.hello();
  const bulk = await gateway.connection();
  await bulk.hello();
  const request = await certificates.workstation.request(hello);
  await interactive.ask('PUT', '/v1/offer', { body: { case: TEST_CASE, requests: [request] } });
  const [shown] = (await operator.view()).requests;
  await operator.consent(shown?.id ?? '', ACTIVITIES);
  const grant = { 'chaperone-grant': idOf((await interactive.hello()).grant ?? '') };
  const before = await residentBytes(pid);

  for (const each of [interactive, bulk]) each.http2.settings({ initialWindowSize: 0 });
  const ask = async (on: DeskConnection, target: string): Promise<number> => {
    const headers = { ...grant, 'chaperone-transfer': newId('transfer', randomBytes) };
    return headOf(on.open(target === 'screen' ? 'CONNECT' : 'GET', target, headers));
  };
  const statuses = new Map<number, number>();
  const targets = [
    ...Array.from({ length: 3 }, () => '/v1/events'),
    'screen',
    ...Array.from({ length: 50 }, () => '/v1/files/images?path=many'),
  ];
  const asked = [
    ...targets.map((target) => ask(interactive, target)),
    ...Array.from({ length: 14 }, () => ask(bulk, '/v1/content/images?path=large.bin')),
  ];
  for (const status of await Promise.all(asked)) {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  const grown = (await residentBytes(pid)) - before;
  t.diagnostic(`resident memory grew by ${Math.round(grown / 1024 / 1024)} MiB`);
  assert.ok((statuses.get(429) ?? 0) >= 46, JSON.stringify([...statuses]));
  assert.ok(grown < GROWTH_BYTES_MAX, `the agent grew by ${grown} bytes`);

  await operator.end();
  assert.equal((await operator.view()).ended?.reason, 'operator-ended');
  await Promise.all([interactive.closed, bulk.closed]);
});
