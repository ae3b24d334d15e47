// Goal: a signed session request is worth something once, for one technician, workstation, case and connection; repeating,
// racing, tampering and borrowing gain nothing, and at most one grant comes of any number of them.
// Method: a gateway in this process, browsers' requests with real keys and cookies, many at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  Technician,
  factsOf,
  newTestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type {
  Answer,
  TestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { openCase, sessionIs } from '@chaperone/gateway/composition/testing/session-script.ts';
import type { TestCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import type { ScriptedCart } from '@chaperone/gateway/desk/tunnel/testing/scripted-cart.ts';

let gateway: TestGateway;
let tara: Technician;
let otto: Technician;
let serials = 0;
before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
  otto = await gateway.signedInAs({ login: 'otto.brandt', displayName: 'Otto Brandt' });
});
after(async () => await gateway[Symbol.asyncDispose]());

interface Waiting {
  readonly cart: ScriptedCart;
  readonly opened: TestCase;
}

/** A cart that waits, and a case for which both technicians are designated. */
async function waiting(): Promise<Waiting> {
  const serial = `US-RACE-${(serials += 1)}`;
  const cart = await gateway.enrolCart(serial);
  const opened = await openCase(tara, serial);
  const body = { technician: otto.id };
  await tara.ask('POST', `/api/cases/${opened.id}/designations`, { body });
  await cart.connect();
  await sessionIs(tara, opened, 'waiting');
  return { cart, opened };
}

const hand = async (
  technician: Technician,
  { opened }: Waiting,
  jws: string,
  purpose: 'request' | 'resume' = 'request',
): Promise<Answer> =>
  await technician.ask('POST', `/api/cases/${opened.id}/session/${purpose}`, { body: { jws } });

const of = async ({ opened }: Waiting, kind: string): Promise<number> =>
  (await factsOf(gateway.running)).filter(
    (fact) => fact.kind === kind && 'caseId' in fact && fact.caseId === opened.id,
  ).length;

test('request: the same one again is the same one, and one entry', async () => {
  const held = await waiting();
  const jws = await tara.signedRequest(held.opened, ['view']);
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => await hand(tara, held, jws)),
  );
  for (const { status, text } of answers) assert.equal(status, 200, text);
  assert.equal(await of(held, 'session-requested'), 1);
  assert.equal(held.cart.offers.at(-1)?.requests.length, 1);
});

test('request: one that was used is worth nothing in a later session', async () => {
  const held = await waiting();
  const jws = await tara.signedRequest(held.opened, ['view']);
  assert.equal((await hand(tara, held, jws)).status, 200);
  await held.cart.grant(['view']);
  await sessionIs(tara, held.opened, 'granted');
  assert.equal((await hand(tara, held, jws)).body['code'], 'NO_SESSION');
  await tara.ask('POST', `/api/cases/${held.opened.id}/session/leave`);
  await sessionIs(tara, held.opened, 'ended');
  held.cart.drop();
  held.cart.renew();
  await held.cart.connect();
  await sessionIs(tara, held.opened, 'waiting');
  assert.equal((await hand(tara, held, jws)).body['code'], 'SESSION_REQUEST_STALE');
  assert.equal((await hand(tara, held, jws, 'resume')).body['code'], 'NO_SESSION');
});

test('request: two technicians and fifty tries each race for one grant; one has it', async () => {
  const held = await waiting();
  const [own, others] = await Promise.all([
    tara.signedRequest(held.opened, ['view']),
    otto.signedRequest(held.opened, ['view']),
  ]);
  await Promise.all([
    ...Array.from({ length: 25 }, async () => await hand(tara, held, own)),
    ...Array.from({ length: 25 }, async () => await hand(otto, held, others)),
  ]);
  const offered = await held.cart.until(() => {
    const offer = held.cart.offers.at(-1);
    return offer?.requests.length === 2 ? offer : null;
  });
  assert.deepEqual(new Set(offered.requests), new Set([own, others]));
  // The cart grants one, and shows another grant at once.
  const first = await held.cart.grant(['view']);
  held.cart.offers.at(-1)?.requests.reverse();
  await held.cart.grant(['view']).catch(() => undefined);
  const winner = first.sub === tara.id ? tara : otto;
  const loser = winner === tara ? otto : tara;
  const seen = await sessionIs(winner, held.opened, 'granted', ({ grant }) => grant === first.jti);
  assert.equal(seen['technicianName'], null);
  const other = await loser.ask('GET', `/api/cases/${held.opened.id}/session`);
  assert.deepEqual([other.body['grant'], other.body['challenge']], [null, null]);
  assert.equal(await of(held, 'grant-received'), 1);
  // Whoever lost can use, end and resume nothing.
  const base = `/api/cases/${held.opened.id}`;
  const fetches = { body: { directory: 'exports', path: 'a' } };
  for (const [target, body] of [
    [`${base}/fetches`, fetches],
    [`${base}/session/leave`, {}],
  ] as const) {
    const answer = await loser.ask('POST', target, body);
    assert.equal(answer.body['code'], 'SESSION_HELD_BY_ANOTHER', answer.text);
  }
  await sessionIs(winner, held.opened, 'granted');
});

test('request: tampered with in any part, it is refused and not passed on', async () => {
  const held = await waiting();
  const jws = await tara.signedRequest(held.opened, ['view']);
  const [header = '', payload = '', signature = ''] = jws.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const parts = JSON.parse(Buffer.from(header, 'base64url').toString()) as { x5c: string[] };
  const flip = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
  const tampered = [
    `${header}.${encode({ ...claims, activities: ['view', 'control'] })}.${signature}`,
    `${header}.${encode({ ...claims, sub: otto.id, name: otto.name })}.${signature}`,
    `${header}.${payload}.${flip(signature)}`,
    `${header}.${payload}.`,
    `${encode({ ...parts, alg: 'none' })}.${payload}.AA`,
    `${encode({ ...parts, alg: 'HS256' })}.${payload}.${signature}`,
    `${encode({ ...parts, typ: 'chaperone-grant+jwt' })}.${payload}.${signature}`,
    `${encode({ ...parts, x5c: [...otto.chain] })}.${payload}.${signature}`,
    `${encode({ ...parts, x5c: [] })}.${payload}.${signature}`,
    `${encode({ ...parts, x5c: undefined })}.${payload}.${signature}`,
    `${encode({ ...parts, crit: ['b64'], b64: false })}.${payload}.${signature}`,
    `${encode({ ...parts, jku: 'https://evil.example/keys' })}.${payload}.${signature}`,
    'a.b.c',
    'A'.repeat(20_000),
  ];
  const before = held.cart.offers.length;
  for (const wrong of tampered) {
    const { status, body, text } = await hand(tara, held, wrong);
    assert.ok(status === 403 || status === 400, `${status} ${text}`);
    const codes = ['SESSION_REQUEST_INVALID', 'REQUEST_MALFORMED'];
    assert.ok(codes.includes(String(body['code'])), text);
    assert.ok(!/\bat \/|x5c|jose/.test(text), text);
  }
  assert.equal(held.cart.offers.length, before);
  assert.equal(await of(held, 'session-requested'), 0);
});

test('request: a cookie of one and the key of another fit nowhere', async () => {
  const held = await waiting();
  const elsewhere = await gateway.signedIn('tara');
  // Otto's browser with Tara's cookie; Tara's with Otto's; Tara's cookie of another workstation.
  const borrowed: readonly (readonly [Technician, string, Technician])[] = [
    [otto, tara.cookie, otto],
    [tara, otto.cookie, tara],
    [tara, elsewhere.cookie, tara],
    [elsewhere, tara.cookie, elsewhere],
  ];
  for (const [signer, cookie] of borrowed) {
    const jws = await signer.signedRequest(held.opened, ['view']);
    const thief = new Technician(gateway.running.consoleUrl);
    thief.cookie = cookie;
    const answer = await hand(thief, held, jws);
    assert.equal(answer.body['code'], 'SESSION_REQUEST_INVALID', answer.text);
  }
  // One that was signed rightly is of no use to somebody else either.
  const jws = await tara.signedRequest(held.opened, ['view']);
  assert.equal((await hand(otto, held, jws)).body['code'], 'SESSION_REQUEST_INVALID');
  assert.equal(await of(held, 'session-requested'), 0);
});

test('request: one technician at two workstations has one request, and one grant', async () => {
  const held = await waiting();
  const elsewhere = await gateway.signedIn('tara');
  const [here, there] = await Promise.all([
    tara.signedRequest(held.opened, ['view']),
    elsewhere.signedRequest(held.opened, ['view']),
  ]);
  await Promise.all([hand(tara, held, here), hand(elsewhere, held, there)]);
  await held.cart.grant(['view']);
  await sessionIs(tara, held.opened, 'granted');
  const fetches = { body: { directory: 'exports', path: 'a' } };
  const target = `/api/cases/${held.opened.id}/fetches`;
  const codes = [
    await tara.ask('POST', target, fetches),
    await elsewhere.ask('POST', target, fetches),
  ];
  const refused = codes.filter(({ body }) => body['code'] === 'SESSION_HELD_BY_ANOTHER');
  // The later request took the earlier one's place; nobody holds the session but who signed it.
  assert.equal(refused.length, 1, codes.map(({ text }) => text).join());
  assert.equal(held.cart.offers.at(-1)?.requests.length, 1);
});
