/** The steps of the walkthrough, in the order of a real day. Each asserts what it says. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition/demo-accounts.ts';
import { layDemoFiles } from '../../tools/demo/demo-files.ts';
import { call } from '../../tools/demo/program.ts';
import { startSystem } from '../../tools/demo/system.ts';
import type { RunningSystem } from '../../tools/demo/system.ts';
import { startCutProxy } from '../harness/cut-proxy.ts';
import type { CutProxy } from '../harness/cut-proxy.ts';
import { eventually } from '../harness/eventually.ts';
import { filesHolding } from '../harness/files-holding.ts';
import { Operator } from '../harness/operator.ts';
import { Technician } from '../harness/technician.ts';

const SERIAL = 'US-WALK-0001';
const SENT_BYTES = 3 * 1024 * 1024 + 17;
/** Words of which nothing may be left after the case is resolved. */
const PLANTED_FILE = 'planted-patient-name.log';
const PLANTED_CONTENT = 'planted-content-of-a-patient-record';

export interface Outcome {
  readonly pressToFirstFrameMs: number;
  readonly frames: number;
  readonly bytesCompared: number;
  readonly digestsCompared: number;
  readonly ledgerVerified: boolean;
  readonly certificateVerified: boolean;
}

/** Walks through the whole job. @param folder empty; everything is kept below it */
export async function walk(folder: string, say: (line: string) => void): Promise<Outcome> {
  const files = await layDemoFiles(folder, Date.now());
  const logs = files.directories[0]?.path ?? '';
  const planted = `${PLANTED_CONTENT}\n`.repeat(4000);
  await writeFile(path.join(logs, PLANTED_FILE), planted);
  let road: CutProxy | undefined;
  const system = await startSystem({
    ...files,
    folder,
    serial: SERIAL,
    model: 'Walkthrough Ultrasound',
    ports: { edge: 0, console: 0, panel: 0 },
    road: async (edge) => {
      road = await startCutProxy(edge);
      return { host: '127.0.0.1', port: road.port };
    },
    say: (line) => say(`· ${line}`),
  });
  try {
    assert.ok(road);
    return await steps(folder, system, road, { logs, inbox: files.inbox, planted }, say);
  } finally {
    await system.stop();
    await road?.close();
  }
}

async function steps(
  folder: string,
  system: RunningSystem,
  road: CutProxy,
  cart: { readonly logs: string; readonly inbox: string; readonly planted: string },
  say: (line: string) => void,
): Promise<Outcome> {
  const [person] = DEMO_SIGN_INS;
  assert.ok(person);
  let bytesCompared = 0;
  let digestsCompared = 0;
  const compare = (left: Uint8Array, right: Uint8Array): void => {
    const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    assert.equal(left.length, right.length);
    assert.equal(digest(left), digest(right));
    bytesCompared += left.length;
    digestsCompared += 1;
  };

  const technician = await Technician.signIn({
    consoleUrl: system.consoleUrl,
    licenceCode: await system.issueWorkstationLicence('Walkthrough'),
    login: person.directory.login,
    directoryPassword: person.directory.password,
    userId: person.gateway.userId,
    gatewayPassword: person.gateway.password,
  });
  say(`✓ workstation licensed, ${technician.person?.name ?? '?'} signed in through both gates`);

  const opened = await technician.openCase(SERIAL);
  const me = technician.person?.id ?? '';
  await technician.designate(opened.id, me);
  say(`✓ case ${opened.number} opened for ${SERIAL}, technician designated`);

  const operator = new Operator(system.panelUrl, system.panelCredential);
  assert.equal(road.bytes() > 0, true, 'the cart enrolled over this road');
  const before = road.bytes();
  const pressedAt = performance.now();
  await operator.press();
  await operator.viewWhen('the notice', (view) => view.phase === 'notice');
  assert.equal(road.bytes(), before, 'nothing is dialled before the notice is accepted');
  await operator.accept();
  say('✓ button pressed, notice shown and accepted; nothing had been dialled before');

  await technician.sessionWhen(opened.id, (session) => session.state === 'waiting');
  const requested = await technician.request(opened);
  const asked = await operator.viewWhen('the technician', (view) => view.requests.length > 0);
  const [request] = asked.requests;
  assert.ok(request);
  assert.equal(request.technicianName, technician.person?.name);
  const seen = await technician.sessionWhen(
    opened.id,
    (session) => session.comparisonCode !== null,
  );
  assert.equal(request.comparisonCode, seen.comparisonCode ?? requested.comparisonCode);
  say(`✓ both sides show the number ${request.comparisonCode}`);

  await operator.consent(request.id, ['view', 'fetch-files', 'send-files']);
  await technician.sessionWhen(opened.id, (session) => session.grant !== null);
  const viewer = await technician.openScreen(opened.id);
  await viewer.nextFrames(1);
  const pressToFirstFrameMs = Math.round(performance.now() - pressedAt);
  say(`✓ granted; first frame ${viewer.width}x${viewer.height} after ${pressToFirstFrameMs} ms`);

  const first = viewer.pictureDigest();
  await viewer.nextFrames(25);
  assert.notEqual(viewer.pictureDigest(), first, 'the cine moves');
  viewer.click(640, 980);
  viewer.key(0x61);
  await operator.viewWhen('refused input', (view) => (view.session?.inputRefused ?? 0) > 0);
  say('✓ the picture moves; input without "control" was refused and counted on the panel');

  const fetched = await technician.fetchFile(opened.id, 'logs', PLANTED_FILE);
  const settled = await technician.settled(opened.id, fetched.id);
  assert.equal(settled.state, 'done', settled.failure ?? '');
  compare(await technician.content(opened.id, settled.record ?? ''), Buffer.from(cart.planted));
  say(`✓ fetched ${settled.bytes} bytes, sealed under the case, equal to the cart's file`);

  const sent = randomBytes(SENT_BYTES);
  const record = await technician.upload(opened.id, 'new-settings.bin', sent);
  const sending = await technician.send(opened.id, record);
  const placed = await technician.settled(opened.id, sending.id);
  assert.equal(placed.state, 'done', placed.failure ?? '');
  compare(await readFile(path.join(cart.inbox, 'new-settings.bin')), sent);
  say(`✓ sent ${SENT_BYTES} bytes to the cart's inbox, equal on arrival`);

  const framesBefore = viewer.frames();
  road.cut();
  await operator.viewWhen('the lost connection', (view) => view.session?.link === 'lost');
  await technician.sessionWhen(opened.id, (session) => session.state === 'interrupted');
  road.mend();
  await resumeWhenBack(technician, opened);
  const again = await technician.openScreen(opened.id);
  await again.nextFrames(2);
  say('✓ network lost and back: the same technician resumed within the lease');

  await operator.pause();
  await technician.sessionWhen(opened.id, (session) => session.paused);
  await operator.lift();
  await technician.sessionWhen(opened.id, (session) => !session.paused);
  await again.nextFrames(1);
  await operator.end();
  await again.closed;
  await technician.sessionWhen(
    opened.id,
    (session) => session.state === 'ended' || session.state === 'offline',
  );
  say('✓ paused, continued, ended by the operator; the stream is cut');

  const certificateVerified = await resolveAndLook(technician, opened, system);
  say(
    '✓ case resolved: nothing is left on disk or in the database, certificate of destruction signed',
  );

  const bundle = await technician.raw('GET', `/api/cases/${opened.id}/evidence`);
  const bundleFile = path.join(folder, 'evidence.json');
  await writeFile(bundleFile, await bundle.text());
  const { output } = await call('verify', [bundleFile]);
  say(output.trim().replaceAll(/^/gm, '  '));
  say('✓ ledger, certificate and receipts verified offline');
  return {
    pressToFirstFrameMs,
    frames: framesBefore + again.frames(),
    bytesCompared,
    digestsCompared,
    ledgerVerified: true,
    certificateVerified,
  };
}

/** The desk shows a new challenge once the cart is back; a request signed over an older one is simply made again. */
async function resumeWhenBack(
  technician: Technician,
  opened: Parameters<Technician['resume']>[0],
): Promise<void> {
  await eventually('the session to resume', async () => {
    const session = await technician.session(opened.id);
    if (session.state === 'open' || session.state === 'granted') return true;
    if (session.state !== 'interrupted' || session.challenge === null) return false;
    try {
      await technician.resume(opened, session.activities);
    } catch {
      return false;
    }
    return false;
  });
}

async function resolveAndLook(
  technician: Technician,
  opened: { readonly id: string; readonly number: string },
  system: RunningSystem,
): Promise<boolean> {
  assert.ok((await readdir(system.gatewayData)).length > 0);
  const held = await technician.case(opened.id);
  // What was seen of the screen is a record, too: one for each time that it was opened.
  const files = held.recordList.filter(({ origin }) => origin !== 'recording');
  assert.equal(files.length, 2);
  assert.ok(held.recordList.length > files.length);
  const resolved = await technician.resolve(opened.id, opened.number);
  assert.equal(resolved.state, 'resolved');
  assert.equal(resolved.complaint, null);
  const { claims } = await technician.certificate(opened.id);
  const recordings = claims.sanitization?.counts?.['records-recording'] ?? 0;
  assert.equal(claims.records - recordings, 2);
  assert.equal(claims.verification.result, 'nothing found');
  const words = [PLANTED_FILE, PLANTED_CONTENT, 'planted-complaint-words', 'Planted Caller'];
  assert.deepEqual(await filesHolding(system.gatewayData, words), []);
  return true;
}
