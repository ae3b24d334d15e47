/**
 * The verifier as a page: files are dropped, checked here, and go nowhere. It runs the very checks of `chaperone verify`; only what
 * reads certificates is another one. Decision 0038.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { EVIDENCE_BYTES_MAX } from '@chaperone/protocol/evidence/schema.ts';
import { readEvidenceFile, verifyEvidenceFile } from '../src/evidence-file.ts';
import type { VerifyOptions } from '../src/verify.ts';
import { webCertificateReader } from '../src/web-certificate-reader.ts';
import { element } from './element.ts';
import { checkpointsIn, keptKindOf } from './kept.ts';
import type { KeptKind } from './kept.ts';
import { resultOf } from './result.ts';
import type { Outcome } from './result.ts';
import { LANGUAGES, WORDS, languageOf } from './words.ts';
import type { Language } from './words.ts';
import './style.css';

interface Dropped {
  readonly name: string;
  readonly text: string;
  /** A key or a root, and another one is kept. */
  readonly isOtherKept?: boolean;
}

const kept: Record<KeptKind | 'witness', string> = { key: '', root: '', seen: '', witness: '' };
/** What came with the files and not from a person: whoever forges evidence brings a key that fits it. */
const brought = new Set<KeptKind | 'witness'>();
const dropped: Dropped[] = [];
let language: Language = languageOf(navigator.languages);
let round = 0;

const page = document.getElementById('page');
if (page === null) throw new Error('this page has no place to show anything');
show(page);

function show(into: HTMLElement): void {
  const words = WORDS[language];
  document.documentElement.lang = language;
  document.title = `Chaperone: ${words.title}`;
  const results = element('section', { id: 'results', 'aria-live': 'polite' });
  into.replaceChildren(
    element(
      'header',
      {},
      element(
        'div',
        {},
        element('h1', {}, words.title),
        element('p', { class: 'quiet' }, words.lead),
      ),
      languageChoice(into),
    ),
    dropPlace(into, results),
    results,
    keptPlace(results),
  );
  void checkAll(results);
}

function languageChoice(into: HTMLElement): HTMLElement {
  const choice = element('select', { 'aria-label': WORDS[language].language });
  for (const each of LANGUAGES) {
    const option = element('option', { value: each }, WORDS[each].name);
    option.selected = each === language;
    choice.append(option);
  }
  choice.addEventListener('change', () => {
    language = LANGUAGES.find((each) => each === choice.value) ?? 'en';
    show(into);
  });
  return choice;
}

function dropPlace(into: HTMLElement, results: HTMLElement): HTMLElement {
  const words = WORDS[language];
  const input = element('input', {
    type: 'file',
    multiple: '',
    tabindex: '-1',
    'aria-hidden': 'true',
  });
  const choose = element('button', { class: 'main', type: 'button' }, words.choose);
  const place = element(
    'section',
    { class: 'drop' },
    element('h2', {}, words.drop),
    element('p', { class: 'quiet' }, words.kinds),
    choose,
    input,
  );
  choose.addEventListener('click', () => input.click());
  input.addEventListener('change', () => void take([...(input.files ?? [])], into));
  for (const kind of ['dragenter', 'dragover'] as const)
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add('over');
    });
  place.addEventListener('dragleave', () => place.classList.remove('over'));
  place.addEventListener('drop', (event) => {
    event.preventDefault();
    place.classList.remove('over');
    void take([...(event.dataTransfer?.files ?? [])], into);
  });
  results.replaceChildren();
  return place;
}

function keptPlace(results: HTMLElement): HTMLElement {
  const words = WORDS[language];
  const field = (kind: keyof typeof kept, label: string): readonly HTMLElement[] => {
    const area = element('textarea', { id: `kept-${kind}`, spellcheck: 'false', rows: '2' });
    area.value = kept[kind];
    area.addEventListener('change', () => {
      kept[kind] = area.value;
      brought.delete(kind);
      void checkAll(results);
    });
    return [element('label', { for: `kept-${kind}` }, label), area];
  };
  const again = element('button', { type: 'button' }, words.clear);
  again.addEventListener('click', () => location.reload());
  const print = element('button', { type: 'button' }, words.print);
  print.addEventListener('click', () => window.print());
  return element(
    'section',
    { class: 'kept result' },
    element('h2', {}, words.kept),
    element('p', { class: 'quiet' }, words.keptLead),
    ...field('key', words.key),
    ...field('root', words.root),
    ...field('seen', words.seen),
    ...field('witness', words.witness),
    element('p', { class: 'tools' }, print, ' ', again),
  );
}

/** Takes files that were dropped: evidence, or what evidence is checked with. */
async function take(files: readonly File[], into: HTMLElement): Promise<void> {
  for (const file of files) {
    const { name } = file;
    if (file.size > EVIDENCE_BYTES_MAX) {
      dropped.push({ name, text: '' });
      continue;
    }
    const text = await file.text();
    const kind = keptKindOf(text);
    if (kind === null) dropped.push({ name, text });
    else if (kind === 'seen') bring('seen', `${kept.seen}${text}`);
    else if (kept[kind].trim() === '') bring(kind, text.trim());
    // What a person keeps is never exchanged for what lies beside the evidence.
    else if (kept[kind].trim() !== text.trim()) dropped.push({ name, text: '', isOtherKept: true });
  }
  show(into);
}

function bring(kind: KeptKind, text: string): void {
  if (kept[kind].trim() === '') brought.add(kind);
  kept[kind] = text;
}

async function checkAll(results: HTMLElement): Promise<void> {
  round += 1;
  const own = round;
  const words = WORDS[language];
  const options = optionsOf();
  const isKept = options.pinnedKey !== undefined && options.pinnedRoot !== undefined;
  const isTrusted = isKept && !brought.has('key') && !brought.has('root');
  const shown: HTMLElement[] = [];
  if (dropped.length > 0) results.replaceChildren(element('p', {}, words.checking));
  for (const { name, text, isOtherKept = false } of dropped) {
    const outcome = isOtherKept
      ? ({ is: 'unusable', said: words.otherKept } as const)
      : await outcomeOf(text, options);
    shown.push(resultOf(name, outcome, words, isTrusted));
  }
  // Something was changed meanwhile: the newer round shows it.
  if (own === round) results.replaceChildren(...shown);
}

async function outcomeOf(text: string, options: VerifyOptions): Promise<Outcome> {
  try {
    return { is: 'report', report: await verifyEvidenceFile(readEvidenceFile(text), options) };
  } catch (fault) {
    const said = fault instanceof DomainError ? fault.message : 'A fault of this page.';
    return { is: 'unusable', said };
  }
}

function optionsOf(): VerifyOptions {
  const key = kept.key.trim();
  const root = kept.root.trim();
  return {
    certificates: webCertificateReader,
    pinnedKey: key === '' ? undefined : key,
    pinnedRoot: root === '' ? undefined : `${root}\n`,
    seen: checkpointsIn(kept.seen),
    witnessKeys: kept.witness.split('\n').flatMap((line) => line.trim() || []),
  };
}
