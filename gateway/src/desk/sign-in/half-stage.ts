/** How far a half sign-in has come, and how long it may stay there. */
import type { HeldSignIn } from './sign-in-store.ts';

export type HalfStage = 'directory-passed' | 'new-password' | 'password-passed' | 'factor-passed';

/** How long the next gate may take after the one before, milliseconds. */
const HALF_MS = 5 * 60_000;
/** The same for what comes after: whoever enrols looks for a telephone first, and writes codes down. */
const THIRD_MS = 15 * 60_000;

export function stageOf({ technicianId, factor, hasGivenPassword }: HeldSignIn): HalfStage {
  if (technicianId === null) return 'directory-passed';
  if (hasGivenPassword) return 'new-password';
  return factor === null ? 'password-passed' : 'factor-passed';
}

export function stageMsMax(half: HeldSignIn): number {
  return stageOf(half) === 'directory-passed' ? HALF_MS : THIRD_MS;
}
