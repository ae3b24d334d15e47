// Goal: every sentence that a check can say is said in German and Spanish, with all that stands in it, and none is taken for another. Method:
// the sentences are read out of the sources of the checks and of the readers that they ask; what stands in their places is made up.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { LANGUAGES } from '../words.ts';
import { GERMAN } from './de.ts';
import { translated } from './findings.ts';
import { SPANISH } from './es.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const CHECKS = path.join(ROOT, 'verify/src');
/** Of the program and of the witness, which the page does not have. */
const NOT_OF_THE_PAGE: ReadonlySet<string> = new Set([
  'main.ts',
  'input.ts',
  'report.ts',
  'node-certificate-reader.ts',
]);
/** What the checks pass on. */
const ASKED = [
  'protocol/src/commissioning/acceptance-check.ts',
  'protocol/src/tree/checkpoint.ts',
  'protocol/src/tree/consistency-proof.ts',
  'protocol/src/tree/cosignature.ts',
  'protocol/src/tree/frontier.ts',
  'protocol/src/tree/signed-note.ts',
  'protocol/src/tree/verifier-key.ts',
  'protocol/src/x509/pem.ts',
];
/** Said to programmers, or of what the page never does. */
const NOT_SAID: ReadonlySet<string> = new Set([
  'The statement is not as a signer writes it.',
  'There is no certificate.',
  'This text cannot be signed as a note.',
  'This is no request to add a checkpoint.',
  'These are not the leaves of this tree.',
  // Written in parts; the wholes are there, and stand in verify's own tests.
  'X1 left out.',
  'X1 left out at the end.',
  'X1: X2, X3 bytes, X4.',
  'At "X1": X2.',
  "X1 by X2, X3 UTC by the cart's clock.",
  'X1 is not believed: X2',
]);

/** String and template literals of a source that are sentences, or reasons that stand in one; their places as `X1`, `X2`. */
function sentencesOf(source: string): readonly string[] {
  const code = source
    .replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
    .replaceAll(/^import [^;]*;/gm, '')
    // A sentence over two lines is one.
    .replaceAll(/['`]\s*\+\s*['`]/g, '');
  const literals = [
    ...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g),
  ];
  return literals
    .map(([, single, double, template]) => single ?? double ?? template ?? '')
    .map((text) => filled(text.replaceAll(/\\(['"`])/g, '$1')))
    .filter((text) => /^[A-Z"…][^]* [^]*\.$/.test(text));
}

/** Puts something in each place of a template literal; literals within it do not nest deeper than braces do. */
function filled(text: string): string {
  let count = 0;
  return text.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, () => `X${(count += 1)}`);
}

function sources(): readonly string[] {
  const own = readdirSync(CHECKS)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .filter((name) => !NOT_OF_THE_PAGE.has(name))
    .map((name) => path.join(CHECKS, name));
  return [...own, ...ASKED.map((name) => path.join(ROOT, name))];
}

/** Names of checks: they end without a full stop. */
function namesOf(source: string): readonly string[] {
  const named = [...source.matchAll(/new Findings\(\s*(['"`])([^]*?)\1/g)].map(([, , text = '']) =>
    filled(text),
  );
  return named.filter((text) => text.includes(' '));
}

function reasonsOf(source: string): readonly string[] {
  const said = /(?:#?lacks|problem)\((?:index, fact, )?(['"`])([a-z"$][^\n]*?)\1\)/g;
  return [...source.matchAll(said)].map(([, , text = '']) => filled(text));
}

test('every sentence of the checks is there in each language, with what stands in it', () => {
  let seen = 0;
  const missing: string[] = [];
  for (const file of sources()) {
    const source = readFileSync(file, 'utf8');
    for (const text of [...sentencesOf(source), ...namesOf(source), ...reasonsOf(source)]) {
      if (NOT_SAID.has(text)) continue;
      seen += 1;
      for (const language of LANGUAGES.filter((each) => each !== 'en')) {
        const own = translated(text, language);
        const places = [...text.matchAll(/X\d/g)].map(([place]) => place);
        const isWhole = own !== null && own !== text && places.every((each) => own.includes(each));
        if (!isWhole) missing.push(`${language}, ${path.basename(file)}: ${text}`);
      }
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(seen > 200, `only ${seen} sentences were found`);
});

test('both languages have the same sentences, with the same places', () => {
  assert.deepEqual(Object.keys(GERMAN), Object.keys(SPANISH));
  const placesOf = (text: string) =>
    [...text.matchAll(/\{!?\d\}/g)].map(([place]) => place).toSorted();
  for (const words of [GERMAN, SPANISH])
    for (const [english, own] of Object.entries(words))
      assert.deepEqual(placesOf(own), placesOf(english), english);
});

test('each sentence is taken for itself and for no other', () => {
  for (const [language, words] of [
    ['de', GERMAN],
    ['es', SPANISH],
  ] as const)
    for (const [english, own] of Object.entries(words)) {
      const put = (text: string) => text.replaceAll(/\{!?(\d)\}/g, '7$1');
      assert.equal(translated(put(english), language), put(own));
    }
});

test('a sentence within one is translated, too; what is not known stays as it is', () => {
  assert.equal(
    translated('Entry 3 (fetch-begun): "fetch-files" was not granted to who did it.', 'de'),
    'Eintrag 3 (fetch-begun): „fetch-files“ war dem, der es tat, nicht erlaubt.',
  );
  assert.equal(
    translated('Certificate 2 is not believed: This is not PEM text of a CERTIFICATE.', 'es'),
    'No se cree el certificado 2: No es texto PEM de un CERTIFICATE.',
  );
  assert.equal(
    translated('Certificate 2 is not believed: Something new.', 'de'),
    'Zertifikat 2 wird nicht geglaubt: Something new.',
  );
  assert.equal(translated('Something new.', 'de'), null);
  assert.equal(translated('No file moved.', 'en'), null);
});

test('what a stranger wrote into a name stays in its place, whatever it looks like', () => {
  const name = 'No file moved., 1 bytes, refused. Fetched: x';
  assert.equal(
    translated(`Fetched: ${name}, 5 bytes, broken.`, 'de')?.startsWith('Geholt: '),
    true,
  );
  const long = 'x'.repeat(100_000);
  assert.equal(
    translated(`Fetched: ${long}, 5 bytes, broken.`, 'de'),
    `Geholt: ${long}, 5 Byte, abgebrochen.`,
  );
});
