/**
 * Goal: the desk takes exactly the carts that the authority admits, believes nothing else about them, and a cart that
 * breaks the protocol loses its connection, with the rule that it broke in the ledger.
 * Method: a real gateway with real TLS, and a scripted cart that obeys or lies.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { PROTOCOL_VERSIONS } from '@chaperone/protocol/cart-api/version.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { factOf, factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { TestGateway } from '../../composition/testing/gateway-harness.ts';
import { ScriptedCart } from './testing/scripted-cart.ts';
import type { Interference } from './testing/scripted-cart.ts';

let gateway: TestGateway;
let serials = 0;
before(async () => {
  gateway = await newTestGateway();
});
after(async () => await gateway[Symbol.asyncDispose]());

async function newCart(): Promise<{ readonly cart: ScriptedCart; readonly serial: string }> {
  serials += 1;
  const serial = `US-${3000 + serials}`;
  return { cart: await gateway.enrolCart(serial), serial };
}

const refusedFor = async (cart: string | null, code: string) =>
  await factOf(gateway.running, 'cart-refused', (fact) => fact.cart === cart && fact.code === code);

const gone = async (cart: ScriptedCart): Promise<void> => {
  while (cart.connections > 0) await new Promise((resolve) => setImmediate(resolve));
};

describe('who is admitted', () => {
  test('an enrolled cart is asked for its hello first, and is then connected', async () => {
    const { cart, serial } = await newCart();
    await cart.connect();
    assert.equal(cart.asked[0], 'GET /v1/hello');
    const fact = await factOf(gateway.running, 'cart-connected', (each) => each.cart === serial);
    assert.equal(fact.sessionId, cart.session);
  });

  test('a certificate of another authority is refused, as the claim that it is', async () => {
    const serial = parseCartSerial('US-6666');
    const root = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const times = { notBeforeMs: Date.now() - 1000, notAfterMs: Date.now() + 3_600_000 };
    const issuer = { profile: 'p256-sha3-256', privateKey: root.privateKey } as const;
    const authority = issueCertificate(issuer, {
      ...times,
      subject: { kind: 'other', commonName: 'Impostor' },
      purpose: 'authority',
      publicKey: root.publicKey,
    });
    const certificate = issueCertificate(
      { ...issuer, certificate: authority },
      { ...times, subject: { kind: 'cart', serial }, purpose: 'peer', publicKey: own.publicKey },
    );
    const cart = new ScriptedCart({
      ...gateway.running.edgeAddress,
      ...own,
      serial,
      serverName: 'localhost',
      root: gateway.running.authority.publicRoots.cartRootPEM,
      certificate: encodePEM('CERTIFICATE', certificate),
    });
    await cart.dial('interactive');
    await gone(cart);
    assert.deepEqual(cart.asked, []);
    await refusedFor(serial, 'CERTIFICATE_FOREIGN_AUTHORITY');
  });

  test('a revocation ends the live connection, and the next one is refused', async () => {
    const { cart, serial } = await newCart();
    await cart.connect();
    await factOf(gateway.running, 'cart-connected', (each) => each.cart === serial);
    await gateway.running.authority.retireCart(parseCartSerial(serial));
    await gone(cart);
    const asked = cart.asked.length;
    await cart.dial('interactive');
    await gone(cart);
    assert.equal(cart.asked.length, asked);
    await refusedFor(serial, 'CERTIFICATE_REVOKED');
  });
});

test('a revocation ends a connection whose hello is under way', async () => {
  const { cart, serial } = await newCart();
  const revoked = Promise.withResolvers<void>();
  cart.interfere = (_stream, headers) => {
    if (headers[':path'] !== '/v1/hello') return false;
    // Never answered: what ends the connection is the revocation alone.
    revoked.resolve(gateway.running.authority.retireCart(parseCartSerial(serial)));
    return true;
  };
  await cart.dial('interactive');
  await gone(cart);
  assert.deepEqual(cart.asked, ['GET /v1/hello']);
  await revoked.promise;
  await refusedFor(serial, 'CERTIFICATE_REVOKED');
  const facts = await factsOf(gateway.running);
  assert.ok(!facts.some((fact) => fact.kind === 'cart-connected' && fact.cart === serial));
});

describe('what a hello may say', () => {
  const lies: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['another serial', { serial: 'US-1' }, 'SERIAL_MISMATCH'],
    ['another key', { keyThumbprint: 'A'.repeat(43) }, 'KEY_MISMATCH'],
    [
      'another version',
      { protocol: { min: PROTOCOL_VERSIONS.max + 1, max: 9 } },
      'PROTOCOL_UNSUPPORTED',
    ],
    ['a member too many', { trusted: true }, 'ANSWER_MALFORMED'],
    ['a session that is none', { session: 'sess-1' }, 'ANSWER_MALFORMED'],
    ['bulk without interactive', { connection: 'bulk' }, 'BULK_WITHOUT_INTERACTIVE'],
  ];
  for (const [what, change, code] of lies) {
    test(what, async () => {
      const { cart, serial } = await newCart();
      cart.hello = change;
      await cart.dial('interactive');
      await gone(cart);
      await refusedFor(serial, code);
    });
  }
});

describe('a hostile cart is bounded', () => {
  const respond = (body: (stream: Parameters<Interference>[0]) => void): Interference => {
    return (stream, headers) => {
      if (headers[':path'] !== '/v1/hello') return false;
      body(stream);
      return true;
    };
  };
  const attacks: readonly (readonly [string, Interference, string])[] = [
    [
      'an answer without end',
      respond((stream) => {
        stream.respond({ ':status': 200 });
        const more = (): void => {
          while (!stream.destroyed && stream.write(Buffer.alloc(16_384, '{')));
          if (!stream.destroyed) stream.once('drain', more);
        };
        more();
      }),
      'ANSWER_TOO_LONG',
    ],
    [
      'no JSON',
      respond((stream) => {
        stream.respond({ ':status': 200 });
        stream.end('{"a":');
      }),
      'ANSWER_NOT_JSON',
    ],
    [
      'no UTF-8',
      respond((stream) => {
        stream.respond({ ':status': 200 });
        stream.end(Buffer.of(255));
      }),
      'ANSWER_NOT_JSON',
    ],
    [
      'a refusal that is no problem',
      respond((stream) => {
        stream.respond({ ':status': 500 });
        stream.end('no');
      }),
      'REFUSAL_MALFORMED',
    ],
  ];
  for (const [what, interfere, code] of attacks) {
    test(what, async () => {
      const { cart, serial } = await newCart();
      cart.interfere = interfere;
      await cart.dial('interactive');
      await refusedFor(serial, code);
      // A peer that only writes notices the end in its own time.
      cart.drop();
    });
  }

  test('more header fields than an answer needs end the connection', async () => {
    const { cart } = await newCart();
    cart.interfere = respond((stream) => {
      const many = Object.fromEntries(
        Array.from({ length: 500 }, (_, at) => [`x-${at}`, 'y'.repeat(100)]),
      );
      stream.respond({ ':status': 200, ...many });
      stream.end('{}');
    });
    await cart.dial('interactive');
    await gone(cart);
  });

  test('events that are too many, too long or malformed end the link', async () => {
    for (const [text, code] of [
      ['{}\n', 'EVENT_MALFORMED'],
      ['x'.repeat(80_000), 'EVENT_TOO_LONG'],
      ['nothing like JSON\n', 'EVENT_MALFORMED'],
    ] as const) {
      const { cart, serial } = await newCart();
      await cart.connect();
      await cart.until(() => cart.asked.includes('GET /v1/events'));
      cart.babble(text);
      await gone(cart);
      await refusedFor(serial, code);
    }
    const { cart, serial } = await newCart();
    await cart.connect();
    await cart.until(() => cart.asked.includes('GET /v1/events'));
    for (let times = 0; times < 1000; times += 1) cart.show();
    await gone(cart);
    await refusedFor(serial, 'EVENTS_FLOODED');
  });

  test('what one cart is refused for fills only a little of the ledger', async () => {
    const { cart, serial } = await newCart();
    cart.hello = { serial: 'US-1' };
    for (let times = 0; times < 12; times += 1) {
      await cart.dial('interactive');
      await gone(cart);
    }
    await refusedFor(serial, 'SERIAL_MISMATCH');
    const own = (await factsOf(gateway.running)).filter(
      (fact) => fact.kind === 'cart-refused' && fact.cart === serial,
    );
    assert.equal(own.length, 6);
  });

  test('a cart that connects again and again is refused before it fills the ledger', async () => {
    // Its own gateway: what the edge gives to this address is used up.
    await using own = await newTestGateway();
    const cart = await own.enrolCart();
    for (let links = 0; links < 40;) {
      try {
        await cart.dial('interactive');
        links += 1;
      } catch {
        // The edge has a limit of its own; what it lets through is what counts here.
      }
    }
    await factOf(own.running, 'cart-refused', ({ code }) => code === 'CONNECTIONS_FLOODED');
    const begun = (await factsOf(own.running)).filter(({ kind }) => kind === 'cart-connected');
    assert.ok(begun.length >= 30 && begun.length < 40, `${begun.length} links`);
    cart.drop();
  });
});

describe('connections', () => {
  test('a newer connection of the same cart takes the place of the older', async () => {
    const { cart, serial } = await newCart();
    await cart.connect();
    await factOf(gateway.running, 'cart-connected', (each) => each.cart === serial);
    const before = cart.connections;
    cart.renew();
    await cart.connect();
    await factOf(gateway.running, 'cart-connected', (each) => each.sessionId === cart.session);
    while (cart.connections > before) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(cart.connections, 2);
  });

  test('a bulk connection that arrives first waits for its interactive one', async () => {
    const { cart, serial } = await newCart();
    await cart.dial('bulk');
    await cart.dial('interactive');
    await factOf(gateway.running, 'cart-connected', (each) => each.cart === serial);
    assert.equal(cart.connections, 2);
  });

  test('a cart that falls silent is noticed although its connection stays open', async () => {
    const { running } = gateway;
    serials += 1;
    const serial = `US-${3000 + serials}`;
    await using road = await freezableRoad(running.edgeAddress.port);
    const enrolled = await gateway.enrolCart(serial);
    const cart = enrolled.at(road.port);
    await cart.connect();
    const tara = await gateway.signedIn();
    const body = { facility: 'St. Test', cart: serial, caller: 'A', complaint: 'B' };
    const opened = await tara.ask('POST', '/api/cases', { body });
    const serviceCase = opened.body as { id: string; number: string; cart: string };
    const jws = await tara.signedRequest(serviceCase, ['view']);
    await tara.ask('POST', `/api/cases/${serviceCase.id}/session/request`, { body: { jws } });
    await cart.grant();
    const { sessionId } = await factOf(
      running,
      'grant-received',
      (fact) => fact.caseId === serviceCase.id,
    );
    road.freeze();
    await factOf(running, 'session-interrupted', (fact) => fact.sessionId === sessionId);
    cart.drop();
  });
});

/** A road to the edge on which everything can stand still without anybody hanging up. */
async function freezableRoad(port: number) {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect({ port, host: '127.0.0.1' });
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
