/**
 * Goal: a cart in force measures its road and is told how it stands; nobody else is told that there is anything; no cart gets
 * more of the gateway than its share; and what it holds ends with its certificate. Method: a real authority and the real
 * enrolment road over TLS; the clock that gives allowances back is turned by hand.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import {
  BYTES_MAX,
  COMMISSIONING_PATHS as PATHS,
  ECHO_BYTES_MAX,
  gatewayStatus,
  keptIdle,
  receivedBytes,
} from '@chaperone/protocol/commissioning/service.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { IDLE_PLACES_PER_CART } from './commissioning.ts';
import { clientHello } from './testing/client-hello.ts';
import { newRoad } from './testing/commissioning-desk.ts';

const MIB = 1024 * 1024;

forEachDatabase('commissioning', (open) => {
  test('a cart is told how it stands, gets its echo, and measures both ways on one connection', async (t) => {
    const { clock, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const connection = await road.dial(cart);
    const status = gatewayStatus.parse((await connection.ask('GET', PATHS.status)).json);
    assert.equal(status.serial, 'US-1001');
    assert.equal(status.utcMs, clock.utcMs());
    assert.equal(status.software, 'Chaperone 0.0.0-test');
    assert.match(status.licence.id, /^lcnc-/);
    assert.deepEqual(
      [status.licence.state, status.licence.validUntilUtcMs, status.facility],
      ['redeemed', null, null],
    );
    assert.ok(status.licence.features.includes('view'));

    const sent = Buffer.from([0, 1, 255, 13, 10]);
    assert.deepEqual((await connection.ask('POST', PATHS.echo, sent)).body, sent);
    const most = Buffer.alloc(ECHO_BYTES_MAX, 7);
    assert.deepEqual((await connection.ask('POST', PATHS.echo, most)).body, most);

    const down = await connection.ask('GET', `${PATHS.bytes}?count=${3 * MIB + 17}`);
    assert.equal(down.body.length, 3 * MIB + 17);
    assert.ok(deflateRawSync(down.body).length > down.body.length * 0.99);
    const up = await connection.ask('POST', PATHS.bytes, Buffer.alloc(5 * MIB));
    assert.deepEqual(receivedBytes.parse(up.json), { bytes: 5 * MIB });
    assert.equal((await connection.ask('POST', PATHS.bytes, Buffer.alloc(0))).json['bytes'], 0);
    assert.equal((await connection.ask('GET', PATHS.status)).status, 200);
  });

  test('the status says what the licence allows now, and when it is over', async (t) => {
    const { authority, clock, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const connection = await road.dial(cart);
    const licence = await authority.cartLicence('US-1001');
    assert.ok(licence !== undefined);
    const validUntilUtcMs = Math.floor(clock.utcMs() / 1000) * 1000 + 86_400_000;
    await authority.renewLicence(licence.id, {
      by: 'test',
      features: ['view'],
      facility: 'St. Brigid Hospital',
      validUntilUtcMs,
    });
    const statusNow = async () =>
      gatewayStatus.parse((await connection.ask('GET', PATHS.status)).json);
    const { facility, licence: terms } = await statusNow();
    assert.equal(facility, 'St. Brigid Hospital');
    assert.deepEqual(terms, {
      id: String(licence.id),
      state: 'redeemed',
      features: ['view'],
      validUntilUtcMs,
    });
    clock.advance(2 * 86_400_000);
    assert.equal((await statusNow()).licence.state, 'expired');
    await authority.retireLicence(licence.id);
    assert.equal((await statusNow()).licence.state, 'retired');
  });

  test('strangers of every kind get one and the same answer, at every address', async (t) => {
    const { authority, clock, road } = await newRoad(t, open);
    const retired = await road.enrol('US-1001');
    await authority.retireCart(parseCartSerial('US-1001'));
    const [root] = decodePEM('CERTIFICATE', authority.publicRoots.cartRootPEM);
    const forger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const forged = issueCertificate(
      { profile: 'p256-sha3-256', privateKey: forger.privateKey, certificate: root as Uint8Array },
      {
        subject: { kind: 'cart', serial: parseCartSerial('US-1002') },
        purpose: 'peer',
        publicKey: forger.publicKey,
        notBeforeMs: Date.now() - 1000,
        notAfterMs: Date.now() + 1_000_000,
      },
    );
    const late = await road.enrol('US-1003');
    const strangers = {
      'without a certificate': undefined,
      retired,
      forged: { key: forger.privateKey, certificate: forged },
      'out of time': late,
    };
    clock.advance(4000 * 86_400_000);
    const answers = new Set<string>();
    for (const [who, shown] of Object.entries(strangers)) {
      for (const [method, path] of [
        ['GET', PATHS.status],
        ['GET', `${PATHS.idle}?seconds=60`],
        ['POST', PATHS.echo],
        ['GET', `${PATHS.bytes}?count=10`],
        ['POST', PATHS.bytes],
        ['POST', PATHS.reports],
        ['GET', '/commissioning/v1/nothing'],
        ['DELETE', PATHS.status],
      ] as const) {
        const connection = await road.dial(shown);
        const { status, headers, body } = await connection.ask(method, path);
        assert.deepEqual([status, headers.connection], [403, 'close'], `${who}: ${method} ${path}`);
        answers.add(body.toString());
      }
    }
    assert.equal(answers.size, 1, [...answers].join('\n'));
    assert.match([...answers].join(), /"code":"CART_REFUSED"/);
  });

  test('what is not as the protocol says is refused with a code', async (t) => {
    const { road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const cases = [
      ['GET', PATHS.bytes, undefined, 400, 'COMMISSIONING_REQUEST_MALFORMED'],
      ['GET', `${PATHS.bytes}?count=0`, undefined, 400, 'COMMISSIONING_REQUEST_MALFORMED'],
      ['GET', `${PATHS.bytes}?count=-1`, undefined, 400, 'COMMISSIONING_REQUEST_MALFORMED'],
      ['GET', `${PATHS.bytes}?count=1e3`, undefined, 400, 'COMMISSIONING_REQUEST_MALFORMED'],
      [
        'GET',
        `${PATHS.bytes}?count=${BYTES_MAX + 1}`,
        undefined,
        400,
        'COMMISSIONING_REQUEST_MALFORMED',
      ],
      ['GET', `${PATHS.idle}?seconds=now`, undefined, 400, 'COMMISSIONING_REQUEST_MALFORMED'],
      ['POST', PATHS.echo, Buffer.alloc(0), 400, 'COMMISSIONING_REQUEST_MALFORMED'],
      ['POST', PATHS.echo, Buffer.alloc(ECHO_BYTES_MAX + 1), 413, 'COMMISSIONING_BODY_TOO_LARGE'],
      ['PUT', PATHS.status, undefined, 405, 'COMMISSIONING_METHOD_REFUSED'],
      ['GET', PATHS.echo, undefined, 405, 'COMMISSIONING_METHOD_REFUSED'],
      ['GET', '/commissioning/v1/', undefined, 404, 'ROUTE_NOT_FOUND'],
      ['GET', '/commissioning/v1/status/../echo', undefined, 404, 'ROUTE_NOT_FOUND'],
    ] as const;
    for (const [method, path, body, status, code] of cases) {
      const connection = await road.dial(cart);
      const answer = await connection.ask(method, path, body);
      assert.deepEqual([answer.status, answer.json['code']], [status, code], `${method} ${path}`);
    }
  });

  test('a connection that said so outlives those that did not; only few may', async (t) => {
    const { clock, road } = await newRoad(t, open, { idleTimeoutMs: 300 });
    const cart = await road.enrol('US-1001');
    const [waiting, other, silent] = await Promise.all(
      Array.from({ length: 3 }, async () => await road.dial(cart)),
    );
    assert.ok(waiting && other && silent);
    const kept = await waiting.ask('GET', `${PATHS.idle}?seconds=99999`);
    assert.deepEqual(keptIdle.parse(kept.json), { seconds: 3600 });
    assert.equal(kept.headers['keep-alive'], 'timeout=3600');
    assert.equal((await other.ask('GET', `${PATHS.idle}?seconds=30`)).json['seconds'], 30);
    for (let places = 2; places < IDLE_PLACES_PER_CART; places += 1) {
      const { status } = await (await road.dial(cart)).ask('GET', `${PATHS.idle}?seconds=30`);
      assert.equal(status, 200);
    }
    const refused = await (await road.dial(cart)).ask('GET', `${PATHS.idle}?seconds=30`);
    assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '60']);
    await silent.closed;
    assert.equal((await waiting.ask('GET', PATHS.status)).status, 200);
    // The place is for the connection, and the time is asked for anew.
    assert.equal((await waiting.ask('GET', `${PATHS.idle}?seconds=60`)).json['seconds'], 60);
    other.socket.destroy();
    await other.closed;
    clock.advance(1000);
    const again = await road.dial(cart);
    let answer = await again.ask('GET', `${PATHS.idle}?seconds=30`);
    // The server hears of the end a moment later than the cart.
    while (answer.status === 429)
      answer = await (await road.dial(cart)).ask('GET', `${PATHS.idle}?seconds=30`);
    assert.equal(answer.status, 200);
  });

  test('a cart that floods gets its share and no more, and others get theirs', async (t) => {
    const burstBytes = 16 * MIB;
    const { clock, road } = await newRoad(t, open, { burstBytes });
    const [cart, neighbour] = [await road.enrol('US-1001'), await road.enrol('US-1002')];
    const get = async (count: number, who = cart) => {
      const connection = await road.dial(who);
      return await connection.ask('GET', `${PATHS.bytes}?count=${count}`);
    };
    let moved = 0;
    for (;;) {
      const answer = await get(4 * MIB);
      if (answer.status === 429) {
        assert.equal(answer.json['code'], 'COMMISSIONING_THROTTLED');
        assert.equal(answer.headers['retry-after'], '4');
        break;
      }
      moved += answer.body.length;
      assert.ok(moved <= burstBytes, `${moved}`);
    }
    const upload = await road.dial(cart);
    assert.equal((await upload.ask('POST', PATHS.bytes, Buffer.alloc(MIB))).status, 429);
    assert.equal((await get(4 * MIB, neighbour)).status, 200);
    clock.advance(4_000);
    assert.equal((await get(4 * MIB)).status, 200);
    assert.equal((await get(4 * MIB)).status, 429);

    // What was asked for and not taken is given back, as soon as it is known that it will not be.
    clock.advance(60_000);
    const greedy = await road.dial(cart);
    greedy.socket.write(
      `GET ${PATHS.bytes}?count=${burstBytes} HTTP/1.1\r\nHost: gateway.test\r\n\r\n`,
    );
    await once(greedy.socket, 'data');
    greedy.socket.pause();
    assert.equal((await get(1)).status, 429, 'two at once');
    greedy.socket.destroy();
    let freed = await get(MIB);
    while (freed.status === 429) freed = await get(MIB);
    assert.equal(freed.body.length, MIB);

    const connection = await road.dial(neighbour);
    let echoes = 0;
    for (; echoes < 1000; echoes += 1) {
      const { status } = await connection.ask('POST', PATHS.echo, Buffer.from('.'));
      if (status === 429) break;
    }
    assert.ok(echoes <= 200, `${echoes} requests`);
  });

  test(
    'four carts that hardly send anything keep no other from measuring',
    { timeout: 40_000 },
    async (t) => {
      const { road } = await newRoad(t, open);
      const serials = ['US-1001', 'US-1002', 'US-1003', 'US-1004', 'US-1005'];
      const [neighbour, ...others] = await Promise.all(
        serials.map(async (serial) => await road.enrol(serial)),
      );
      assert.ok(neighbour);
      const holding = await Promise.all(others.map(async (cart) => await road.dial(cart)));
      const head = `POST ${PATHS.bytes} HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 200000000\r\n\r\nx`;
      for (const { socket } of holding) socket.write(head);
      // More often than what ends a connection for being unused, and far longer than a measurement.
      const dripping = setInterval(() => {
        for (const { socket } of holding) if (!socket.destroyed) socket.write('x');
      }, 500);
      t.after(() => clearInterval(dripping));
      await Promise.all(holding.map(async ({ closed }) => await closed));
      const connection = await road.dial(neighbour);
      assert.equal((await connection.ask('GET', `${PATHS.bytes}?count=1000`)).status, 200);
    },
  );

  test('handshakes that go no further keep no honest cart out', async (t) => {
    const { road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const hello = await clientHello('gateway.test');
    const stalled = Array.from({ length: 300 }, () => connect(road.port, '127.0.0.1'));
    t.after(() => {
      for (const socket of stalled) socket.destroy();
    });
    await Promise.all(
      stalled.map(async (socket) => {
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.write(hello);
      }),
    );
    for (let dialled = 0; dialled < 3; dialled += 1) {
      const connection = await road.dial(cart);
      assert.equal((await connection.ask('GET', PATHS.status)).status, 200);
    }
  });

  test('retiring a cart ends its connections, idle or in the middle of a measurement', async (t) => {
    const { authority, road } = await newRoad(t, open);
    const [cart, neighbour] = [await road.enrol('US-1001'), await road.enrol('US-1002')];
    const idle = await road.dial(cart);
    await idle.ask('GET', `${PATHS.idle}?seconds=3600`);
    const measuring = await road.dial(cart);
    measuring.socket.write(
      `GET ${PATHS.bytes}?count=${BYTES_MAX} HTTP/1.1\r\nHost: gateway.test\r\n\r\n`,
    );
    await once(measuring.socket, 'data');
    measuring.socket.pause();
    const other = await road.dial(neighbour);
    await other.ask('GET', `${PATHS.idle}?seconds=3600`);
    await authority.retireCart(parseCartSerial('US-1001'));
    measuring.socket.resume();
    await Promise.all([idle.closed, measuring.closed]);
    assert.equal((await other.ask('GET', PATHS.status)).status, 200);
  });
});
