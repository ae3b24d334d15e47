/** What a planted fault is, and how one is planted in the session's machine. */
import type { SessionEvent, SessionStep } from '@chaperone/domain/session/session.ts';
import type { Rules } from '../rules/rules.ts';

export interface PlantedFault {
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly says: string;
  /** The invariants that may notice it first. */
  readonly found: readonly string[];
  readonly plant: (rules: Rules) => Partial<Rules>;
}

/** Wraps the session's machine: `change` sees the step that the rules would take. */
export function inStep(
  change: (
    event: SessionEvent,
    honest: () => SessionStep,
    args: Parameters<Rules['step']>,
    rules: Rules,
  ) => SessionStep,
): PlantedFault['plant'] {
  return (rules) => ({
    step: (...args) => change(args[1], () => rules.step(...args), args, rules),
  });
}
