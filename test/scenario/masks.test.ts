/**
 * Goal: what a template covers never reaches a technician's viewer until the operator says yes, and is covered again when they say so; both
 * sides have it written down, and the reason is the case's. Method: a real gateway and a real cart with the built-in cine, masks made from
 * a snapshot of it, and a viewer that compares pixels.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import {
  addLayout,
  connectSource,
  takeSnapshot,
  writeMaskTemplates,
} from '@chaperone/cart/screen/screen.ts';
import { sessionMasks } from '@chaperone/protocol/console-api/masks.ts';
import { eventually } from '../harness/eventually.ts';
import { startDay } from './day.ts';

const MODEL = 'Scenario Ultrasound';
const NAME = { x: 306, y: 10, width: 350, height: 58 };
/** Under the mask, and beside it. */
const UNDER = [310, 20] as const;
const MASK_COLOUR = 0x3a_4250;
const REASON = 'The line at the top is cut off.';

test('a covered line is seen after a yes only, and covered again; the ledger and a note of the case tell of it', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-masks-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const source = connectSource({ kind: 'demo' });
  const picture = await takeSnapshot(source, AbortSignal.timeout(60_000));
  await source.close();
  const text = writeMaskTemplates(
    addLayout([], MODEL, picture, {
      layout: 'exam',
      anchors: [{ x: 14, y: 14, width: 230, height: 46 }],
      masks: [{ name: 'patient-line', area: NAME, label: { en: 'Name of the patient' } }],
      clear: [],
    }),
  );
  const templatesFile = path.join(folder, 'masks.json');
  await writeFile(templatesFile, text);
  const templatesSha256 = createHash('sha256').update(text).digest('hex');
  await using day = await startDay(
    {},
    {
      kind: 'demo',
      encoder: { mode: 're-encoder', ffmpeg: null },
      masks: { templatesFile, templatesSha256 },
    },
  );
  const { operator, technician, opened } = day;
  await day.openSession(['view']);
  // The cine is unpacked at the first opening, which a busy machine may need longer for than a screen waits.
  const viewer = await eventually('the screen', () =>
    technician.openScreen(opened.id).catch(() => null),
  );
  const shows = async (isCovered: boolean): Promise<void> => {
    await eventually(isCovered ? 'the mask' : 'what is under it', () =>
      (viewer.pixel(...UNDER) === MASK_COLOUR) === isCovered ? true : null,
    );
  };
  await viewer.nextFrames(1);
  await shows(true);

  const address = `/api/cases/${opened.id}/session/masks`;
  const masks = async () => sessionMasks.parse(await technician.call('GET', address)).masks;
  const before = await masks();
  assert.deepEqual(
    [before?.rule, before?.mode, before?.layouts],
    ['template', 'configured', ['exam']],
  );
  const ask = (mask: string): Promise<unknown> =>
    technician.call('POST', `${address}/ask`, { mask, reason: REASON, minutes: 5 });
  await assert.rejects(ask('exam/worklist'), { code: 'MASK_UNKNOWN' });
  await ask('exam/patient-line');
  const { masks: told } = await operator.viewWhen(
    'the question',
    (view) => view.masks.asked !== null,
  );
  assert.equal(told.asked?.label?.en, 'Name of the patient');
  assert.deepEqual([told.asked?.reason, told.asked?.minutes], [REASON, 5]);
  assert.equal(viewer.pixel(...UNDER), MASK_COLOUR, 'asking shows nothing');
  await operator.allowUnmask(told.asked?.number ?? 0, 1);
  await shows(false);
  const open = (await masks())?.masks.find(({ name }) => name === 'exam/patient-line');
  assert.ok(
    open?.secondsOpen !== null && open?.secondsOpen !== undefined && open.secondsOpen <= 60,
  );
  await operator.coverAgain('exam/patient-line');
  await shows(true);
  assert.deepEqual((await operator.view()).masks.open, []);

  viewer.close();
  await operator.end();
  await technician.sessionWhen(opened.id, (session) => session.state === 'ended');
  const { notes } = await technician.case(opened.id);
  assert.ok(notes.some((note) => note.text.includes(REASON)));
  const timeline = (await technician.call('GET', `/api/cases/${opened.id}/timeline`)) as {
    readonly entries: readonly { readonly kind: string; readonly text: string }[];
  };
  const asked = timeline.entries.filter(({ kind }) => kind === 'unmask-asked');
  assert.ok(asked.some((entry) => entry.text.includes('exam/patient-line')));
  assert.ok(!JSON.stringify(asked).includes(REASON));
  assert.ok(!JSON.stringify([notes, timeline]).includes('worklist'), 'what the cart did not tell');
});
