// Goal: a cart with a valid certificate gains nothing by lying about grants, receipts and its journal, or by speaking in the
// name of another cart; each lie is in the ledger, a few times at most.
// Method: a gateway with real TLS, database and ledger in this process, scripted carts that sign what they like, and an
// honest cart beside them.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import {
  factOf,
  factsOf,
  newTestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type {
  Technician,
  TestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import {
  grantSession,
  openCase,
  sessionIs,
} from '@chaperone/gateway/composition/testing/session-script.ts';
import type { TestCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import type { ScriptedCart } from '@chaperone/gateway/desk/tunnel/testing/scripted-cart.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import type { GrantClaims } from '@chaperone/protocol/signed/claims.ts';
import { appendLeaf, EMPTY_FRONTIER, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { eventually } from '../../harness/eventually.ts';

let gateway: TestGateway;
let tara: Technician;
let lena: Technician;
let honestCart: ScriptedCart;
let honestCase: TestCase;
let serials = 0;

before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
  lena = await gateway.signedIn('lena');
  honestCart = await gateway.enrolCart('US-HONEST-1');
  honestCase = await openCase(tara, 'US-HONEST-1');
  await honestCart.connect();
  await grantSession(tara, honestCart, honestCase, ['view']);
});
after(async () => await gateway[Symbol.asyncDispose]());

interface Hostile {
  readonly serial: string;
  readonly cart: ScriptedCart;
  readonly opened: TestCase;
}

async function hostile(): Promise<Hostile> {
  const serial = `US-LIES-${(serials += 1)}`;
  const cart = await gateway.enrolCart(serial);
  const opened = await openCase(lena, serial);
  return { serial, cart, opened };
}

async function requested(
  { cart, opened }: Hostile,
  activities: readonly Activity[] = ['view'],
): Promise<void> {
  await cart.connect();
  await sessionIs(lena, opened, 'waiting');
  const jws = await lena.signedRequest(opened, activities);
  const target = `/api/cases/${opened.id}/session/request`;
  const answer = await lena.ask('POST', target, { body: { jws } });
  assert.equal(answer.status, 200, answer.text);
}

const of = async (cart: string): Promise<readonly LedgerFact[]> =>
  (await factsOf(gateway.running)).filter((fact) => 'cart' in fact && fact.cart === cart);
const refusals = async (cart: string, code: string): Promise<number> =>
  (await of(cart)).filter((fact) => fact.kind === 'cart-refused' && fact.code === code).length;
const refusedFor = async (cart: string, code: string): Promise<void> =>
  void (await factOf(
    gateway.running,
    'cart-refused',
    (fact) => fact.cart === cart && fact.code === code,
  ));

/** Nothing was opened for the hostile cart's case, and the honest session is as it was. */
async function nothingOpened({ opened }: Hostile): Promise<void> {
  const facts = await factsOf(gateway.running);
  const opens = facts.filter((fact) => fact.kind === 'grant-received' && fact.caseId === opened.id);
  assert.deepEqual(opens, []);
  const target = `/api/cases/${opened.id}/fetches`;
  const asked = await lena.ask('POST', target, { body: { directory: 'exports', path: 'a' } });
  assert.equal(asked.body['code'], 'NO_SESSION', asked.text);
  await sessionIs(tara, honestCase, 'granted');
}

const LIES: readonly (readonly [string, (held: Hostile) => Partial<GrantClaims>])[] = [
  ['for another technician', () => ({ sub: tara.id, name: tara.name })],
  ['under another name', () => ({ name: 'Somebody Else' })],
  ['for another case', () => ({ case: honestCase.id as GrantClaims['case'] })],
  ['for another case number', () => ({ caseNumber: honestCase.number })],
  ['for another workstation', () => ({ workstation: tara.workstation })],
  ['for another workstation key', () => ({ workstationKey: 'A'.repeat(43) })],
  ['in the name of another cart', () => ({ iss: 'US-HONEST-1' })],
  ['for the session of another cart', () => ({ session: honestCart.session })],
  ['for a session that never was', () => ({ session: newId('session', randomBytes) })],
  ['wider than what was asked', () => ({ activities: ['view', 'control', 'send-files'] })],
  ['with a member too many', () => ({ trusted: true }) as Partial<GrantClaims>],
  ['for no time that there is', () => ({ durationS: -1 })],
];
for (const [what, change] of LIES) {
  test(`grant: ${what} opens nothing`, async () => {
    const held = await hostile();
    await requested(held);
    await held.cart.grant(['view'], change(held));
    await refusedFor(held.serial, 'GRANT_INVALID');
    await nothingOpened(held);
  });
}

test('grant: one that nobody asked for opens nothing, however often it is shown', async () => {
  const held = await hostile();
  await requested(held);
  const forged = await held.cart.grant(['view'], { sub: tara.id, name: tara.name });
  assert.equal(forged.sub, tara.id);
  // The cart does not go, and shows it again and again: one entry, not one each time.
  held.cart.interfere = (stream, headers) => {
    if (headers[':path'] !== '/v1/session/end') return false;
    stream.respond({ ':status': 204 }, { endStream: true });
    return true;
  };
  for (let times = 0; times < 150; times += 1) held.cart.show();
  await refusedFor(held.serial, 'GRANT_INVALID');
  await nothingOpened(held);
  assert.equal(await refusals(held.serial, 'GRANT_INVALID'), 1);
});

test('grant: signed by another key opens nothing', async () => {
  const [held, other] = [await hostile(), await hostile()];
  await requested(held);
  const claims = await held.cart.grant(['view'], { sub: 'nobody' });
  await refusedFor(held.serial, 'GRANT_INVALID');
  held.cart.drop();
  held.cart.renew();
  await requested(held);
  held.cart.grantJWS = await other.cart.sign(TYP.grant, { ...claims, session: held.cart.session });
  held.cart.phase = 'granted';
  held.cart.show();
  await factOf(gateway.running, 'cart-disconnected', (fact) => fact.cart === held.serial);
  await nothingOpened(held);
});

test('grant: one of an earlier session, shown again in a later one, opens nothing', async () => {
  const held = await hostile();
  await requested(held);
  await held.cart.grant(['view']);
  await sessionIs(lena, held.opened, 'granted');
  const old = held.cart.grantJWS;
  await held.cart.end('operator-ended');
  await sessionIs(lena, held.opened, 'ended');
  held.cart.drop();
  held.cart.renew();
  await requested(held);
  held.cart.grantJWS = old;
  held.cart.phase = 'granted';
  held.cart.show();
  await refusedFor(held.serial, 'GRANT_INVALID');
  const opens = (await factsOf(gateway.running)).filter(
    (fact) => fact.kind === 'grant-received' && fact.caseId === held.opened.id,
  );
  assert.equal(opens.length, 1);
});

test('grant: a view that says more than was signed gives no more, in activities and in time', async () => {
  const held = await hostile();
  await requested(held, ['view', 'fetch-files']);
  await held.cart.grant(['view', 'fetch-files'], { durationS: 1 });
  await sessionIs(lena, held.opened, 'granted');
  held.cart.show({
    activities: ['view', 'control', 'fetch-files', 'send-files'],
    grantEndsInMs: Number.MAX_SAFE_INTEGER,
    inputRefused: 7,
  });
  const told = (shown: Readonly<Record<string, unknown>>): boolean => shown['inputRefused'] === 7;
  const seen = await sessionIs(lena, held.opened, 'granted', told);
  assert.deepEqual(seen['activities'], ['view', 'fetch-files']);
  assert.ok(Number(seen['secondsLeft']) <= 1, String(seen['secondsLeft']));
  // The signed second passes, and with it every use, though the cart never says so.
  await eventually('the end of the signed time', async () => {
    const target = `/api/cases/${held.opened.id}/session/files?directory=exports`;
    const { status, body } = await lena.ask('GET', target);
    return status === 409 && body['code'] === 'NO_SESSION';
  });
});

test('grant: an activity that was not granted is refused here too, whatever the cart says', async () => {
  const held = await hostile();
  await requested(held);
  await held.cart.grant(['view']);
  await sessionIs(lena, held.opened, 'granted');
  held.cart.show({ activities: ['view', 'fetch-files'], inputRefused: 8 });
  await sessionIs(lena, held.opened, 'granted', (shown) => shown['inputRefused'] === 8);
  const asked = await lena.ask('POST', `/api/cases/${held.opened.id}/fetches`, {
    body: { directory: 'exports', path: 'a' },
  });
  assert.equal(asked.body['code'], 'ACTIVITY_NOT_GRANTED', asked.text);
});

test('receipt: one that does not verify, or of another session, is not kept', async () => {
  for (const make of [
    (_held: Hostile) => 'a.b.c',
    async ({ cart }: Hostile) => await cart.sign(TYP.sessionReceipt, { nothing: true }),
    async ({ cart, serial }: Hostile) => await receipt(cart, serial, honestCart.session),
    async ({ cart }: Hostile) => await receipt(cart, 'US-HONEST-1', cart.session),
    async ({ serial, cart }: Hostile) => await receipt(honestCart, serial, cart.session),
  ]) {
    const held = await hostile();
    await requested(held);
    await held.cart.grant(['view']);
    await sessionIs(lena, held.opened, 'granted');
    await held.cart.end('operator-ended', await make(held));
    await refusedFor(held.serial, 'GRANT_INVALID');
    const ended = await factOf(
      gateway.running,
      'session-ended',
      (fact) => fact.sessionId === held.cart.session,
    );
    assert.equal(ended.receiptDigest, null);
  }
  await sessionIs(tara, honestCase, 'granted');
});

test('journal: forks, rollbacks and heads that do not verify are noted, and what is kept stays', async () => {
  const { serial, cart } = await hostile();
  const journals = async (lines: readonly string[], head: object, kept = lines): Promise<void> => {
    cart.drop();
    cart.renew();
    cart.interfere = (stream, headers) => {
      const [, from] = /^\/v1\/journal\?from=(\d+)/.exec(headers[':path'] ?? '') ?? [];
      if (from === undefined) return false;
      void cart.sign(TYP.journalHead, head).then((jws) => {
        stream.respond({ ':status': 200, 'content-type': 'application/json' });
        stream.end(JSON.stringify({ entries: kept.slice(Number(from)), head: jws }));
      });
      return true;
    };
    await cart.connect();
  };
  const good = [line(0), line(1), line(2)];
  await journals(good, headOf(serial, good));
  await factOf(gateway.running, 'journal-reconciled', (fact) => fact.cart === serial);
  const fork = [...good.slice(0, 2), line(2, 'another'), line(3)];
  const cases = [
    ['JOURNAL_REWRITTEN', fork, headOf(serial, fork)],
    ['JOURNAL_SHORTER', good.slice(0, 1), headOf(serial, good.slice(0, 1))],
    ['JOURNAL_HEAD_INVALID', good, headOf('US-HONEST-1', good)],
    ['JOURNAL_HEAD_INVALID', good, { nothing: true }],
    ['JOURNAL_MALFORMED', [...good, line(9)], headOf(serial, [...good, line(9)])],
    ['JOURNAL_MALFORMED', [...good, 'no entry'], headOf(serial, [...good, 'no entry'])],
    ['JOURNAL_MALFORMED', [...good, 'a\nb'], headOf(serial, [...good, 'a\nb'])],
  ] as const;
  for (const [code, lines, head] of cases) {
    const before = await diverged(serial, code);
    await journals(lines, head);
    while ((await diverged(serial, code)) === before)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const more = [...good, line(3)];
  await journals(more, headOf(serial, more));
  await factOf(
    gateway.running,
    'journal-reconciled',
    (fact) => fact.cart === serial && fact.size === 4,
  );
});

test('identity: a hello with the serial or the session of another cart is refused in its own name', async () => {
  const [claims, joins] = [await hostile(), await hostile()];
  claims.cart.hello = { serial: 'US-HONEST-1' };
  await claims.cart.dial('interactive');
  await refusedFor(claims.serial, 'SERIAL_MISMATCH');
  joins.cart.session = honestCart.session;
  await joins.cart.dial('interactive');
  await refusedFor(joins.serial, 'SESSION_OF_ANOTHER_CART');
  // Its second connection does not become the honest cart's either.
  await joins.cart.dial('bulk');
  assert.equal(honestCart.connections, 2);
  assert.equal(await refusals('US-HONEST-1', 'SERIAL_MISMATCH'), 0);
  await sessionIs(tara, honestCase, 'granted');
  joins.cart.drop();
});

async function receipt(by: ScriptedCart, iss: string, session: string): Promise<string> {
  return await by.sign(TYP.sessionReceipt, {
    iss,
    session,
    grant: null,
    startedUtcMs: 1,
    endedUtcMs: 2,
    reason: 'operator-ended',
    filesFetched: 0,
    bytesFetched: 0,
    filesPlaced: 0,
    bytesPlaced: 0,
    inputRefused: 0,
    journalSize: 0,
    journalRoot: createHash('sha256').digest('base64url'),
    iat: 1,
  });
}

function line(index: number, what = 'session-ended'): string {
  return JSON.stringify({ index, utcMs: 1, fact: { kind: what } });
}

function headOf(iss: string, lines: readonly string[]): object {
  let frontier = EMPTY_FRONTIER;
  for (const each of lines) frontier = appendLeaf(frontier, lineHash(each));
  const root = Buffer.from(rootOf(frontier)).toString('base64url');
  return { iss, size: lines.length, root, iat: 1 };
}

async function diverged(cart: string, code: string): Promise<number> {
  return (await of(cart)).filter((fact) => fact.kind === 'journal-diverged' && fact.code === code)
    .length;
}
