/**
 * A service centre's policy on patient data as a file: JSON, read strictly. A control that the product does not have refuses the whole, so
 * that nothing stands on a page that nothing keeps. Decision 0040.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { PHI_CONTROL_IDS } from '@chaperone/domain/phi-policy/phi-control.ts';
import type { PHIPolicy } from '@chaperone/domain/phi-policy/phi-policy.ts';
import { z } from 'zod';
import { text } from '../commissioning/plain-value.ts';

export class PHIPolicyMalformed extends DomainError {
  readonly code = 'PHI_POLICY_MALFORMED';
}

/** Of the file, in bytes: a policy is a page, not a book. */
export const PHI_POLICY_BYTES_MAX = 64 * 1024;
const SENTENCES_MAX = 40;
const SENTENCE_CHARACTERS_MAX = 600;

const sentence = text(SENTENCE_CHARACTERS_MAX).min(1);
export const phiPolicyDocument = z.strictObject({
  version: text(40).min(1),
  sentences: z
    .array(
      z.strictObject({
        text: z.strictObject({
          en: sentence,
          de: sentence.exactOptional(),
          es: sentence.exactOptional(),
        }),
        controls: z.array(z.enum(PHI_CONTROL_IDS)).max(PHI_CONTROL_IDS.length),
      }),
    )
    .min(1)
    .max(SENTENCES_MAX),
});

/** What panel, console and portal are told: where the policy is, and its sentences where the configuration has them. */
export const shownPHIPolicy = z.object({
  url: z.string(),
  policy: phiPolicyDocument.nullable(),
});
export type ShownPHIPolicy = z.infer<typeof shownPHIPolicy>;

/** Reads a policy from the text of its file. @throws PHIPolicyMalformed naming what is wrong */
export function readPHIPolicy(file: string): PHIPolicy {
  if (file.length > PHI_POLICY_BYTES_MAX)
    throw new PHIPolicyMalformed('The policy on patient data is far too long.');
  let value: unknown;
  try {
    value = JSON.parse(file);
  } catch (cause) {
    throw new PHIPolicyMalformed('The policy on patient data is not JSON.', { cause });
  }
  const read = phiPolicyDocument.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.map(String).join('.') ?? '';
  throw new PHIPolicyMalformed(
    `The policy on patient data cannot be used: "${where === '' ? 'the whole' : where.slice(0, 100)}": ${issue?.message.slice(0, 200) ?? ''}.`,
  );
}
