// Goal: a cart that lies about who may watch opens nothing, and its lie is in the ledger; what it does not take back is taken back here.
// Method: a gateway with real TLS, database and ledger in this process, a scripted cart that signs what it likes, and two technicians.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
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
import type { WatchGrantClaims } from '@chaperone/protocol/signed/claims.ts';
import { eventually } from '../../harness/eventually.ts';

let gateway: TestGateway;
let tara: Technician;
let lena: Technician;
let serials = 0;
before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
  lena = await gateway.signedIn('lena');
});
after(async () => await gateway[Symbol.asyncDispose]());

interface Held {
  readonly cart: ScriptedCart;
  readonly serial: string;
  readonly opened: TestCase;
}

/** Tara holds the session, Lena is designated, too. */
async function held(hello: object = { protocol: { min: 1, max: 4 } }): Promise<Held> {
  const serial = `US-WATCHED-${(serials += 1)}`;
  const cart = await gateway.enrolCart(serial);
  cart.hello = hello;
  const opened = await openCase(tara, serial);
  const body = { technician: lena.id };
  const designated = await lena.ask('POST', `/api/cases/${opened.id}/designations`, { body });
  assert.equal(designated.status, 200, designated.text);
  await cart.connect();
  await grantSession(tara, cart, opened, ['view', 'control']);
  return { cart, serial, opened };
}

async function ask({ cart, opened }: Held, change: object = {}) {
  const { body: detail } = await lena.ask('GET', `/api/cases/${opened.id}/session`);
  const { challenge } = (detail['watching'] ?? {}) as { challenge?: string };
  const jws = await lena.signedRequest(opened, ['view'], {
    ...{ purpose: 'watch', grant: cart.grantClaims?.jti, challenge },
    ...change,
  });
  return await lena.ask('POST', `/api/cases/${opened.id}/session/watch`, { body: { jws } });
}

async function asked(stage: Held): Promise<void> {
  const answer = await ask(stage);
  assert.equal(answer.status, 200, answer.text);
}

/** The code with which the desk closes the WebSocket of who wants to watch. */
async function refusal({ opened }: Held): Promise<string> {
  const socket = lena.webSocket(`/api/cases/${opened.id}/session/watch/screen`);
  const [, reason] = (await once(socket, 'close')) as [number, Buffer];
  return reason.toString();
}

async function nothingOpened(stage: Held): Promise<void> {
  assert.equal(await refusal(stage), 'NO_SESSION');
  assert.ok(!stage.cart.asked.includes('CONNECT screen'));
  const facts = await factsOf(gateway.running);
  const letIn = facts.filter(
    (fact) => fact.kind === 'watch-granted' && fact.caseId === stage.opened.id,
  );
  assert.deepEqual(letIn, []);
  // Who holds the session has lost nothing by it.
  await sessionIs(tara, stage.opened, 'granted');
}

const watchingIs = async ({ opened }: Held, state: string): Promise<unknown> =>
  await sessionIs(lena, opened, 'granted', ({ watching }) => {
    return (watching as { state?: string } | null)?.state === state;
  });

const LIES: readonly (readonly [string, (stage: Held) => Partial<WatchGrantClaims>])[] = [
  ['for who holds the session', () => ({ sub: tara.id, name: tara.name })],
  ['under another name', () => ({ name: 'Somebody Else' })],
  ['for another workstation', () => ({ workstation: tara.workstation })],
  ['for another workstation key', () => ({ workstationKey: 'A'.repeat(43) })],
  ['for another case', () => ({ case: newId('case', randomBytes) })],
  ['in the name of another cart', () => ({ iss: 'US-OTHER' })],
  ['for another session', () => ({ session: newId('session', randomBytes) })],
  ['of another grant', () => ({ watches: newId('grant', randomBytes) })],
  [
    'by the id of the grant that is watched',
    ({ cart }) => ({ jti: cart.grantClaims?.jti ?? assert.fail() }),
  ],
  ['with a member too many', () => ({ activities: ['control'] }) as Partial<WatchGrantClaims>],
];
for (const [what, change] of LIES) {
  test(`grant to watch: ${what} opens nothing`, async () => {
    const stage = await held();
    await asked(stage);
    await stage.cart.grantWatch(change(stage));
    await factOf(
      gateway.running,
      'cart-refused',
      (fact) => fact.cart === stage.serial && fact.code === 'GRANT_INVALID',
    );
    await nothingOpened(stage);
    await eventually('the cart to be told', () => (stage.cart.watchLeaves > 0 ? true : null));
  });
}

test('a grant of a session, or one that nobody asked for, lets nobody watch', async () => {
  const stage = await held();
  const { cart } = stage;
  await asked(stage);
  cart.showWatch(await cart.sign(TYP.grant, { ...cart.grantClaims, sub: lena.id }));
  await watchingIs(stage, 'nobody');
  await nothingOpened(stage);
  cart.showWatch(await cart.sign(TYP.watchGrant, { jti: newId('grant', randomBytes) }));
  await eventually('the cart to be told twice', () => (cart.watchLeaves > 1 ? true : null));
  await nothingOpened(stage);
});

test('a code that is not what the workstation computes asks nobody', async () => {
  const stage = await held();
  stage.cart.interfere = (stream, headers) => {
    if (headers[':path'] !== '/v1/watch') return false;
    const body = { request: newId('request', randomBytes), comparisonCode: '000 000', number: 1 };
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(JSON.stringify(body));
    return true;
  };
  assert.equal((await ask(stage)).body['code'], 'CART_MISBEHAVED');
  await nothingOpened(stage);
});

test('who was let in is put out when the cart says so, and by the desk at once when they leave', async () => {
  const stage = await held();
  const { cart, opened } = stage;
  const looking = async () => {
    const socket = lena.webSocket(`/api/cases/${opened.id}/session/watch/screen`);
    await once(socket, 'message');
    return socket;
  };
  await asked(stage);
  await cart.grantWatch();
  await watchingIs(stage, 'granted');
  const first = await looking();
  // Tara has no part in it: what is Lena's is not hers.
  const hers = tara.webSocket(`/api/cases/${opened.id}/session/watch/screen`);
  const [, reason] = (await once(hers, 'close')) as [number, Buffer];
  assert.equal(reason.toString(), 'NO_SESSION');
  const over = once(first, 'close');
  cart.showWatch(null);
  await over;
  await watchingIs(stage, 'nobody');

  await asked(stage);
  await cart.grantWatch();
  await watchingIs(stage, 'granted');
  const second = await looking();
  const left = once(second, 'close');
  await lena.ask('POST', `/api/cases/${opened.id}/session/watch/leave`, {});
  await left;
  await eventually('the cart to be told', () => (cart.watchLeaves > 0 ? true : null));
  const facts = (await factsOf(gateway.running)).filter(
    (fact) => 'caseId' in fact && fact.caseId === opened.id && fact.kind.startsWith('watch-'),
  );
  assert.deepEqual(
    facts.map(({ kind }) => kind),
    [1, 2].flatMap(() => ['watch-asked', 'watch-granted', 'watch-ended']),
  );
});

test('a cart of an earlier version is not asked at all', async () => {
  const stage = await held({});
  assert.equal((await ask(stage)).body['code'], 'WATCHING_UNKNOWN');
  assert.ok(!stage.cart.asked.includes('POST /v1/watch'));
});
