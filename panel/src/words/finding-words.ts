/** What a step of a validation has seen, in the language in use. In English the agent's own sentences are shown. */
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { Finding, ValidationStep } from '@chaperone/domain/validation/finding.ts';
import { PASSED_WORDS, withFacts } from '@chaperone/domain/validation/words.ts';
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';
import { FINDINGS_DE, PASSED_DE } from './finding-de.ts';
import { FINDINGS_ES, PASSED_ES } from './finding-es.ts';
import type { FindingWords } from './finding-shape.ts';
import { ownSentence } from './step-sentences.ts';
import { WORDS } from './languages.ts';

export interface SpokenFindings {
  readonly passed: Readonly<Record<ValidationStep, string>>;
  readonly findings: Readonly<Record<Finding, FindingWords>>;
  readonly unknown: string;
}

export const SPOKEN_FINDINGS: Readonly<Record<Exclude<Language, 'en'>, SpokenFindings>> = {
  de: { passed: PASSED_DE, findings: FINDINGS_DE, unknown: 'unbekannt' },
  es: { passed: PASSED_ES, findings: FINDINGS_ES, unknown: 'desconocido' },
};

/** Says what was seen, and what to read to the hospital's IT. */
export function stepWords(
  language: Language,
  seen: ValidationStepReport,
  stepNames: Readonly<Record<ValidationStep, string>>,
): { readonly said: string; readonly advice: string | null } {
  if (language === 'en') return { said: seen.said, advice: seen.advice };
  const { passed, findings, unknown } = SPOKEN_FINDINGS[language];
  const fill = (sentence: string): string =>
    sentence.replaceAll(/\{([a-z][A-Za-z0-9]*)\}/g, (_place, name: string) => {
      const fact = seen.seen[name] ?? null;
      return fact === null || fact === '' ? unknown : factText(language, fact);
    });
  // What passed in a way of its own (no proxy, nothing to find) has no sentence with facts here.
  const whole = fill(passed[seen.step]);
  if (seen.finding === null) {
    if (seen.result === 'passed' && !whole.includes(unknown)) return { said: whole, advice: null };
    const names: Readonly<Record<string, string>> = stepNames;
    const own = ownSentence(language, seen.said, (step) => names[step] ?? step);
    // Its usual sentence with a fact that nobody saw is the usual one here, too.
    const isUsual = seen.said === withFacts(PASSED_WORDS[seen.step], seen.seen);
    return { said: own ?? (isUsual ? whole : seen.said), advice: null };
  }
  const { said, advice } = findings[seen.finding];
  return { said: fill(said), advice: seen.advice === null ? null : fill(advice) };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** Writes a fact as people of that language read it. */
function factText(language: Language, fact: string | number | boolean): string {
  if (typeof fact === 'number')
    return new Intl.NumberFormat(language, {
      useGrouping: false,
      maximumFractionDigits: 2,
    }).format(fact);
  if (typeof fact !== 'string') return String(fact);
  if (INSTANT.test(fact))
    return new Intl.DateTimeFormat(language, {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: 'UTC',
    }).format(Date.parse(fact));
  const activities: Readonly<Record<string, string>> = WORDS[language].activities;
  const parts = fact.split(', ');
  if (!parts.every((part) => Object.hasOwn(activities, part))) return fact;
  return parts.map((part) => activities[part] ?? part).join(', ');
}
