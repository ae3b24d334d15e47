/**
 * What this technician has asked for on each case and still wants: as long as a wish stands, the console signs a fresh
 * request whenever the one before is worth nothing any more. Memory of this window only.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { useSyncExternalStore } from 'react';

export interface Wish {
  readonly activities: readonly Activity[];
  /** When the request at the desk was signed, by this window's monotonic clock; null before there is one. */
  readonly signedMs: number | null;
  /** The challenge that it answers. */
  readonly challenge: string | null;
}

const wishes = new Map<string, Wish>();
const listeners = new Set<() => void>();

/** Sets or, with null, gives up what is wanted for a case. */
export function setWish(caseId: string, wish: Wish | null): void {
  if (wish === null) wishes.delete(caseId);
  else wishes.set(caseId, wish);
  for (const listener of listeners) listener();
}

/** Gives the wish of a case as it stands. */
export function wishOf(caseId: string): Wish | null {
  return wishes.get(caseId) ?? null;
}

export function useWish(caseId: string): Wish | null {
  return useSyncExternalStore(subscribe, () => wishOf(caseId));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
