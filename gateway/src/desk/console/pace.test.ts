/**
 * Goal: one technician cannot keep the ledger, the carts or the disk busy, and nobody else notices that they tried.
 * Method: a running gateway whose clock stands still, and floods of one technician beside the work of another.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTestGateway, factsOf } from '../../composition/testing/gateway-harness.ts';
import { openCase } from '../../composition/testing/session-script.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { ROUTE_TABLE } from './console.ts';
import { RequestsTooMany } from './console-error.ts';
import { Paces } from './pace.ts';
import { FOLDER_FILES_MAX } from '../transfer/transfer.ts';
import { UploadsAtOnce } from './uploads-at-once.ts';

const caller = (id: string) => ({ id }) as Parameters<UploadsAtOnce['take']>[0];

test('a flood of notes is answered 429 with Retry-After, and others go on', async () => {
  const clock = new ManualClock(Date.now());
  await using gateway = await newTestGateway({ clock });
  await gateway.enrolCart('US-1');
  await gateway.enrolCart('US-2');
  const tara = await gateway.signedIn('tara');
  const lena = await gateway.signedIn('lena');
  const own = await openCase(tara, 'US-1');
  const other = await openCase(lena, 'US-2');
  const note = { body: { text: 'again' } };
  let refused = 0;
  for (let times = 0; times < 140; times += 1) {
    const answer = await tara.ask('POST', `/api/cases/${own.id}/notes`, note);
    if (answer.status === 200) continue;
    assert.equal(answer.status, 429, answer.text);
    assert.equal(answer.body['code'], 'REQUESTS_TOO_MANY');
    assert.equal(answer.headers['retry-after'], '1');
    refused += 1;
  }
  assert.ok(refused > 0);
  const notes = (await factsOf(gateway.running)).filter(({ kind }) => kind === 'note-added');
  assert.equal(notes.length, 140 - refused);
  // It counts the technician, not the sign-in; somebody else has a pace of their own.
  const again = await gateway.signedIn('tara');
  assert.equal((await again.ask('POST', `/api/cases/${own.id}/notes`, note)).status, 429);
  assert.equal((await lena.ask('POST', `/api/cases/${other.id}/notes`, note)).status, 200);
  // What only reads is open, and after a while all is as before.
  assert.equal((await tara.ask('GET', `/api/cases/${own.id}`)).status, 200);
  clock.advance(5_000);
  assert.equal((await tara.ask('POST', `/api/cases/${own.id}/notes`, note)).status, 200);
});

test('what costs slow hashes is asked for seldom, by one technician on all workstations', () => {
  const clock = new ManualClock(0);
  const paces = new Paces(clock);
  const taken = (who: string): number => {
    for (let times = 0; ; times += 1) {
      try {
        const routes = ['POST /api/me/password', 'POST /api/me/factor/recovery-codes'] as const;
        paces.take(routes[times % 2] ?? routes[0], caller(who));
      } catch (fault) {
        assert.ok(fault instanceof RequestsTooMany);
        return times;
      }
    }
  };
  assert.equal(taken('a'), 10);
  assert.equal(taken('b'), 10);
  clock.advance(30_000);
  assert.equal(taken('a'), 1);
});

test('a folder as large as may be is uploaded and sent without a wait; who goes on so is slowed', () => {
  const clock = new ManualClock(0);
  const paces = new Paces(clock);
  const routes = ['POST /api/cases/:case/uploads', 'POST /api/cases/:case/sends'] as const;
  for (let file = 0; file < FOLDER_FILES_MAX; file += 1)
    for (const route of routes) paces.take(route, caller('a'));
  for (const route of routes) {
    assert.throws(() => paces.take(route, caller('a')), RequestsTooMany);
    paces.take(route, caller('b'));
  }
  // What is asked for transfers is not held up by it.
  paces.take('POST /api/cases/:case/transfers/act', caller('a'));
  clock.advance(1_000);
  for (const route of routes) {
    paces.take(route, caller('a'));
    paces.take(route, caller('a'));
    assert.throws(() => paces.take(route, caller('a')), RequestsTooMany);
  }
});

test('every route that writes an entry or asks a cart has a pace', () => {
  const clock = new ManualClock(0);
  const free = Object.keys(ROUTE_TABLE).filter((route) => {
    const paces = new Paces(clock);
    try {
      for (let times = 0; times <= 2 * FOLDER_FILES_MAX; times += 1) paces.take(route, caller('a'));
      return true;
    } catch (fault) {
      assert.ok(fault instanceof RequestsTooMany);
      return false;
    }
  });
  assert.deepEqual(free, [
    // The gates have their own throttle; signing out ends what could be repeated.
    'GET /api/about',
    'GET /api/openapi.json',
    'POST /api/workstation/enrol',
    // Ten a day for each use.
    'POST /api/workstation/certificate',
    'POST /api/workstation/signing-key',
    'GET /api/workstation',
    // Has a pace of its own, by workstation.
    'POST /api/workstation/posture',
    'POST /api/sign-in/directory',
    'POST /api/sign-in/provider',
    'POST /api/sign-in/provider/answer',
    'POST /api/sign-in/gateway',
    'POST /api/sign-in/new-password',
    'POST /api/sign-in/factor/code',
    'POST /api/sign-in/factor/passkey/options',
    'POST /api/sign-in/factor/passkey',
    'POST /api/sign-in/factor/recovery-code',
    'POST /api/sign-in/enrolment/code/options',
    'POST /api/sign-in/enrolment/code',
    'POST /api/sign-in/enrolment/passkey/options',
    'POST /api/sign-in/enrolment/passkey',
    'POST /api/sign-in/enrolment/recovery-codes',
    'POST /api/sign-out',
    // What reads a little, as often as something changes.
    'GET /api/desk',
    'GET /api/events',
    'GET /api/me',
    'GET /api/me/sign-ins',
    'POST /api/me/sign-out-everywhere',
    'GET /api/me/factor',
    'GET /api/carts',
    'GET /api/technicians',
    'GET /api/cases',
    'GET /api/cases/:case',
    'GET /api/cases/:case/certificate',
    'GET /api/cases/:case/timeline',
    'GET /api/cases/:case/session',
    'GET /api/cases/:case/uploads',
    'OPTIONS /api/cases/:case/uploads',
    'GET /api/cases/:case/uploads/:transfer',
    // A file comes in as many pieces as it has: how many at once is limited by itself.
    'PATCH /api/cases/:case/uploads/:transfer',
    'GET /api/cases/:case/deidentification',
    'GET /api/cases/:case/exports',
    'GET /api/ledger/checkpoint',
    'GET /api/admin/accounts',
    'GET /api/admin/roles',
    'GET /api/admin/workstations',
    'GET /api/admin/licences',
    'GET /api/admin/carts',
    'GET /api/admin/carts/:serial/reports',
    'GET /api/admin/carts/:serial/reports/:report/file',
    'GET /api/admin/carts/:serial/reports/:report/page',
    'GET /api/admin/sign-ins',
    'GET /api/admin/sessions',
    'GET /api/proposals',
  ]);
});

test('uploads at once have a bound for each technician', () => {
  const uploads = new UploadsAtOnce();
  const ends = Array.from({ length: 8 }, () => uploads.take(caller('a')));
  assert.throws(() => uploads.take(caller('a')), RequestsTooMany);
  uploads.take(caller('b'))();
  ends[0]?.();
  uploads.take(caller('a'));
});
