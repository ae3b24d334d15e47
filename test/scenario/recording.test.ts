/**
 * Goal: what a technician sees of a screen is recorded, whatever they do: played at a time, from the beginning and from each key, it
 * is the picture that they had then; it is read back and in the ledger; a stop without warning leaves one that is cut off and right as
 * far as it goes; where it cannot be taken nothing is shown; it is destroyed with its case.
 * Method: a whole gateway, and a cart whose screen the test draws and freezes; a viewer that keeps every pixel; copies of the
 * gateway's data under way, as a power cut leaves them; a vault that takes nothing more.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { startGateway } from '@chaperone/gateway/composition.ts';
import {
  Technician,
  factsOf,
  newTestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import {
  grantSession,
  openCase,
  resolveCase,
  sessionIs,
} from '@chaperone/gateway/composition/testing/session-script.ts';
import type { TestCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import { NOVNC_FORMAT } from '@chaperone/gateway/desk/recording/screen-tap.ts';
import { silentLog } from '@chaperone/gateway/platform/log/log.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { ServerMessageParser } from '@chaperone/protocol/rfb/server-message.ts';
import { readKey } from '@chaperone/protocol/recording/recording-format.ts';
import { RecordingReading } from '../../console/src/record/screen/recording-reading.ts';
import { newSmallDisk } from '../fault/disk/small-disk.ts';
import { DrawnScreen } from '../harness/drawn-screen.ts';
import { eventually } from '../harness/eventually.ts';
import { openViewer } from '../harness/rfb-viewer.ts';
import type { RFBViewer } from '../harness/rfb-viewer.ts';
import { webSocketRoad } from '../harness/road.ts';

const PATIENCE_MS = 60_000;
/** Keys and what is durable come often, so that a short recording has many. */
const TERMS = { keyEveryMs: 300, keyEveryBytes: 20_000, durableEveryMs: 500 };

const FULL = /^(?:DISK_FULL|DATABASE_FULL|DISK_RESERVE_REACHED|LEDGER_UNAVAILABLE)$/;

interface Listed {
  readonly id: string;
  readonly origin: string;
  readonly bytes: number;
  readonly quarantine: { readonly state: string };
}

/** A picture that stood still, and when. */
interface Still {
  readonly atUtcMs: number;
  readonly digest: string;
}

interface Working {
  readonly gateway: TestGateway;
  readonly tara: Technician;
  readonly serviceCase: TestCase;
  readonly screen: DrawnScreen;
}

/** A gateway with a session in which the screen may be seen. */
async function working(
  recording: object = { screens: 'on', terms: TERMS },
  sections: object = {},
): Promise<Working> {
  const real = { recording } as object;
  const gateway = await newTestGateway({}, null, 'off-demo', 'off', sections, real);
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  const screen = new DrawnScreen();
  cart.onScreen = (stream) => screen.show(stream);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  return { gateway, tara, serviceCase, screen };
}

async function view({ tara, serviceCase }: Working): Promise<RFBViewer> {
  const socket = tara.webSocket(`/api/cases/${serviceCase.id}/session/screen`);
  return await openViewer(webSocketRoad(socket));
}

/** Freezes the screen until the viewer has all of it. */
async function still(screen: DrawnScreen, viewer: RFBViewer): Promise<Still> {
  screen.isFrozen = true;
  await eventually('all of it', () => viewer.pictureDigest() === screen.digest, PATIENCE_MS);
  await delay(150);
  const found = { atUtcMs: Date.now(), digest: viewer.pictureDigest() };
  assert.equal(found.digest, screen.digest);
  await delay(150);
  screen.isFrozen = false;
  return found;
}

/** The recording of a case, once it is closed and may be looked at. */
async function closed(tara: Technician, { id }: TestCase): Promise<Listed> {
  return await eventually(
    'a recording',
    async () => {
      const { body } = await tara.ask('GET', `/api/cases/${id}`);
      const records = body['recordList'] as readonly Listed[];
      const found = records.find(({ origin }) => origin === 'recording');
      return found?.quarantine.state === 'released' ? found : null;
    },
    PATIENCE_MS,
  );
}

/** Opens what the desk gives of a recording, in ranges as the console asks for it. */
async function opened(
  consoleUrl: string,
  tara: Technician,
  { id }: TestCase,
  record: Listed,
): Promise<RecordingReading> {
  const read = async (offset: number, length: number): Promise<Buffer> => {
    const response = await fetch(`${consoleUrl}/api/cases/${id}/records/${record.id}/content`, {
      headers: {
        cookie: tara.cookie,
        origin: consoleUrl,
        'sec-fetch-dest': 'empty',
        range: `bytes=${offset}-${offset + length - 1}`,
      },
    });
    assert.equal(response.status, 206);
    return Buffer.from(await response.arrayBuffer());
  };
  const { bytes } = record;
  // What pieces are read from is asked for at once; foot and index by themselves.
  const whole = await read(0, bytes);
  assert.equal(whole.length, bytes);
  assert.deepEqual(await read(bytes - 40, 40), whole.subarray(-40));
  return await RecordingReading.open({
    bytes,
    read: async (offset, length) => whole.subarray(offset, Math.min(bytes, offset + length)),
  });
}

/** The digest of the picture as it is played up to a moment, from a place in the recording. */
async function playedTo(reading: RecordingReading, from: number, atUtcMs: number): Promise<string> {
  const untilMs = atUtcMs - reading.foot.begunUtcMs;
  let parser: ServerMessageParser | null = null;
  let width = 0;
  let picture = Buffer.alloc(0);
  for await (const { kind, atMs, content } of reading.pieces(from)) {
    if (atMs > untilMs) break;
    if (kind === 'key' && parser !== null) continue;
    if (kind === 'key') {
      const key = readKey(content);
      width = key.width;
      picture = Buffer.alloc(width * key.height * 4);
      parser = new ServerMessageParser(key, NOVNC_FORMAT);
      continue;
    }
    assert.ok(parser !== null, 'a key comes first');
    parser.push(content);
    for (let unit = parser.next(); unit !== null; unit = parser.next()) {
      if (unit.type !== 'rectangle' || unit.encoding !== ENCODING.raw) continue;
      const { area, bytes } = unit;
      for (let pixel = 0; pixel < area.width * area.height; pixel += 1) {
        const row = area.y + Math.floor(pixel / area.width);
        const at = (row * width + area.x + (pixel % area.width)) * 4;
        const from4 = bytes.subarray(12 + 4 * pixel, 16 + 4 * pixel);
        // The viewer had the cart's order of colours; a recording has noVNC's.
        picture.set([from4[2] ?? 0, from4[1] ?? 0, from4[0] ?? 0, from4[3] ?? 0], at);
      }
    }
    assert.equal(parser.bufferedBytes, 0, 'each piece holds whole messages');
  }
  return createHash('sha256').update(picture).digest('hex');
}

test('played at a time it is the picture of that time, from its beginning and from its keys; it goes with its case', async () => {
  const day = await working();
  await using gateway = day.gateway;
  const { tara, serviceCase, screen } = day;
  const viewer = await view(day);
  await viewer.nextFrames(5);
  const stills: Still[] = [];
  for (let times = 0; times < 3; times += 1) {
    await viewer.nextFrames(60);
    stills.push(await still(screen, viewer));
  }
  await viewer.nextFrames(10);
  assert.ok(screen.wholes > 2, 'the desk asks for the whole picture');
  viewer.close();
  const record = await closed(tara, serviceCase);
  const reading = await opened(gateway.running.consoleUrl, tara, serviceCase, record);
  assert.equal(reading.foot.isInterrupted, false);
  assert.ok(reading.points.length > 2, `${reading.points.length} places to begin at`);
  assert.equal(new Set(stills.map(({ digest }) => digest)).size, 3);
  for (const { atUtcMs, digest } of stills) {
    const atMs = atUtcMs - reading.foot.begunUtcMs;
    for (const point of reading.points.filter((each) => each.atMs <= atMs))
      assert.equal(await playedTo(reading, point.offset, atUtcMs), digest, `from ${point.atMs} ms`);
  }
  const facts = await factsOf(gateway.running);
  const kinds = facts.map(({ kind }) => kind);
  assert.ok(kinds.indexOf('recording-begun') > kinds.indexOf('activity-opened'));
  const end = facts.find(({ kind }) => kind === 'recording-closed');
  assert.ok(end?.kind === 'recording-closed' && end.outcome === 'whole');
  assert.ok(end.bytes > 0 && end.durationMs > 0 && end.digestCommitment !== null);
  assert.ok(facts.some((fact) => fact.kind === 'record-released' && fact.by === 'made-here'));
  assert.ok(kinds.includes('record-viewed'));

  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  await sessionIs(tara, serviceCase, 'ended');
  const resolved = await resolveCase(tara, serviceCase);
  assert.equal(resolved.body['state'], 'resolved', resolved.text);
  const { text } = await tara.ask('GET', `/api/cases/${serviceCase.id}/certificate`);
  assert.match(text, /"records-recording":1/);
  const left = readdirSync(gateway.configuration.dataDirectory, { recursive: true });
  assert.deepEqual(
    left.filter((name) => String(name).includes(serviceCase.id)),
    [],
  );
});

test('what a stop without warning leaves is closed at the start: cut off, and right as far as it goes', async (t) => {
  const day = await working();
  await using gateway = day.gateway;
  const { screen, serviceCase } = day;
  const viewer = await view(day);
  await viewer.nextFrames(60);
  const before = await still(screen, viewer);
  await viewer.nextFrames(60);
  await delay(1_500);
  // What is on the disk now is all that a machine without power would have.
  const copy = mkdtempSync(path.join(tmpdir(), 'chaperone-cut-'));
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  const data = path.join(copy, 'gateway');
  cpSync(gateway.configuration.dataDirectory, data, {
    recursive: true,
    filter: (file) => !/gateway\.(?:lock|pid|lock-journal)$|admin\.sock$/.test(file),
  });
  viewer.close();
  const configuration = { ...gateway.configuration, dataDirectory: data };
  const running = await startGateway(configuration, { log: silentLog() });
  try {
    const facts = await eventually('its end in the ledger', async () => {
      const all = await factsOf(running);
      return all.some(({ kind }) => kind === 'recording-closed') ? all : null;
    });
    const end = facts.find(({ kind }) => kind === 'recording-closed');
    assert.ok(end?.kind === 'recording-closed');
    assert.equal(end.outcome, 'interrupted');
    const tara = await Technician.signIn(running, 'tara');
    const record = await closed(tara, serviceCase);
    const reading = await opened(running.consoleUrl, tara, serviceCase, record);
    assert.equal(reading.foot.isInterrupted, true);
    assert.ok(reading.foot.durationMs > before.atUtcMs - reading.foot.begunUtcMs);
    for (const { offset, atMs } of reading.points) {
      if (atMs > before.atUtcMs - reading.foot.begunUtcMs) continue;
      assert.equal(await playedTo(reading, offset, before.atUtcMs), before.digest);
    }
  } finally {
    await running.close();
  }
});

test("a viewer of somebody's own making that nobody could play is shown nothing", async () => {
  const day = await working();
  await using gateway = day.gateway;
  const { tara, serviceCase } = day;
  const own = tara.webSocket(`/api/cases/${serviceCase.id}/session/screen`);
  await once(own, 'message');
  own.send(Buffer.from('RFB 003.008\n\x01\x01', 'latin1'));
  own.send(Buffer.from([0, 0, 0, 0, 8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0]));
  const [code, reason] = await once(own, 'close');
  assert.deepEqual([code, String(reason)], [4003, 'SCREEN_NOT_RECORDABLE']);
  assert.ok((await factsOf(gateway.running)).length > 0);
});

test('on a full disk nothing is shown that is not kept: the screen ends with the reason, and is not opened again', async () => {
  using disk = newSmallDisk(96 * 1024);
  const sections = {
    limits: { diskReserveBytes: 0 },
    dataDirectory: path.join(disk.directory, 'gateway'),
  };
  const day = await working({ screens: 'on', terms: TERMS }, sections);
  await using gateway = day.gateway;
  const { tara, serviceCase, screen } = day;
  const target = `/api/cases/${serviceCase.id}/session/screen`;
  const socket = tara.webSocket(target);
  const ended = once(socket, 'close');
  const viewer = await openViewer(webSocketRoad(socket));
  await viewer.nextFrames(20);
  disk.fill(0);
  const [code, reason] = await ended;
  assert.equal(code, 4003);
  assert.match(String(reason), FULL);
  const again = tara.webSocket(target);
  const [refused, why] = await once(again, 'close');
  assert.equal(refused, 4003);
  assert.match(String(why), FULL);
  disk.free();
  // With room again it is shown, and what was cut off becomes a record.
  const later = await eventually(
    'the screen with room again',
    async () => await view(day).catch(() => null),
    PATIENCE_MS,
  );
  await later.nextFrames(5);
  const last = await still(screen, later);
  later.close();
  const record = await closed(tara, serviceCase);
  const reading = await opened(gateway.running.consoleUrl, tara, serviceCase, record);
  assert.equal(await playedTo(reading, reading.points[0]?.offset ?? 0, last.atUtcMs), last.digest);
});

test('only the configuration switches it off, and the ledger says so each time', async () => {
  const day = await working({ screens: 'off' });
  await using gateway = day.gateway;
  const { tara } = day;
  const viewer = await view(day);
  await viewer.nextFrames(5);
  viewer.close();
  const kinds = (await factsOf(gateway.running)).map(({ kind }) => kind);
  assert.ok(kinds.includes('recording-off'));
  assert.ok(!kinds.includes('recording-begun'));
  const { body } = await tara.ask('GET', '/api/about');
  assert.equal(body['isScreenRecorded'], false);
});
