// Goal: somebody who stands at a cart makes mask templates from a picture of its display, and sees what a technician would see, before they
// are in force; what cannot be a template is refused in a sentence. Method: the commands themselves, on the built-in demo's screen.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { readOwnPNG } from '../platform/drawing/png.ts';
import { carryOut } from './command.ts';

/** The demo's logo and its name, beside the patient's. */
const ANCHOR = { x: 14, y: 14, width: 230, height: 46 };
const NAME = { x: 306, y: 10, width: 350, height: 58 };
const DRAWING = {
  layout: 'exam',
  anchors: [ANCHOR],
  masks: [{ name: 'patient-line', area: NAME, label: { en: 'Name of the patient' } }],
  clear: [],
};
const MASK_COLOUR = 0x3a_4250;

async function stage(t: TestContext) {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-mask-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const at = (name: string): string => path.join(directory, name);
  const configuration = {
    dataDirectory: at('data'),
    cart: { serial: 'US-1', model: 'Demo' },
    gateway: { host: '127.0.0.1', port: 8443, serverName: 'rsupport.example' },
    serviceCentre: { name: 'C', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo' },
  };
  await writeFile(at('cart.json'), JSON.stringify(configuration));
  await writeFile(at('drawing.json'), JSON.stringify(DRAWING));
  const run = async (...words: readonly string[]) => {
    const said: string[] = [];
    const complained: string[] = [];
    const terminal = {
      say: (line: string) => void said.push(line),
      complain: (line: string) => void complained.push(line),
    };
    const code = await carryOut([...words, '--config', at('cart.json'), '--json'], terminal);
    const document = said.length === 0 ? {} : (JSON.parse(said.at(-1) ?? '') as Answer);
    return { code, complained: complained.join('\n'), document };
  };
  return { at, run };
}

interface Answer {
  readonly sha256?: string;
  readonly layouts?: readonly string[];
  readonly error?: { readonly code: string };
}

test('a snapshot, a drawing and a look at it make templates that recognise the display', async (t) => {
  const { at, run } = await stage(t);
  const taken = await run('mask', 'snapshot', '--png', at('screen.png'));
  assert.equal(taken.code, 0, taken.complained);
  assert.equal((await stat(at('screen.png'))).mode & 0o777, 0o600, 'it is not covered');
  const picture = readOwnPNG(await readFile(at('screen.png')));
  assert.ok(picture);

  const files = ['--templates', at('masks.json'), '--preview', at('seen.png')];
  const drawn = ['--drawing', at('drawing.json'), '--snapshot', at('screen.png')];
  const added = await run('mask', 'add', ...drawn, ...files);
  assert.equal(added.code, 0, added.complained);
  const text = await readFile(at('masks.json'));
  assert.equal(added.document.sha256, createHash('sha256').update(text).digest('hex'));
  assert.deepEqual(added.document.layouts, ['exam']);
  const seen = readOwnPNG(await readFile(at('seen.png')));
  assert.ok(seen);
  const expected = picture.pixels.slice();
  for (let y = NAME.y; y < NAME.y + NAME.height; y += 1) {
    const start = y * picture.width + NAME.x;
    expected.fill(MASK_COLOUR, start, start + NAME.width);
  }
  assert.ok(Buffer.from(expected.buffer).equals(Buffer.from(seen.pixels.buffer)));
  // The display as it is a moment later: its film and its clock go on.
  const checked = await run('mask', 'check', '--templates', at('masks.json'));
  assert.deepEqual([checked.code, checked.document.layouts], [0, ['exam']], checked.complained);
});

test('a display that is not recognised is told by the exit code', async (t) => {
  const { at, run } = await stage(t);
  const drawn = ['--drawing', at('drawing.json'), '--templates', at('masks.json')];
  assert.equal((await run('mask', 'add', ...drawn)).code, 0);
  const text = await readFile(at('masks.json'), 'utf8');
  await writeFile(at('masks.json'), text.replace(/[0-9a-f]{64}/, '0'.repeat(64)));
  const checked = await run('mask', 'check', '--templates', at('masks.json'));
  assert.deepEqual([checked.code, checked.document.layouts], [1, []]);
});

test('a drawing that would recognise anything, or lies beside the screen, makes no template', async (t) => {
  const { at, run } = await stage(t);
  await run('mask', 'snapshot', '--png', at('screen.png'));
  const refused = async (change: object): Promise<string | undefined> => {
    await writeFile(at('drawing.json'), JSON.stringify({ ...DRAWING, ...change }));
    const drawn = ['--drawing', at('drawing.json'), '--snapshot', at('screen.png')];
    const { code, document } = await run('mask', 'add', ...drawn, '--templates', at('masks.json'));
    assert.equal(code, 1);
    await assert.rejects(stat(at('masks.json')));
    return document.error?.code;
  };
  const black = { x: 210, y: 90, width: 4, height: 4 };
  assert.equal(await refused({ anchors: [black] }), 'MASK_DRAWING_REFUSED');
  assert.equal(await refused({ anchors: [{ ...ANCHOR, x: 1270 }] }), 'MASK_DRAWING_REFUSED');
  assert.equal(await refused({ anchors: [] }), 'MASK_DRAWING_REFUSED');
  assert.equal(await refused({ layout: 'whole-screen' }), 'MASK_DRAWING_REFUSED');
  assert.equal(await refused({ more: 1 }), 'MASK_DRAWING_REFUSED');
  await writeFile(at('screen.png'), 'no picture');
  assert.equal(await refused({}), 'SNAPSHOT_UNREADABLE');
});
