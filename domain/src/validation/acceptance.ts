/**
 * Whether a cart is accepted at its place by what its validation saw.
 *
 * The idle time may be left out, for it takes up to an hour, and so may what is not there: names where the gateway is given by its
 * address, a proxy where there is none. What the report is about may not.
 */
import type { StepResult, ValidationStep } from './finding.ts';

interface TakenStep {
  readonly step: ValidationStep;
  readonly result: StepResult;
}

/** Steps without which nobody can say that a session will come about. */
export const STEPS_REQUIRED: readonly ValidationStep[] = ['certificate', 'licence', 'tunnel'];

/** Accepted when nothing failed and everything required was looked at. A warning is in the report, and keeps nothing from working. */
export function isAccepted(steps: readonly TakenStep[]): boolean {
  return (
    steps.every(({ result }) => result !== 'failed') &&
    STEPS_REQUIRED.every((required) =>
      steps.some(({ step, result }) => step === required && result !== 'left-out'),
    )
  );
}

/** The first step that failed: what to look at before the others; null when none did. */
export function firstFailure(steps: readonly TakenStep[]): ValidationStep | null {
  return steps.find(({ result }) => result === 'failed')?.step ?? null;
}
