/** What a validation saw, step by step, as it goes into an acceptance report and onto the panel. */
import { FINDINGS, STEP_RESULTS, VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { Finding } from '@chaperone/domain/validation/finding.ts';
import { z } from 'zod';
import { instant, text } from './plain-value.ts';

/** A fact that was seen: an address, a speed, an issuer. Never a secret. */
const fact = z.union([text(), z.number(), z.boolean(), z.null()]);

export const LINE_CHARACTERS_MAX = 500;
/** Facts of one step. */
const FACTS_MAX = 40;

export const validationStep = z.strictObject({
  step: z.enum(VALIDATION_STEPS),
  result: z.enum(STEP_RESULTS),
  /** Null when it passed or was left out. */
  finding: z.enum(Object.keys(FINDINGS) as [Finding, ...Finding[]]).nullable(),
  /** What was seen, by name; the names are those of docs/protocol.md. */
  seen: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/), fact)
    .refine((seen) => Object.keys(seen).length <= FACTS_MAX, 'too many facts'),
  /** English: what was seen, in one line. */
  said: text(LINE_CHARACTERS_MAX),
  /** English: the one sentence to read to the hospital's IT; null when there is nothing to do. */
  advice: text(LINE_CHARACTERS_MAX).nullable(),
  tookMs: z.number().int().min(0),
});
export type ValidationStepReport = z.infer<typeof validationStep>;

export const validation = z.strictObject({
  startedUtcMs: instant,
  endedUtcMs: instant,
  /** In the order of VALIDATION_STEPS, each once. */
  steps: z.array(validationStep).length(VALIDATION_STEPS.length),
});
export type Validation = z.infer<typeof validation>;

/** Where the licence says that the cart stands, as the gateway told it in a validation; null where it did not. */
export function facilityIn(steps: readonly ValidationStepReport[]): string | null {
  const facility = steps.find(({ step }) => step === 'licence')?.seen['facility'];
  return typeof facility === 'string' && facility !== '' ? facility : null;
}
