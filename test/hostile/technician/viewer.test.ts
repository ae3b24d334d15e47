// Goal: a viewer that sends garbage, huge messages or input that was not granted gets nothing done on the cart, ends at most
// itself, and costs the gateway little memory.
// Method: real gateway and cart as processes, with the demo screen; a WebSocket that says what no viewer would.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { WebSocket } from 'ws';
import { startDay } from '../../scenario/day.ts';
import type { Day } from '../../scenario/day.ts';
import { eventually } from '../../harness/eventually.ts';

const GROWTH_BYTES_MAX = 150 * 1024 * 1024;

let day: Day;
before(async () => {
  day = await startDay();
  await day.openSession(['view']);
});
after(async () => await day[Symbol.asyncDispose]());

async function memory(): Promise<number> {
  const text = await readFile(`/proc/${day.system.gateway.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1]) * 1024;
}

/** A viewer after its handshake (RFC 6143 §7.1 to §7.3), for what comes next. */
async function viewer(): Promise<WebSocket> {
  const socket = await day.technician.openRawScreen(day.opened.id);
  socket.on('error', () => undefined);
  await once(socket, 'message');
  socket.send(Buffer.from('RFB 003.008\n'));
  await once(socket, 'message');
  socket.send(Buffer.of(1));
  await once(socket, 'message');
  socket.send(Buffer.of(1));
  await once(socket, 'message');
  return socket;
}

/** The session is as it was, and an honest viewer sees pictures. */
async function goesOn(): Promise<void> {
  const honest = await day.technician.openScreen(day.opened.id);
  await honest.nextFrames(2);
  honest.close();
  const { state } = await day.technician.session(day.opened.id);
  assert.ok(state === 'granted' || state === 'open', state);
}

const text = Buffer.alloc(8 + 60_000, 97);
text.writeUInt32BE(0x06_00_00_00, 0);
text.writeUInt32BE(0xff_ff_ff_ff, 4);
const encodings = Buffer.alloc(4);
encodings.writeUInt8(2, 0);
encodings.writeUInt16BE(65_535, 2);
const resize = Buffer.alloc(8);
resize.writeUInt8(251, 0);
resize.writeUInt16BE(65_535, 2);
resize.writeUInt16BE(65_535, 4);
resize.writeUInt8(255, 6);
const GARBAGE: readonly (readonly [string, Buffer])[] = [
  ['garbage', randomBytes(60_000)],
  ['messages of an unknown type', Buffer.alloc(60_000, 200)],
  ['clipboard text of four gigabytes', text],
  ['encodings without end', Buffer.concat([encodings, Buffer.alloc(60_000, 255)])],
  ['a desktop of 65535 × 65535 with 255 screens', Buffer.concat([resize, Buffer.alloc(60_000)])],
];
for (const [what, bytes] of GARBAGE) {
  test(`viewer: ${what} ends the viewer and nothing else`, async () => {
    const before = await memory();
    const socket = await viewer();
    for (let times = 0; times < 100 && socket.readyState === socket.OPEN; times += 1) {
      socket.send(bytes);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually('the viewer to be ended', () => socket.readyState === socket.CLOSED);
    await goesOn();
    assert.ok((await memory()) - before < GROWTH_BYTES_MAX);
  });
}

test('viewer: input without control is counted and reaches nothing', async () => {
  const socket = await viewer();
  const before = (await day.technician.session(day.opened.id)).inputRefused;
  const events = [Buffer.of(4, 1, 0, 0, 0, 0, 0xff, 0x0d), Buffer.of(5, 1, 0, 40, 0, 40)];
  for (let times = 0; times < 500; times += 1) socket.send(Buffer.concat(events));
  await eventually('the cart to count it', async () => {
    const { inputRefused } = await day.technician.session(day.opened.id);
    return inputRefused >= before + 1_000;
  });
  await goesOn();
  // A flood of it is neither a flood of the cart's journal nor of the ledger.
  const journal = await readFile(
    path.join(day.system.cartData, 'journal', 'journal.ndjson'),
    'utf8',
  );
  assert.ok(journal.split('\n').length < 200, `${journal.split('\n').length} lines`);
  socket.terminate();
});

test('viewer: a message that is too large, or is text, ends it', async () => {
  const large = await viewer();
  large.send(Buffer.alloc(300_000));
  const [tooLarge] = await once(large, 'close');
  assert.equal(tooLarge, 1009);
  const words = await viewer();
  words.send('{"control":true}');
  const [wrong] = await once(words, 'close');
  assert.equal(wrong, 4400);
  await goesOn();
});

test('viewer: many viewers of one session replace each other and leave one', async () => {
  const before = await memory();
  const sockets = await Promise.all(
    Array.from({ length: 30 }, async () => await day.technician.openRawScreen(day.opened.id)),
  );
  await eventually('all but one to be closed', () => {
    return sockets.filter(({ readyState, OPEN }) => readyState === OPEN).length <= 1;
  });
  for (const socket of sockets) socket.terminate();
  await goesOn();
  // Each had a thread of its own for its recording; what a thread had goes back to the system in time, if not at once.
  await eventually(
    'the memory of those who left',
    async () => (await memory()) - before < 2 * GROWTH_BYTES_MAX,
  );
});
