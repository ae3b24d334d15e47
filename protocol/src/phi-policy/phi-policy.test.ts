// Goal: nothing stands beside a policy's sentence that the product does not do and show. Method: the catalogue is held against the rows of
// docs/risk.md and the files of the tests that it names; policies that are wrong in one place each.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import { PHI_CONTROL_IDS, PHI_CONTROLS } from '@chaperone/domain/phi-policy/phi-control.ts';
import { DEMO_PHI_POLICY, sentenceIn } from '@chaperone/domain/phi-policy/phi-policy.ts';
import { PHIPolicyMalformed, readPHIPolicy } from './phi-policy-document.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

test('each fact has its rows in docs/risk.md and a test that is there', () => {
  const risk = readFileSync(path.join(ROOT, 'docs/risk.md'), 'utf8');
  for (const id of PHI_CONTROL_IDS) {
    const { does, risks, test: file } = PHI_CONTROLS[id];
    assert.ok(risks.length > 0, id);
    for (const row of risks) assert.ok(risk.includes(`\n| ${row} |`), `${id}: ${row}`);
    assert.ok(existsSync(path.join(ROOT, file)), `${id}: ${file}`);
    for (const language of LANGUAGES) assert.ok(does[language].length > 20, `${id} ${language}`);
  }
});

test("the demo's policy is one, in three languages, and leaves no sentence alone", () => {
  assert.deepEqual(readPHIPolicy(JSON.stringify(DEMO_PHI_POLICY)), DEMO_PHI_POLICY);
  for (const sentence of DEMO_PHI_POLICY.sentences) {
    assert.ok(sentence.controls.length > 0);
    assert.equal(new Set(LANGUAGES.map((language) => sentenceIn(language, sentence))).size, 3);
  }
});

test('a sentence without a translation is shown in English', () => {
  assert.equal(sentenceIn('de', { text: { en: 'So it is.' }, controls: [] }), 'So it is.');
});

const SENTENCE = { text: { en: 'So it is.' }, controls: ['consent'] };
const WRONG: readonly (readonly [string, string])[] = [
  ['no JSON', '# Policy'],
  [
    'a control that is not there',
    JSON.stringify({ version: '1', sentences: [{ ...SENTENCE, controls: ['magic'] }] }),
  ],
  ['no sentence', JSON.stringify({ version: '1', sentences: [] })],
  [
    'no English',
    JSON.stringify({ version: '1', sentences: [{ text: { de: 'So.' }, controls: [] }] }),
  ],
  ['an unknown member', JSON.stringify({ version: '1', sentences: [SENTENCE], author: 'x' })],
  [
    'two lines',
    JSON.stringify({ version: '1', sentences: [{ text: { en: 'a\nb' }, controls: [] }] }),
  ],
  ['far too long', ' '.repeat(70_000)],
];
for (const [name, file] of WRONG)
  test(`${name} refuses the whole`, () =>
    assert.throws(() => readPHIPolicy(file), PHIPolicyMalformed));
