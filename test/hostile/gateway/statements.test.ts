// Goal: the operator is shown only who asks for exactly this session from a licensed workstation, and what was granted once
// is not had again or made wider by a message that is forged, stale or replayed. Method: a scripted peer with the
// gateway's own keys, and what such a peer can make or keep, against the real agent over TLS and its real panel.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { TEST_CASE } from '@chaperone/cart/platform/testing/licensed-workstation.ts';
import type { LicensedWorkstation } from '@chaperone/cart/platform/testing/licensed-workstation.ts';
import type { ProblemCode } from '@chaperone/cart/platform/problem-table.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { Answer } from '@chaperone/cart/platform/testing/scripted-desk.ts';
import { FORGERIES } from './forgeries.ts';
import { anotherTechnician, offer, Stage } from './stage.ts';
import type { Foothold, GrantedFoothold } from './stage.ts';

/** Asserts that an offer was answered with this refusal alone, and that the operator sees nobody. */
async function assertNotShown(stage: Stage, answer: Answer, code: string): Promise<void> {
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json(), { shown: [], refused: [{ index: 0, code }] });
  assert.deepEqual((await stage.operator.view()).requests, []);
}

test('a forged request is not shown', async (t) => {
  const stage = await Stage.start(t);
  const foothold = await stage.connect();
  const other = await anotherTechnician(stage);
  const { certificates } = stage;
  const { workstation } = certificates;
  const captured = { hello: foothold.hello, workstation, other, certificates };
  for (const { name, code, make } of FORGERIES) {
    await t.test(name, async () => {
      await assertNotShown(stage, await offer(foothold, [await make(captured)]), code);
      stage.expectRefusal('request', code);
    });
  }
  await t.test('none of them can be consented to', async () => {
    const request = newId('request', randomBytes);
    await assert.rejects(stage.operator.consent(request, ['view']), { code: 'REQUEST_UNKNOWN' });
  });
  await stage.end(foothold);
  await stage.proveSound();
});

test('a request of the session before, or of the connection before, is not shown', async (t) => {
  const stage = await Stage.start(t);
  const first = await stage.grant(await stage.connect());
  await stage.end(first);
  const second = await stage.connect();
  await assertNotShown(stage, await offer(second, [first.request]), 'REQUEST_STALE');
  const { workstation } = stage.certificates;
  const before = await workstation.request(second.hello);
  second.interactive.destroy();
  const again = await stage.greet();
  await assertNotShown(stage, await offer(again, [before]), 'REQUEST_STALE');
  // An answer to a challenge that this cart gave out two connections ago.
  const old = { ...again.hello, challenge: first.hello.challenge };
  const stale = await workstation.request(old);
  await assertNotShown(stage, await offer(again, [stale]), 'REQUEST_STALE');
  stage.expectRefusal('request', 'REQUEST_STALE', 3);
  await stage.end(again);
  await stage.proveSound();
});

test('one request that is offered twice is shown once, also with its signature in another form', async (t) => {
  const stage = await Stage.start(t);
  const foothold = await stage.connect();
  const request = await stage.certificates.workstation.request(foothold.hello);
  const answer = await offer(foothold, [request, request, mirrored(request)]);
  const { shown, refused } = answer.json() as { shown: readonly unknown[]; refused: unknown };
  assert.equal(shown.length, 1);
  assert.deepEqual(refused, [
    { index: 1, code: 'REQUEST_INVALID' },
    { index: 2, code: 'REQUEST_INVALID' },
  ]);
  stage.expectRefusal('request', 'REQUEST_INVALID', 2);
  assert.equal((await stage.operator.view()).requests.length, 1);
  await stage.end(foothold);
  const lines = await stage.proveSound();
  const ours = lines.filter(({ sessionId }) => sessionId === foothold.hello.session);
  assert.equal(ours.filter(({ kind }) => kind === 'request-shown').length, 1);
});

test('one touch gives one grant: the same request is not consented to again', async (t) => {
  const stage = await Stage.start(t);
  const foothold = await stage.connect();
  await offer(foothold, [await stage.certificates.workstation.request(foothold.hello)]);
  const [shown] = (await stage.operator.view()).requests;
  const touch = (): Promise<unknown> => stage.operator.consent(shown?.id ?? '', ['view']);
  const touches = await Promise.allSettled([touch(), touch(), touch()]);
  assert.equal(touches.filter(({ status }) => status === 'fulfilled').length, 1);
  await assert.rejects(touch(), { code: 'OUT_OF_TURN' });
  await stage.end(foothold);
  const lines = await stage.proveSound();
  const ours = lines.filter(({ sessionId }) => sessionId === foothold.hello.session);
  assert.equal(ours.filter(({ kind }) => kind === 'grant-issued').length, 1);
});

interface LateOffer {
  readonly name: string;
  readonly requests: (stage: Stage, held: GrantedFoothold) => Promise<readonly string[]>;
  readonly offered?: object;
}

const OTHER_CASE = {
  id: newId('case', randomBytes),
  number: 'SC-2026-0099',
  facility: 'Elsewhere',
};

const LATE_OFFERS: readonly LateOffer[] = [
  { name: 'the request that was granted', requests: async (_, { request }) => [request] },
  {
    name: 'the same technician, for more activities',
    requests: async ({ certificates }, { hello }) => [
      await certificates.workstation.request(hello),
    ],
  },
  {
    name: 'another technician',
    requests: async (stage, { hello }) => [await (await anotherTechnician(stage)).request(hello)],
  },
  {
    name: 'another case',
    requests: async ({ certificates }, { hello }) => [
      await certificates.workstation.request(hello, {
        case: OTHER_CASE.id,
        caseNumber: OTHER_CASE.number,
      }),
    ],
    offered: OTHER_CASE,
  },
  { name: 'another case and nobody', requests: async () => [], offered: OTHER_CASE },
];

test('an offer after the grant widens nothing, and is refused', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect(), ['view']);
  for (const { name, requests, offered } of LATE_OFFERS) {
    await t.test(name, async () => {
      const late = await requests(stage, held);
      const answer = await offer(held, late, offered ?? TEST_CASE);
      const refused = late.map((_, index) => ({ index, code: 'OUT_OF_TURN' }));
      assert.deepEqual(answer.json(), { shown: [], refused });
      stage.expectRefusal('PUT offer', 'OUT_OF_TURN');
      const { session, requests: seen } = await stage.operator.view();
      assert.deepEqual(session?.activities, ['view']);
      assert.equal(session?.caseNumber, TEST_CASE.number);
      assert.deepEqual(seen, []);
      assert.equal((await held.interactive.hello()).grant, held.grantJWS);
    });
  }
  await stage.end(held);
  await stage.proveSound();
});

interface Resumption {
  readonly name: string;
  readonly code: ProblemCode;
  readonly make: (given: {
    readonly stage: Stage;
    readonly workstation: LicensedWorkstation;
    readonly held: GrantedFoothold;
    readonly again: Foothold;
  }) => Promise<string>;
}

const resuming = (
  { grantId }: GrantedFoothold,
  activities: readonly Activity[] = ['view', 'fetch-files'],
) => ({ purpose: 'resume' as const, grant: grantId as never, activities: [...activities] });

const RESUMPTIONS: readonly Resumption[] = [
  {
    name: 'the request of the beginning',
    code: 'REQUEST_STALE',
    make: async ({ held }) => held.request,
  },
  {
    name: 'a proof for the connection before',
    code: 'REQUEST_STALE',
    make: async ({ workstation, held }) => workstation.request(held.hello, resuming(held)),
  },
  {
    name: 'another licensed workstation and its technician',
    code: 'RESUME_REFUSED',
    make: async ({ stage, held, again }) =>
      (await anotherTechnician(stage)).request(again.hello, resuming(held)),
  },
  {
    name: 'another licensed workstation that names the same technician',
    code: 'RESUME_REFUSED',
    make: async ({ stage, workstation, held, again }) =>
      (await anotherTechnician(stage)).request(again.hello, {
        ...resuming(held),
        sub: workstation.technicianId,
      }),
  },
  {
    name: 'the same workstation under a key that it was given later',
    code: 'RESUME_REFUSED',
    make: async ({ stage, workstation, held, again }) => {
      const { der, key } = await stage.certificates.workstations.workstation(workstation.id);
      const claims = workstation.claims(again.hello, resuming(held));
      return workstation.sign(claims, { key, x5c: [der] });
    },
  },
  {
    name: 'more activities than were granted',
    code: 'RESUME_REFUSED',
    make: async ({ workstation, held, again }) =>
      workstation.request(again.hello, resuming(held, ['view', 'control', 'fetch-files'])),
  },
  {
    name: 'another case',
    code: 'REQUEST_STALE',
    make: async ({ workstation, held, again }) =>
      workstation.request(again.hello, { ...resuming(held), case: OTHER_CASE.id }),
  },
  {
    name: 'another grant',
    code: 'REQUEST_STALE',
    make: async ({ workstation, held, again }) =>
      workstation.request(again.hello, {
        ...resuming(held),
        grant: newId('grant', randomBytes),
      }),
  },
  {
    name: "a proof under the gateway's own key",
    code: 'REQUEST_UNTRUSTED',
    make: async ({ stage, workstation, held, again }) => {
      const { der, key } = stage.certificates.server;
      const claims = workstation.claims(again.hello, resuming(held));
      return workstation.sign(claims, { key, x5c: [der] });
    },
  },
];

test('only the same workstation, over a fresh challenge, resumes, and no proof works twice', async (t) => {
  const stage = await Stage.start(t);
  const { workstation } = stage.certificates;
  const held = await stage.grant(await stage.connect(), ['view', 'fetch-files']);
  const resume = ({ interactive }: Foothold, request: string): Promise<Answer> =>
    interactive.ask('POST', '/v1/session/resume', { body: { request } });
  const assertResumeRefused = (answer: Answer, code: ProblemCode): void =>
    stage.assertRefused(answer, 'POST session/resume', code);
  const uninterrupted = await workstation.request(held.hello, resuming(held));
  assertResumeRefused(await resume(held, uninterrupted), 'RESUME_REFUSED');

  held.interactive.destroy();
  const again = await stage.greet();
  for (const { name, code, make } of RESUMPTIONS) {
    await t.test(name, async () => {
      const request = await make({ stage, workstation, held, again });
      assertResumeRefused(await resume(again, request), code);
    });
  }
  const proof = await workstation.request(again.hello, resuming(held));
  const overBulk = await again.bulk.ask('POST', '/v1/session/resume', { body: { request: proof } });
  assertResumeRefused(overBulk, 'RESUME_REFUSED');
  assert.equal((await stage.operator.view()).session?.link, 'returned');
  assert.equal((await resume(again, proof)).status, 204);
  assertResumeRefused(await resume(again, proof), 'RESUME_REFUSED');

  again.interactive.destroy();
  const third = await stage.greet();
  assertResumeRefused(await resume(third, proof), 'REQUEST_STALE');
  assert.equal((await stage.operator.view()).session?.link, 'returned');
  await stage.end(third);
  await stage.proveSound();
});

/** Gives an ECDSA signature its other form, (r, n - s): as good as the first, and anybody can make it. */
function mirrored(jws: string): string {
  const at = jws.lastIndexOf('.');
  const signature = Buffer.from(jws.slice(at + 1), 'base64url');
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const s = BigInt(`0x${signature.toString('hex', 32)}`);
  const other = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex');
  const bytes = Buffer.concat([signature.subarray(0, 32), other]);
  return `${jws.slice(0, at)}.${bytes.toString('base64url')}`;
}
