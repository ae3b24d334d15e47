/** The steps of the engineer page, and how far each is. */
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';

export const STEPS = ['licence', 'network', 'gateway', 'validation', 'acceptance'] as const;
export type Step = (typeof STEPS)[number];

/** `done` as it should be · `open` still to do · `trouble` tried, and something has to be put right · `outdated` done before a change. */
export type Standing = 'done' | 'open' | 'trouble' | 'outdated';

/** Tells how far each step is. Gateway and proxy have values from the beginning: validation says whether they are right. */
export function stepStandings(state: EngineerState): Readonly<Record<Step, Standing>> {
  const { enrolment, isPrestaged, interfaces, networkTrouble, change, validation } = state;
  const isUp = interfaces.some((each) => each.state === 'up' && each.address !== null);
  const hasFailed = validation?.steps.some(({ result }) => result === 'failed') === true;
  // One that was stopped early, or could look at nothing, is still to do.
  const isValidated = validation?.accepted === true;
  const isRolledBack = change?.state === 'rolled-back';
  return {
    licence:
      enrolment !== null ? 'done' : isPrestaged && state.enrolTrouble !== null ? 'trouble' : 'open',
    network: isRolledBack
      ? 'trouble'
      : isUp || networkTrouble === 'NETWORK_FIXED_IN_DEMO'
        ? 'done'
        : networkTrouble === null
          ? 'open'
          : 'trouble',
    gateway: isValidated ? 'done' : 'open',
    validation: hasFailed ? 'trouble' : isValidated ? 'done' : 'open',
    acceptance: standingOf(state),
  };
}

function standingOf({ report, reportTrouble }: EngineerState): Standing {
  if (reportTrouble !== null) return 'trouble';
  if (report?.accepted !== true) return 'open';
  return report.isOutOfDate ? 'outdated' : 'done';
}
