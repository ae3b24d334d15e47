/**
 * Goal: a second designated technician sees what the first one sees after the operator's yes only, and nothing else; the panel, the
 * console, both journals and the receipt name them; the operator, a pause, the interlock and the end put them out; both viewings are
 * recorded. Method: a real gateway, a real cart with the built-in cine, and two technicians at two licensed workstations whose
 * viewers compare pixels.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition.ts';
import { eventually } from '../harness/eventually.ts';
import type { RFBViewer } from '../harness/rfb-viewer.ts';
import { Technician } from '../harness/technician.ts';
import type { Session } from '../harness/technician.ts';
import { startDay } from './day.ts';
import type { Day } from './day.ts';

const WATCH = 'watch/screen';
/** The desk lets nobody ask much more often. */
const ASK_AGAIN_MS = 1000;
/** Where the cine stands still: the text of the built-in screen. */
const STILL = [...Array(60).keys()].map((x) => [20 + x * 4, 24] as const);

let day: Day;
let second: Technician;
let name = '';
before(async () => {
  day = await startDay({}, { kind: 'demo', encoder: { mode: 're-encoder', ffmpeg: null } });
  const { system, opened, technician } = day;
  const person = DEMO_SIGN_INS.find(({ roles }) => roles.includes('lead')) ?? assert.fail();
  second = await Technician.signIn({
    consoleUrl: system.consoleUrl,
    licenceCode: await system.issueWorkstationLicence('Second'),
    login: person.directory.login,
    directoryPassword: person.directory.password,
    userId: person.gateway.userId,
    gatewayPassword: person.gateway.password,
  });
  name = second.person?.name ?? '';
  await technician.designate(opened.id, second.person?.id ?? '');
  await day.openSession(['view', 'control', 'fetch-files']);
});
after(async () => await day[Symbol.asyncDispose]());

const screenOf = async (technician: Technician, place?: string): Promise<RFBViewer> =>
  // The cine is unpacked at the first opening, which a busy machine may need longer for than a screen waits.
  await eventually('the screen', () =>
    technician.openScreen(day.opened.id, place).catch(() => null),
  );
const stateOf = ({ watching }: Session): string | undefined => watching?.state;

async function letIn(): Promise<void> {
  const { operator, opened } = day;
  // After a question without a yes the next one waits.
  const asked = await eventually('the question to be put', () =>
    second.watch(opened).catch(async (fault: unknown) => {
      if ((fault as { code?: string }).code !== 'WATCH_ASKED_TOO_SOON') throw fault;
      await delay(ASK_AGAIN_MS);
      return null;
    }),
  );
  assert.equal(stateOf(asked), 'asked');
  const { watching } = await operator.viewWhen(
    'the question',
    (view) => view.watching.asked !== null,
  );
  assert.equal(watching.asked?.technicianName, name);
  assert.equal(watching.asked?.comparisonCode, asked.watching?.comparisonCode);
  await operator.allowWatch(watching.asked?.number ?? 0);
  await second.sessionWhen(opened.id, (session) => stateOf(session) === 'granted');
}

test('nobody watches before the yes; then both see the same, and who watches can do nothing', async () => {
  const { operator, technician, opened } = day;
  const before = await second.session(opened.id);
  assert.equal(before.technicianName, technician.person?.name);
  assert.ok(before.watching?.challenge !== null && before.grant === null);
  await assert.rejects(second.watch(opened, { activities: ['view', 'control'] }), {
    code: 'SESSION_REQUEST_INVALID',
  });
  await assert.rejects(technician.watch(opened), { code: 'WATCH_TAKEN' });
  const holder = await screenOf(technician);
  await holder.nextFrames(1);
  await letIn();
  assert.equal((await operator.view()).watching.watcher?.technicianName, name);
  const told = await technician.session(opened.id);
  assert.deepEqual([stateOf(told), told.watching?.name], ['granted', name]);

  const watcher = await screenOf(second, WATCH);
  await watcher.nextFrames(1);
  const differing = (): number =>
    STILL.filter(([x, y]) => holder.pixel(x, y) !== watcher.pixel(x, y)).length;
  await eventually('the same picture', () => (differing() === 0 ? true : null));
  const colours = new Set(STILL.map(([x, y]) => watcher.pixel(x, y)));
  assert.ok(colours.size > 1, 'there is something to see');

  for (const [method, path, body] of [
    ['POST', 'fetches', { directory: 'logs', path: 'x' }],
    ['POST', 'session/masks/ask', { mask: 'whole-screen', reason: 'To look at it.', minutes: 5 }],
    ['GET', 'session/directories', undefined],
    ['POST', 'session/leave', {}],
  ] as const)
    await assert.rejects(second.call(method, `/api/cases/${opened.id}/${path}`, body), {
      code: 'SESSION_HELD_BY_ANOTHER',
    });
  await assert.rejects(second.watch(opened), { code: 'WATCH_TAKEN' });

  await operator.stopWatch();
  await watcher.closed;
  await second.sessionWhen(opened.id, (session) => stateOf(session) === 'nobody');
  await holder.nextFrames(1);
  assert.equal((await operator.view()).watching.watcher, null);
  holder.close();
});

test('a no is a no; a pause puts out who watches, and going on lets nobody back in', async () => {
  const { operator, opened } = day;
  await second.watch(opened);
  await operator.viewWhen('the question', (view) => view.watching.asked !== null);
  await operator.refuseWatch();
  await second.sessionWhen(opened.id, (session) => stateOf(session) === 'refused');
  await letIn();
  const watcher = await screenOf(second, WATCH);
  await operator.pause();
  await watcher.closed;
  await second.sessionWhen(opened.id, (session) => stateOf(session) === 'nobody');
  await operator.lift();
  await second.sessionWhen(opened.id, (session) => !session.paused);
  assert.equal((await operator.view()).watching.watcher, null);
  const again = await second.openScreen(opened.id, WATCH).catch(() => null);
  assert.equal(again, null);
});

test('a sign-out ends the watching and not the session; ledger, journal, recordings and receipt tell of all of it', async () => {
  const { operator, technician, opened } = day;
  await letIn();
  const watcher = await screenOf(second, WATCH);
  await watcher.nextFrames(1);
  await second.call('POST', '/api/sign-out', {});
  await watcher.closed;
  await operator.viewWhen('nobody who watches', (view) => view.watching.watcher === null);
  const { state } = await technician.session(opened.id);
  assert.ok(state === 'open' || state === 'granted', state);

  await operator.end();
  await technician.sessionWhen(opened.id, (session) => session.state === 'ended');
  const timeline = (await technician.call('GET', `/api/cases/${opened.id}/timeline`)) as {
    readonly entries: readonly { readonly kind: string; readonly who: string | null }[];
  };
  const kinds = timeline.entries.filter(({ kind }) => kind.startsWith('watch-'));
  const count = (kind: string): number => kinds.filter((entry) => entry.kind === kind).length;
  assert.deepEqual([count('watch-asked'), count('watch-granted'), count('watch-ended')], [4, 3, 3]);
  assert.ok(kinds.every(({ who }) => who === name));
  const begun = timeline.entries.filter(({ kind }) => kind === 'recording-begun');
  assert.ok(
    begun.some(({ who }) => who === name),
    'what was watched is recorded, too',
  );
  const journal = await eventually('the receipt', async () => {
    const evidence = await technician.raw('GET', `/api/cases/${opened.id}/evidence`);
    const text = await evidence.text();
    // Each entry is a line of its own within the bundle.
    if (text.includes(String.raw`\"watch-ended\"`)) return text;
    await delay(ASK_AGAIN_MS);
    return null;
  });
  assert.ok(!journal.includes(name), 'no name in the ledger');
});
