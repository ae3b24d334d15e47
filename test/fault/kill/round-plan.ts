/**
 * What is killed in a round and when, drawn from a seed: the same seed and number give the same plan.
 *
 * A blow falls at the n-th change of a file that the phase makes, so that it lands between any two writes; or after some
 * milliseconds; or when the first part of an answer has come. What follows from it depends on the machine, the plan does
 * not.
 */

/** The parts of a round's work, in their order. */
export const PHASES = ['opening', 'consent', 'work', 'ending', 'destruction'] as const;
export type Phase = (typeof PHASES)[number];

/** `database` is every process of a database server that serves the gateway; the gateway itself lives on. */
export type Victim = 'gateway' | 'cart' | 'both' | 'database';

export type Trigger =
  | { readonly kind: 'change'; readonly nth: number }
  | { readonly kind: 'time'; readonly afterMs: number }
  | { readonly kind: 'half-answer' };

export interface RoundPlan {
  readonly seed: number;
  readonly round: number;
  readonly phase: Phase;
  readonly victim: Victim;
  readonly trigger: Trigger;
  /** The gateway is killed once more at this change of its files while it starts; null: it may start. */
  readonly againAtChange: number | null;
  readonly endedBy: 'operator' | 'technician';
}

/** Changes of files that each phase was seen to make, and its milliseconds: the range of the draw. */
const USUAL: Readonly<Record<Phase, { readonly changes: number; readonly ms: number }>> = {
  opening: { changes: 60, ms: 150 },
  consent: { changes: 50, ms: 400 },
  work: { changes: 900, ms: 2500 },
  ending: { changes: 30, ms: 80 },
  destruction: { changes: 90, ms: 200 },
};
/** How often each phase is struck, in parts of the sum. */
const WEIGHTS: Readonly<Record<Phase, number>> = {
  opening: 1,
  consent: 2,
  work: 5,
  ending: 2,
  destruction: 4,
};
const START_CHANGES = 25;

/** What is struck whatever was drawn. */
export interface Aim {
  readonly victim: Victim;
  readonly phase?: Phase;
}

/** Draws a round's plan. */
export function planRound(seed: number, round: number, aim?: Aim): RoundPlan {
  const chance = chanceFrom((seed ^ Math.imul(round + 1, 0x9e37_79b1)) >>> 0);
  const drawnPhase = weighted(chance());
  const phase = aim?.phase ?? drawnPhase;
  // A cart that is killed while records are destroyed is a bystander: there the gateway is struck.
  const victims: readonly Victim[] =
    phase === 'destruction' ? ['gateway', 'gateway', 'both'] : ['gateway', 'cart', 'both'];
  const drawn = victims[Math.floor(chance() * victims.length)] ?? 'gateway';
  const victim = aim?.victim ?? drawn;
  const { changes, ms } = USUAL[phase];
  const kind = chance();
  const at = chance();
  const trigger: Trigger =
    phase === 'work' && kind < 0.15
      ? { kind: 'half-answer' }
      : kind < 0.7
        ? { kind: 'change', nth: 1 + Math.floor(at * changes) }
        : { kind: 'time', afterMs: Math.floor(at * ms) };
  const again = chance() < 0.25 ? 1 + Math.floor(chance() * START_CHANGES) : null;
  const endedBy = chance() < 0.5 ? 'operator' : 'technician';
  const againAtChange = victim === 'gateway' || victim === 'both' ? again : null;
  return { seed, round, phase, victim, trigger, againAtChange, endedBy };
}

/** Says a plan in one line. */
export function describePlan(plan: RoundPlan): string {
  const { trigger, againAtChange } = plan;
  const when = {
    change: () => (trigger.kind === 'change' ? `change ${trigger.nth}` : ''),
    time: () => (trigger.kind === 'time' ? `${trigger.afterMs} ms` : ''),
    'half-answer': () => 'half an answer',
  }[trigger.kind]();
  const again = againAtChange === null ? '' : `, again at change ${againAtChange} of its start`;
  return `seed ${plan.seed} round ${plan.round}: ${plan.victim} in ${plan.phase} at ${when}${again}`;
}

function weighted(chance: number): Phase {
  const sum = PHASES.reduce((all, phase) => all + WEIGHTS[phase], 0);
  let left = chance * sum;
  for (const phase of PHASES) {
    left -= WEIGHTS[phase];
    if (left < 0) return phase;
  }
  return 'work';
}

/** Numbers in [0, 1) from a 32-bit seed (mulberry32): for plans, not for keys. */
export function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
