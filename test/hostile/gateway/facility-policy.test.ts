// Goal: whatever a captured gateway asks, a cart keeps to the policy of its facility: hours, people, activities, types of files, the
// second person; and it takes no policy from a gateway that the facility did not sign. Method: a real cart with a facility's key and
// policy on its disk, and a peer that holds every key that a gateway holds; the cart's journal is held against what was refused.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { TestFacility } from '@chaperone/cart/facility-policy/testing/test-facility.ts';
import { TEST_CASE } from '@chaperone/cart/platform/testing/licensed-workstation.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { FacilityPolicyDocument } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import { Stage } from './stage.ts';
import type { GrantedFoothold } from './stage.ts';

async function policed(
  t: TestContext,
  change: Partial<FacilityPolicyDocument>,
): Promise<{ readonly stage: Stage; readonly facility: TestFacility }> {
  const facility = new TestFacility();
  const stage = await Stage.start(t, {}, ({ dataDirectory }) =>
    facility.bind(dataDirectory, change),
  );
  return { stage, facility };
}

/** What a gateway is told of an offer. */
async function offered(stage: Stage, activities: readonly Activity[]) {
  const foothold = await stage.connect();
  const { workstation } = stage.certificates;
  const jws = await workstation.request(foothold.hello, { activities: [...activities] });
  const answer = await foothold.interactive.ask('PUT', '/v1/offer', {
    body: { case: TEST_CASE, requests: [jws] },
  });
  const { shown, refused } = answer.json();
  return { foothold, shown, refused };
}

const closedNow: FacilityPolicyDocument['hours'] = {
  timeZone: 'UTC',
  week: {},
  exceptions: [],
  mayFinish: true,
};

test('outside its hours a cart dials nobody, whoever presses', async (t) => {
  const { stage } = await policed(t, { hours: closedNow });
  await assert.rejects(stage.operator.press(), /FACILITY_CLOSED/);
  const view = await stage.operator.view();
  assert.equal(view.phase, 'idle');
  assert.equal(view.facility?.isOpen, false);
  assert.ok((await stage.journal()).some(({ code }) => code === 'FACILITY_CLOSED'));
});

test('a technician of no group is not shown, however licensed the workstation is', async (t) => {
  const { stage } = await policed(t, {
    groups: [
      {
        name: 'others',
        technicians: [newId('technician', randomBytes)],
        workstations: 'every',
        activities: ['view'],
      },
    ],
  });
  const { refused, shown, foothold } = await offered(stage, ['view']);
  assert.deepEqual(shown, []);
  assert.deepEqual(refused, [{ index: 0, code: 'TECHNICIAN_NOT_ALLOWED' }]);
  assert.deepEqual((await stage.operator.view()).requests, []);
  await stage.end(foothold);
  assert.ok((await stage.journal()).some(({ code }) => code === 'TECHNICIAN_NOT_ALLOWED'));
});

test('an operator cannot give, and a gateway cannot use, what the facility does not allow', async (t) => {
  const { stage } = await policed(t, { activities: ['view', 'fetch-files'] });
  const { foothold } = await offered(stage, ['view', 'control', 'fetch-files', 'send-files']);
  const [shown] = (await stage.operator.view()).requests;
  assert.deepEqual(shown?.activities, ['view', 'fetch-files']);
  await assert.rejects(
    stage.operator.consent(shown?.id ?? '', ['view', 'send-files']),
    /ACTIVITY_NOT_ALLOWED/,
  );
  await stage.end(foothold);
});

async function grantedWith(stage: Stage): Promise<GrantedFoothold> {
  return await stage.grant(await stage.connect());
}

test('a program is fetched under no name, and is not placed under the name of a log', async (t) => {
  const logs = { allowed: [{ endings: ['.log'], kinds: ['text' as const] }], refused: [] };
  const { stage } = await policed(t, { files: { fetch: logs, send: logs } });
  await writeFile(path.join(stage.exposed, 'a.log'), 'a line\n');
  await writeFile(path.join(stage.exposed, 'tool.log'), '\u007fELF and more');
  const held = await grantedWith(stage);
  const fetch = (name: string) =>
    held.bulk.ask('GET', `/v1/content/images?path=${name}`, {
      headers: { ...held.granted, 'chaperone-transfer': newId('transfer', randomBytes) },
    });
  assert.equal((await fetch('a.log')).body.toString(), 'a line\n');
  for (const name of ['tool.log', 'image.bin']) {
    const answer = await fetch(name);
    assert.deepEqual([answer.status, answer.json()['code']], [403, 'FILE_TYPE_NOT_ALLOWED'], name);
  }
  const listing = (
    await held.interactive.ask('GET', '/v1/files/images?path=', { headers: held.granted })
  ).json()['entries'] as readonly { readonly name: string }[];
  assert.deepEqual(
    listing.map(({ name }) => name),
    ['a.log', 'study', 'tool.log'],
  );
  for (const [name, content, status] of [
    ['fine.log', 'all is well\n', 201],
    ['evil.log', '#!/bin/sh\nrm -rf /\n', 403],
    ['evil.sh', 'all is well\n', 403],
  ] as const) {
    const bytes = Buffer.from(content);
    const transfer = newId('transfer', randomBytes);
    const sha256 = createHash('sha256').update(bytes).digest('base64');
    const announced = await held.bulk.ask('POST', '/v1/inbox', {
      headers: held.granted,
      body: { transfer, name, bytes: bytes.length, sha256 },
    });
    const answer =
      announced.status === 201
        ? await held.bulk.ask('PATCH', `/v1/inbox/${transfer}`, {
            headers: { ...held.granted, 'upload-offset': '0' },
            body: bytes,
          })
        : announced;
    assert.equal(answer.status === 403 ? 403 : 201, status, `${name}: ${answer.status}`);
  }
  assert.deepEqual(await readdir(stage.inbox), ['fine.log']);
  await stage.end(held);
});

test('nobody is let in to control before a second person has said yes', async (t) => {
  const { stage } = await policed(t, {
    secondApproval: { activities: ['control'], approvers: [{ id: 'biomed', name: 'Jo Doe' }] },
  });
  const { foothold } = await offered(stage, ['view', 'control']);
  const [shown] = (await stage.operator.view()).requests;
  await stage.operator.consent(shown?.id ?? '', ['view', 'control']);
  const view = await stage.operator.view();
  assert.equal(view.phase, 'waiting');
  assert.deepEqual(view.approval?.approvers, [{ id: 'biomed', name: 'Jo Doe' }]);
  assert.equal((await foothold.interactive.hello()).grant, null);
  await stage.end(foothold);
});

test('a cart with a key and no policy that it can read begins nothing, and says so', async (t) => {
  const stage = await Stage.start(t, {}, async ({ dataDirectory }) => {
    await new TestFacility().bind(dataDirectory);
    // The gateway's own key in the place of the facility's signature.
    const other = new TestFacility();
    await writeFile(
      path.join(dataDirectory, 'facility-policy.json'),
      JSON.stringify({
        version: 1,
        policies: [{ policy: await other.policy({ version: 9 }), installedUtcMs: 1 }],
      }),
    );
  });
  await assert.rejects(stage.operator.press(), /FACILITY_POLICY_NOT_IN_FORCE/);
  assert.equal((await stage.operator.view()).facility?.trouble, 'damaged');
});

test('an honest session within the policy works, and the journal is sound', async (t) => {
  const { stage } = await policed(t, {});
  await stage.proveSound();
});
