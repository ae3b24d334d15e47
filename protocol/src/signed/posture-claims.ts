/**
 * What a workstation says of itself, signed with the key of its program (docs/protocol.md, "Posture report").
 *
 * Instants only, no names or versions: what the judgement needs and nothing that helps an attacker further.
 */
import { isId } from '@chaperone/domain/id/id.ts';
import type { WorkstationId } from '@chaperone/domain/id/id.ts';
import { EXAMINED_SYSTEMS } from '@chaperone/domain/posture/posture.ts';
import { z } from 'zod';

/** How long a report may be on its way. Seconds. */
export const POSTURE_REPORT_LIFE_S = 300;
/** A report has some 600 characters. */
export const POSTURE_REPORT_CHARACTERS_MAX = 2_048;

/** The last instant that a date of ECMAScript can hold. */
const INSTANT_MAX = 8_640_000_000_000_000;
const instant = z.int().min(0).max(INSTANT_MAX);
const seconds = z.int().min(0);
/** More packages than there are in any archive. */
const packages = z.int().min(0).max(1_000_000);

export const posture = z.strictObject({
  system: z.enum(EXAMINED_SYSTEMS),
  antivirusDefinitionsUtcMs: instant.nullable(),
  updatesKnownUtcMs: instant.nullable(),
  securityUpdatesPending: packages.nullable(),
  upgradedUtcMs: instant.nullable(),
  rebootRequiredSinceUtcMs: instant.nullable(),
});

/** `iat` is `takenUtcMs` in whole seconds; of two reports the one that was taken later counts. */
export const postureClaims = z.strictObject({
  iss: z
    .string()
    .refine((text) => isId('workstation', text))
    .transform((text) => text as WorkstationId),
  takenUtcMs: instant,
  posture,
  iat: seconds,
  exp: seconds,
});
export type PostureClaims = z.infer<typeof postureClaims>;
