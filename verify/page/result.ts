/** One file's verdict: green or red, and why. */
import type { Check, Report } from '../src/check.ts';
import { element } from './element.ts';
import { translated } from './findings/findings.ts';
import { WORDS } from './words.ts';
import type { Language, Words } from './words.ts';

export type Outcome =
  | { readonly is: 'report'; readonly report: Report }
  | { readonly is: 'unusable'; readonly said: string };

/** Shows what was found of one file. */
export function resultOf(
  name: string,
  outcome: Outcome,
  words: Words,
  isTrusted: boolean,
): HTMLElement {
  const isGood = outcome.is === 'report' && outcome.report.ok;
  const mark = element('span', { class: 'mark', 'aria-hidden': 'true' }, isGood ? '✓' : '✗');
  const verdict = element(
    'div',
    { class: 'verdict' },
    mark,
    element('div', {}, element('h2', {}, name), element('p', {}, verdictText(outcome, words))),
  );
  const content =
    outcome.is === 'report'
      ? [
          element(
            'ul',
            { class: 'checks' },
            element('li', { class: 'quiet' }, isTrusted ? words.trusted : words.untrusted),
            ...outcome.report.checks.map((check) => checkRow(check, words.code)),
          ),
        ]
      : [
          element(
            'ul',
            { class: 'checks' },
            element('li', { class: 'problem' }, ...saidIn(outcome.said, words.code)),
          ),
        ];
  return element(
    'article',
    { class: `result ${isGood ? 'good' : 'bad'}`, 'data-file': name, 'data-ok': String(isGood) },
    verdict,
    ...content,
  );
}

function verdictText(outcome: Outcome, words: Words): string {
  if (outcome.is === 'unusable') return words.unusable;
  const { checks } = outcome.report;
  const failed = checks.filter(({ ok }) => !ok).length;
  return outcome.report.ok ? words.holds(checks.length) : words.fails(failed, checks.length);
}

function checkRow({ name, ok, problems, notes }: Check, language: Language): HTMLElement {
  const mark = element(
    'span',
    { class: ok ? 'good-mark' : 'bad-mark', 'aria-label': WORDS[language].marks[ok ? 0 : 1] },
    ok ? '✓ ' : '✗ ',
  );
  mark.setAttribute('role', 'img');
  return element(
    'li',
    {},
    mark,
    element('span', { class: 'name' }, ...saidIn(name, language)),
    ...problems.map((text) => element('p', { class: 'problem' }, ...saidIn(text, language))),
    ...notes.map((text) => element('p', { class: 'quiet' }, ...saidIn(text, language))),
  );
}

/** What a check says: in the reader's language, with the program's own words beside it. */
function saidIn(text: string, language: Language): readonly (HTMLElement | string)[] {
  if (language === 'en') return [text];
  const own = translated(text, language);
  const original = element('span', { class: 'original', lang: 'en' }, text);
  return own === null ? [original] : [own, ' ', original];
}
