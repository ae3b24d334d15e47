/**
 * Goal: with a cart that speaks only the first version of its protocol, files go both ways, go on after a cut, and come right where a
 * disk spoilt what was staged; what such a cart does not know is refused with a reason. Method: a real gateway, and a real cart
 * that announces the first version alone; a road between them that is cut.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition.ts';
import { Technician } from '../harness/technician.ts';
import { startDay } from './day.ts';
import type { Day } from './day.ts';
import { cutInTheMiddle, goOn, inboxOf, spoil, stagedAtDesk } from './half-moved.ts';

const MEBIBYTE = 1024 * 1024;
const FILE = randomBytes(48 * MEBIBYTE + 321);
const DIGEST = createHash('sha256').update(FILE).digest('base64url');
/** How much has passed when the road is cut. */
const CUT_BYTES = 16 * MEBIBYTE;

let day: Day;
before(async () => {
  const cart = pathToFileURL(path.join(import.meta.dirname, 'first-version-cart.ts')).href;
  const given = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `${given ?? ''} --import=${cart}`;
  try {
    day = await startDay();
  } finally {
    if (given === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = given;
  }
  await day.openSession(['view', 'fetch-files', 'send-files']);
});
after(async () => await day[Symbol.asyncDispose]());

async function digestOf(name: string): Promise<string | undefined> {
  const { recordList } = await day.technician.case(day.opened.id);
  return recordList.find((each) => each.name === name)?.sha256;
}

async function fetchCut(name: string): Promise<string> {
  await writeFile(path.join(day.logs, name), FILE);
  return await cutInTheMiddle(day, CUT_BYTES, async () => {
    return await day.technician.fetchFile(day.opened.id, 'logs', name);
  });
}

test('of a cart that sends no heartbeats the technician is told so, for its silence means nothing', async () => {
  assert.equal((await day.technician.session(day.opened.id)).isHeartbeatExpected, false);
});

test('a fetch from a cart of the first version goes on after a cut from where it was', async () => {
  const id = await fetchCut('whole.bin');
  const { size } = await stat(stagedAtDesk(day, id));
  const passed = await goOn(day, id);
  assert.ok(
    passed < FILE.length - size + 4 * MEBIBYTE,
    `${passed} bytes passed, ${size} were there`,
  );
  assert.equal(await digestOf('whole.bin'), DIGEST);
});

test('what was spoilt of it meanwhile is not trusted: without digests of blocks the file begins anew', async () => {
  const id = await fetchCut('spoilt.bin');
  await spoil(stagedAtDesk(day, id), 2 * MEBIBYTE + 500_000);
  const passed = await goOn(day, id);
  assert.ok(passed >= FILE.length, `${passed} bytes passed`);
  assert.equal(await digestOf('spoilt.bin'), DIGEST);
});

test('a file is sent to it over a cut; one of a folder is refused with the reason', async () => {
  const record = await day.technician.upload(day.opened.id, 'tool.bin', FILE);
  const id = await cutInTheMiddle(day, CUT_BYTES, async () => {
    return await day.technician.send(day.opened.id, record);
  });
  const passed = await goOn(day, id);
  assert.ok(passed < FILE.length, `${passed} bytes passed`);
  assert.ok((await readFile(path.join(inboxOf(day), 'tool.bin'))).equals(FILE));
  const table = await day.technician.upload(
    day.opened.id,
    'one.tbl',
    FILE.subarray(0, 9),
    'tables',
  );
  const sent = await day.technician.send(day.opened.id, table);
  const settled = await day.technician.settled(day.opened.id, sent.id);
  assert.deepEqual([settled.state, settled.failure], ['failed', 'CART_WITHOUT_FOLDERS']);
});

test('nobody else can be let in to watch, and is told why', async () => {
  const person = DEMO_SIGN_INS.find(({ roles }) => roles.includes('lead')) ?? assert.fail();
  const second = await Technician.signIn({
    consoleUrl: day.system.consoleUrl,
    licenceCode: await day.system.issueWorkstationLicence('Second'),
    login: person.directory.login,
    directoryPassword: person.directory.password,
    userId: person.gateway.userId,
    gatewayPassword: person.gateway.password,
  });
  await day.technician.designate(day.opened.id, second.person?.id ?? '');
  assert.equal((await second.session(day.opened.id)).watching?.state, 'unknown');
  await assert.rejects(second.watch(day.opened), { code: 'WATCHING_UNKNOWN' });
});
