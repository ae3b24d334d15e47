// Goal: a cart with a valid certificate that floods (frames, connections, handshakes, events) costs the gateway little memory,
// log and ledger, is cut off where it breaks a rule, and no honest cart or technician notices it.
// Method: real gateway and honest cart as processes; a scripted cart, enrolled by the real road, dials from an address of its
// own and writes frames past its HTTP/2 session. Memory is read from the kernel.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import {
  apart,
  deaf,
  flood,
  frame,
  goaway,
  many,
} from '@chaperone/gateway/desk/tunnel/testing/frames.ts';
import { clientHello } from '@chaperone/gateway/desk/commissioning/testing/client-hello.ts';
import { eventually } from '../../harness/eventually.ts';
import { gone, startHostileStage } from './stage.ts';
import type { HostileStage } from './stage.ts';

/** How long a flood lasts unless the desk hangs up first, milliseconds. */
const FLOOD_MS = 800;
const TIMES = 500;

let stage: HostileStage;
let serials = 0;
before(async () => {
  stage = await startHostileStage();
});
after(async () => await stage[Symbol.asyncDispose]());

const newSerial = (): string => `US-FLOOD-${(serials += 1)}`;
const refusedFor = async (serial: string, code: string): Promise<void> => {
  await eventually(`the entry ${code}`, () => stage.refusals(serial).includes(code));
};

/** A header block's fragment that holds one field of 127 bytes, not indexed (RFC 7541 §6.2.2). */
const field = Buffer.concat([Buffer.of(0, 1, 0x78, 0x7f, 0x00), Buffer.alloc(127, 0x61)]);
const FLOODS = [
  ['PING', many(frame('ping', 0, Buffer.alloc(8)), TIMES), 'FRAMES_FLOODED'],
  [
    'SETTINGS',
    many(frame('settings', 0, Buffer.of(0, 4, 0, 0, 255, 255)), TIMES),
    'FRAMES_FLOODED',
  ],
  ['headers without end', endlessHeaders(), 'HTTP2_BROKEN'],
  [
    'headers on streams that nobody opened',
    many(frame('headers', 9_001, Buffer.of(0x88), 4), TIMES),
    'HTTP2_BROKEN',
  ],
  ['pushed streams', many(frame('push', 1, Buffer.of(0, 0, 0, 2, 0x82), 4), TIMES), 'HTTP2_BROKEN'],
  [
    'resets of streams that nobody opened',
    many(frame('reset', 9_001, Buffer.of(0, 0, 0, 8)), TIMES),
    'HTTP2_BROKEN',
  ],
  // Allowed by RFC 9113 in any number, and answered by nothing.
  ['WINDOW_UPDATE', many(frame('windowUpdate', 0, Buffer.of(0, 0, 0, 1)), TIMES), null],
  ['frames of an unknown type', many(frame('unknown', 0, Buffer.alloc(100)), TIMES), null],
] as const;

function endlessHeaders(): Buffer {
  return Buffer.concat([frame('headers', 3, field), many(frame('continuation', 3, field), TIMES)]);
}

for (const [what, bytes, code] of FLOODS) {
  test(`flood: ${what}`, async () => {
    const serial = newSerial();
    await stage.attack(async () => {
      const { cart } = await stage.enrolHostile(serial);
      cart.between = apart;
      const socket = await cart.dial('interactive');
      await cart.until(() => cart.asked.includes('GET /v1/events'));
      await flood(socket, bytes, FLOOD_MS);
      if (code !== null) await refusedFor(serial, code);
      cart.drop();
    });
  });
}

test('flood: a goodbye without hanging up ends the connection, not the gateway', async () => {
  await stage.attack(async () => {
    const { cart } = await stage.enrolHostile(newSerial());
    cart.between = apart;
    await cart.dial('interactive');
    const socket = await cart.dial('bulk');
    deaf(socket);
    socket.write(goaway(2 ** 31 - 1, 0));
    const { ended } = await flood(socket, frame('unknown', 0), 20_000);
    assert.ok(ended);
    cart.drop();
  });
});

test('flood: a cart that reads nothing keeps nobody waiting, and little waits for it', async () => {
  const { cart, opened } = await stage.enrolHostile(newSerial());
  cart.between = apart;
  const socket = await cart.dial('interactive');
  await cart.until(() => cart.asked.includes('GET /v1/events'));
  deaf(socket);
  await stage.attack(async () => {
    // It is there, but takes nothing in: each of these would be a new offer to it.
    const isThere = setInterval(() => socket.write(frame('unknown', 0)), 200);
    for (let times = 0; times < 60; times += 1) {
      await stage.other.call('POST', `/api/cases/${opened.id}/notes`, { text: 'x'.repeat(4_000) });
    }
    clearInterval(isThere);
  });
  cart.drop();
});

test('flood: hundreds of connections of one cart leave its older ones and nobody else out', async () => {
  const serial = newSerial();
  const { cart } = await stage.enrolHostile(serial);
  // It never says hello, so each connection would stay for as long as a hello may take.
  cart.interfere = (_stream, headers) => headers[':path'] === '/v1/hello';
  await stage.attack(async () => {
    for (let at = 0; at < 60; at += 1) {
      cart.localAddress = `127.0.1.${at + 1}`;
      await Promise.allSettled([1, 2, 3].map(async () => await cart.dial('interactive')));
    }
    await refusedFor(serial, 'CONNECTIONS_FLOODED');
    assert.ok(cart.connections <= 20, `${cart.connections} connections`);
  });
  cart.drop();
  await gone(cart);
});

test('flood: handshakes that are begun and not finished have their places and their time', async () => {
  const sockets: Socket[] = [];
  await stage.attack(async () => {
    for (let at = 0; at < 200; at += 1) {
      const socket = connect({ ...stage.edge, localAddress: '127.0.0.67' });
      socket.on('error', () => undefined);
      sockets.push(socket);
      // The beginning of a ClientHello, and never the rest.
      socket.write(Buffer.of(22, 3, 1, 2, 0, 1, 0, 1, 252));
    }
    // The edge has 64 places for one address; those too end when no hello has come for 5 s.
    await eventually('the edge to hang up', () => sockets.every(({ destroyed }) => destroyed));
  });
});

test('flood: handshakes of many addresses that stall on the enrolment road keep no honest cart from enrolling', async () => {
  const hello = await clientHello('localhost');
  const sockets: Socket[] = [];
  await stage.attack(async () => {
    for (let at = 0; at < 240; at += 1) {
      const socket = connect({ ...stage.edge, localAddress: `127.0.2.${1 + (at % 8)}` });
      socket.on('error', () => undefined);
      sockets.push(socket);
      socket.write(hello);
    }
    await eventually('the desk to make room', () => sockets.some(({ destroyed }) => destroyed));
    const { cart } = await stage.enrolHostile(newSerial());
    cart.drop();
  });
  for (const socket of sockets) socket.destroy();
});

test('flood: a cart that connects again and again is slowed before it fills the ledger', async () => {
  const serial = newSerial();
  const { cart } = await stage.enrolHostile(serial);
  await stage.attack(async () => {
    for (let at = 0; at < 60; at += 1) {
      cart.localAddress = `127.0.2.${at + 1}`;
      await cart.dial('interactive').catch(() => undefined);
    }
    await refusedFor(serial, 'CONNECTIONS_FLOODED');
  });
  cart.drop();
});

test('flood: views and nonsense on the event stream end the link', async () => {
  const serial = newSerial();
  const { cart } = await stage.enrolHostile(serial);
  await stage.attack(async () => {
    await cart.dial('interactive');
    await cart.until(() => cart.asked.includes('GET /v1/events'));
    for (let times = 0; times < 2_000; times += 1) cart.show();
    await refusedFor(serial, 'EVENTS_FLOODED');
    await gone(cart);
    await cart.dial('interactive');
    await cart.until(() => cart.asked.filter((each) => each === 'GET /v1/events').length > 1);
    cart.babble('x'.repeat(10_000_000));
    await refusedFor(serial, 'EVENT_TOO_LONG');
    await gone(cart);
  });
});
