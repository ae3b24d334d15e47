/** The invariants by name, and which of them has a say about what is observed. */
import type { Ghost } from '../ghost/ghost.ts';
import {
  destructionCompletes,
  finalNameIsVerified,
  ledgerBeforeAct,
  licenceServesOneKey,
  noCaseIsResolvedInUse,
  nothingComesLate,
  recordDiesWithCase,
} from './case-invariants.ts';
import type { Observation } from './observation.ts';
import {
  activityIsJournalled,
  consentInForce,
  endTakesEffect,
  entryBeforeAct,
  everySessionEnds,
  interlockHolds,
  pauseTakesEffect,
  policyBinds,
  timeoutIsNo,
} from './session-invariants.ts';

type Is = Observation['is'];

export interface Invariant {
  readonly name: string;
  /** One sentence for the summary. */
  readonly says: string;
  readonly on: readonly Is[];
  readonly judge: (observation: Observation, ghost: Ghost, nowMs: number) => string | null;
}

function invariant<On extends Is>(
  name: string,
  says: string,
  on: readonly On[],
  judge: (
    observation: Extract<Observation, { readonly is: On }>,
    ghost: Ghost,
    nowMs: number,
  ) => string | null,
): Invariant {
  // `invariantsOn` hands it only what it is on.
  return { name, says, on, judge: judge as Invariant['judge'] };
}

export const INVARIANTS: readonly Invariant[] = [
  invariant(
    'consent-in-force',
    'no activity without a consent in force for exactly that technician, case, session and activity',
    ['admitted', 'taken'],
    consentInForce,
  ),
  invariant(
    'policy-binds',
    "no session begins against the facility's policy, nor without the second yes that it wants",
    ['taken'],
    policyBinds,
  ),
  invariant(
    'timeout-is-no',
    'a limit that passes is a no',
    ['taken', 'ticked', 'looked'],
    timeoutIsNo,
  ),
  invariant(
    'end-takes-effect',
    'End takes effect at once, in every state',
    ['end-touched', 'taken'],
    endTakesEffect,
  ),
  invariant(
    'pause-takes-effect',
    'Pause takes effect at once, and holds',
    ['pause-touched', 'taken'],
    pauseTakesEffect,
  ),
  invariant(
    'interlock-holds',
    'while the clinic needs the cart nothing passes, and only the operator lifts it',
    ['interlock-raised', 'admitted', 'taken', 'healed'],
    interlockHolds,
  ),
  invariant('entry-before-act', 'what widens is in the journal before', ['taken'], entryBeforeAct),
  invariant(
    'activity-is-journalled',
    'an activity is in the journal before it passes',
    ['admitted'],
    activityIsJournalled,
  ),
  invariant(
    'every-session-ends',
    'a session ends, and the journal says so',
    ['healed'],
    everySessionEnds,
  ),
  invariant(
    'ledger-before-act',
    'what the gateway opens is in the ledger before',
    ['desk-acted'],
    ledgerBeforeAct,
  ),
  invariant(
    'record-dies-with-case',
    'no record outlives its case',
    ['certified', 'stored', 'healed'],
    recordDiesWithCase,
  ),
  invariant(
    'nothing-comes-late',
    'nothing is released into a resolving case',
    ['stored'],
    nothingComesLate,
  ),
  invariant(
    'destruction-completes',
    'a destruction once begun completes',
    ['healed'],
    destructionCompletes,
  ),
  invariant(
    'no-case-resolved-in-use',
    'a case is not resolved while its session is in use',
    ['resolving-allowed', 'desk-acted'],
    noCaseIsResolvedInUse,
  ),
  invariant(
    'final-name-is-verified',
    'a file has its final name only whole, and what has settled stays so',
    ['placed', 'moved'],
    finalNameIsVerified,
  ),
  invariant(
    'licence-serves-one-key',
    'a licence code serves one key',
    ['licence-served'],
    licenceServesOneKey,
  ),
];

const BY_OBSERVATION = new Map<Is, Invariant[]>();
for (const each of INVARIANTS) {
  for (const is of each.on) BY_OBSERVATION.set(is, [...(BY_OBSERVATION.get(is) ?? []), each]);
}

/** The invariants that judge one kind of observation. */
export function invariantsOn(is: Is): readonly Invariant[] {
  return BY_OBSERVATION.get(is) ?? [];
}
