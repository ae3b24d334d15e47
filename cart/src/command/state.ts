/** Reads what commissioning tells of a cart. */
import { engineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';

export function readState(told: unknown): EngineerState {
  return engineerState.parse(told);
}
