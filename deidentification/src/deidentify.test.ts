// Goal: the real echo study, with a patient planted wherever one can be, comes out without it, still valid, its image unharmed.
// Method: the whole way through the door; the result is read by programs that are not ours (dcmtk, dicom3tools, pydicom), and
// its pixels are compared one by one with those of the original.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  ECHO,
  SECRETS,
  WRITTEN_INSIDE,
  demoTemplates,
  echoBytes,
  echoFrames,
  planted,
} from './testing/echo.ts';
import type { Whole } from './testing/run.ts';
import { run } from './testing/run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'deidentify-'));
after(() => rmSync(folder, { recursive: true }));
const resultFile = path.join(folder, 'result.dcm');

describe('the echo study with a patient in it', () => {
  let original: Buffer;
  let result: Whole;
  before(async () => {
    original = await planted();
    result = await run(original, { templates: demoTemplates() });
    writeFileSync(resultFile, result.bytes);
  });

  test('nothing that was planted is in the bytes, in any case of letters or width of characters', () => {
    for (const secret of [
      ...SECRETS,
      'JANE',
      'NURSE',
      'MARY',
      '99812345',
      'ROOM-4',
      'Echocardiogram',
    ]) {
      for (const encoding of ['latin1', 'utf16le'] as const) {
        const wanted = Buffer.from(secret.toLowerCase(), encoding);
        const folded = Buffer.from(result.bytes.toString('latin1').toLowerCase(), 'latin1');
        assert.equal(folded.indexOf(wanted), -1, `${secret} as ${encoding}`);
      }
    }
  });

  test('the banner is black on every frame, what is kept is as it was, bit for bit', async () => {
    const frames = await echoFrames(result.bytes);
    const originals = await echoFrames(original);
    const kept = demoTemplates()[0]?.keep ?? [];
    assert.equal(frames.length, ECHO.frames);
    for (const [index, frame] of frames.entries()) {
      for (let at = 0; at < frame.length; at += 1) {
        const x = at % ECHO.columns;
        const y = Math.floor(at / ECHO.columns);
        const isKept = kept.some(
          (each) =>
            x >= each.x && x < each.x + each.width && y >= each.y && y < each.y + each.height,
        );
        const wanted = isKept ? originals[index]?.[at] : 0;
        if (frame[at] !== wanted) assert.fail(`frame ${index}, x ${x}, y ${y}`);
      }
    }
  });

  test('pydicom reads every element, and finds the marks of the profile and nothing of the patient', () => {
    const program = [
      'import pydicom, json, sys',
      'ds = pydicom.dcmread(sys.argv[1])',
      'texts = []',
      'def walk(d):',
      '  for e in d:',
      '    if e.VR == "SQ": [walk(i) for i in e.value]',
      '    elif e.VR not in ("OB", "OW"): texts.append(str(e.value))',
      'walk(ds); walk(ds.file_meta)',
      'print(json.dumps({"texts": texts, "private": len([e for e in ds if e.tag.is_private]),',
      '  "instance": ds.SOPInstanceUID, "meta": ds.file_meta.MediaStorageSOPInstanceUID,',
      '  "removed": ds.PatientIdentityRemoved, "burned": ds.BurnedInAnnotation,',
      '  "methods": [c.CodeValue for c in ds.DeidentificationMethodCodeSequence],',
      '  "region": ds.AnatomicRegionSequence[0].CodeMeaning, "shape": list(ds.pixel_array.shape)}))',
    ].join('\n');
    const said = execFileSync('/usr/bin/python3', ['-c', program, resultFile], {
      encoding: 'utf8',
    });
    const { texts, ...facts } = JSON.parse(said) as {
      readonly texts: readonly string[];
      readonly instance: string;
      readonly meta: string;
    };
    assert.deepEqual(facts, {
      private: 0,
      instance: facts.instance,
      meta: facts.instance,
      removed: 'YES',
      burned: 'NO',
      methods: ['113100', '113101', '113103'],
      region: 'T-32000',
      shape: [10, 430, 600],
    });
    assert.match(facts.instance, /^2\.25\.\d+$/);
    const all = texts.join('\n').toLowerCase();
    for (const secret of SECRETS) assert.ok(!all.includes(secret.toLowerCase()), secret);
  });

  test('dcmtk reads it, and dciodvfy finds it no less valid than the standard asks', () => {
    const dump = execFileSync('dcmdump', [resultFile], { encoding: 'utf8' });
    assert.match(dump, /PatientIdentityRemoved/);
    const { stderr } = spawnSync('dciodvfy', [resultFile], { encoding: 'utf8' });
    const errors = stderr.split('\n').filter((line) => line.startsWith('Error'));
    // It cannot know that a heart is no paired part of the body.
    assert.deepEqual(
      errors.filter((line) => !line.includes('<Laterality>')),
      [],
    );
  });

  test('the report counts what was changed and says nothing of what it was', () => {
    const { report } = result;
    const text = JSON.stringify(report);
    for (const secret of SECRETS) assert.ok(!text.includes(secret), secret);
    const actions = new Map(report.changes.map(({ what, action }) => [what, action]));
    assert.equal(actions.get('00100010'), 'Z');
    assert.equal(actions.get('0020000D'), 'U');
    assert.equal(actions.get('00080080'), 'X');
    assert.equal(actions.get('private'), 'X');
    assert.equal(report.pixels?.frames, ECHO.frames);
    assert.equal(report.bytesAfter, result.bytes.length);
  });

  test('the same file gives the same bytes, and what is de-identified again stays whole', async () => {
    const again = await run(original, { templates: demoTemplates() });
    assert.ok(again.bytes.equals(result.bytes));
    const twice = await run(result.bytes, { templates: demoTemplates() });
    assert.deepEqual(await echoFrames(twice.bytes), await echoFrames(result.bytes));
  });
});

describe('the echo study with a banner inside its region on some frames', () => {
  const { x, y, width, height } = WRITTEN_INSIDE;
  const demo = demoTemplates()[0];
  assert.ok(demo);
  const { keep: _, ...machine } = demo;

  test('its own region tags prove nothing: it is refused, and so it is by the template of another size', async () => {
    const file = await planted(true);
    for (const templates of [[], [{ ...demo, columns: 640 }]])
      await assert.rejects(run(file, { templates }), {
        code: 'DEIDENTIFICATION_PIXELS_WITHOUT_RULE',
      });
  });

  test('a template that trusts its regions and knows where is written blanks it on every frame', async () => {
    const blank = [{ x, y, width, height }];
    const templates = [{ ...machine, regions: 'hold-no-text', blank }] as const;
    const { bytes, report } = await run(await planted(true), { templates });
    for (const [index, frame] of (await echoFrames(bytes)).entries()) {
      for (let row = y; row < y + height; row += 1) {
        const from = row * ECHO.columns + x;
        assert.ok(
          frame.subarray(from, from + width).every((value) => value === 0),
          `frame ${index}`,
        );
      }
      // Beneath it the picture is still there.
      assert.ok(
        frame.subarray((y + height) * ECHO.columns, 300 * ECHO.columns).some((at) => at > 0),
      );
    }
    assert.equal(report.pixels?.source, 'template demo echo 600x430, region tags');
  });
});

describe('UIDs', () => {
  test('are the same in every file of a case, and others in another case', async () => {
    const templates = demoTemplates();
    const uidOf = (bytes: Buffer): string | undefined =>
      /2\.25\.\d+/.exec(bytes.subarray(0, 400).toString('latin1'))?.[0];
    const one = uidOf((await run(echoBytes(), { templates })).bytes);
    const same = uidOf((await run(echoBytes(), { templates })).bytes);
    const other = uidOf(
      (await run(echoBytes(), { templates, secret: new Uint8Array(32).fill(8) })).bytes,
    );
    assert.equal(one, same);
    assert.notEqual(one, other);
  });
});
