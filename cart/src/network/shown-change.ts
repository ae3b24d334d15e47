/** A change as the panel and the commands show it. */
import { isKeepable } from '@chaperone/domain/network/network-change.ts';
import type { NetworkChange } from '@chaperone/domain/network/network-change.ts';
import type { networkChange } from '@chaperone/protocol/panel-api/engineer.ts';
import type { z } from 'zod';

export type ShownChange = z.infer<typeof networkChange>;

/**
 * Says a change in the three states that a person has to tell apart; what is being kept or taken back is still being tried.
 * @param leftMs of the time in which it is tried; null when nothing is
 */
export function shownChange(change: NetworkChange, leftMs: number | null): ShownChange | null {
  if (change.state === 'none') return null;
  const { interface: name, proof } = change;
  const shown = { interface: name, proof, secondsLeft: null, isKeepable: isKeepable(change) };
  if (change.state === 'kept') return { ...shown, state: 'kept', failure: null };
  if (change.state === 'rolled-back') {
    const failure = change.trouble ?? change.failure;
    return { ...shown, state: 'rolled-back', failure };
  }
  return {
    ...shown,
    state: 'trying',
    secondsLeft: Math.ceil((leftMs ?? 0) / 1000),
    failure: change.state === 'returning' ? (change.trouble ?? change.failure) : null,
  };
}
