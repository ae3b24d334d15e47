/** What one step of a validation came to, before it is put into words. */
import { FINDINGS } from '@chaperone/domain/validation/finding.ts';
import type { Finding, ValidationStep } from '@chaperone/domain/validation/finding.ts';
import { FINDING_WORDS, PASSED_WORDS, withFacts } from '@chaperone/domain/validation/words.ts';
import type { Fact, Facts } from '@chaperone/domain/validation/words.ts';
import { readableText } from '@chaperone/protocol/commissioning/plain-value.ts';
import { LINE_CHARACTERS_MAX } from '@chaperone/protocol/commissioning/validation.ts';
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';

export type { Fact, Facts } from '@chaperone/domain/validation/words.ts';

export type Outcome =
  | { readonly result: 'passed'; readonly seen: Facts; readonly said?: string }
  | {
      readonly result: 'warned' | 'failed';
      readonly finding: Finding;
      readonly seen: Facts;
    }
  /** Not looked at, and what needs it cannot be looked at either. */
  | { readonly result: 'blocked'; readonly said: string; readonly seen?: Facts }
  /** What was seen belongs to a later step, which says it in the place of looking by itself. */
  | {
      readonly result: 'handed-on';
      readonly to: ValidationStep;
      readonly outcome: Outcome;
      readonly said: string;
      readonly seen?: Facts;
    }
  /** Not looked at because nothing has to be. */
  | { readonly result: 'left-out'; readonly said: string; readonly seen?: Facts };

/** Names a finding with what was seen. */
export const failed = (finding: Finding, seen: Facts): Outcome => ({
  result: 'failed',
  finding,
  seen,
});
export const warned = (finding: Finding, seen: Facts): Outcome => ({
  result: 'warned',
  finding,
  seen,
});
export const passed = (seen: Facts, said?: string): Outcome => ({
  result: 'passed',
  seen,
  ...(said === undefined ? {} : { said }),
});

/** Tells whether a code is a finding, as those of the road's errors are. */
export function isFinding(code: unknown): code is Finding {
  return typeof code === 'string' && Object.hasOwn(FINDINGS, code);
}

/** Puts an outcome into words. Facts come from strangers: they are cleaned and cut before anybody reads them. */
export function reportOf(
  step: ValidationStep,
  outcome: Outcome,
  tookMs: number,
): ValidationStepReport {
  const seen = Object.fromEntries(
    Object.entries(outcome.seen ?? {}).map(([name, fact]) => [name, clean(fact)]),
  );
  const report = { step, seen, tookMs: Math.round(tookMs) };
  const line = (sentence: string): string =>
    readableText(withFacts(sentence, seen), LINE_CHARACTERS_MAX);
  switch (outcome.result) {
    case 'passed':
      return {
        ...report,
        result: 'passed',
        finding: null,
        said: line(outcome.said ?? PASSED_WORDS[step]),
        advice: null,
      };
    case 'warned':
    case 'failed': {
      const { said, advice } = FINDING_WORDS[outcome.finding];
      const { result, finding } = outcome;
      return { ...report, result, finding, said: line(said), advice: line(advice) };
    }
    case 'blocked':
    case 'handed-on':
    case 'left-out':
      return {
        ...report,
        result: 'left-out',
        finding: null,
        said: line(outcome.said),
        advice: null,
      };
  }
}

function clean(fact: Fact): Fact {
  if (typeof fact === 'number') return Number.isFinite(fact) ? fact : null;
  if (typeof fact !== 'string') return fact;
  return readableText(fact.replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]/gu, ' '));
}
