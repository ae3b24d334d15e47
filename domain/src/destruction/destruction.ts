/**
 * The destruction of everything that a case holds, as steps that can be cut off anywhere and begun again.
 *
 *   decided → keys-erased → records-erased → traces-erased → verified → certified
 *
 * Keys go first: from that step on what remains is unreadable, whatever happens next. Every step may be
 * done twice without harm, so after a crash the runner simply continues from the last step that was written down.
 * A verification that finds something sends it back to the beginning.
 */
import { DomainError } from '../error/domain-error.ts';

export const DESTRUCTION_STEPS = [
  'decided',
  'keys-erased',
  'records-erased',
  'traces-erased',
  'verified',
  'certified',
] as const;
export type DestructionStep = (typeof DESTRUCTION_STEPS)[number];

export class DestructionOutOfOrder extends DomainError {
  readonly code = 'DESTRUCTION_OUT_OF_ORDER';
}

/** What is still found after the erasing steps. Only zeros verify. */
export interface Remains {
  readonly keys: number;
  readonly records: number;
  readonly temporaryFiles: number;
  readonly rows: number;
}

/** Names the step to do next, or null when the destruction is certified. */
export function nextStep(done: DestructionStep): DestructionStep | null {
  return DESTRUCTION_STEPS[DESTRUCTION_STEPS.indexOf(done) + 1] ?? null;
}

/** Moves on by one step that has just been completed. @throws DestructionOutOfOrder when one is left out */
export function advance(done: DestructionStep, completed: DestructionStep): DestructionStep {
  if (nextStep(done) !== completed) {
    throw new DestructionOutOfOrder(`After "${done}" comes "${nextStep(done) ?? 'nothing'}".`);
  }
  return completed;
}

/** Judges what a verification found: on to `verified`, or back to `decided` to erase again. */
export function judge(remains: Remains): 'verified' | 'decided' {
  const left = remains.keys + remains.records + remains.temporaryFiles + remains.rows;
  return left === 0 ? 'verified' : 'decided';
}
