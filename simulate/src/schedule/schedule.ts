/**
 * A schedule: what people, liars and misfortune do, and how long they wait before it.
 *
 * It is drawn from its seed alone and knows nothing of the state that it will meet: `operator-next` is whatever comes
 * naturally then. Each command carries its own chance for what follows from it (the fate of its messages, which
 * request, which lie), so that a command can be left out without changing what the others do.
 */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import { Prng } from '../prng/prng.ts';

/** Misfortunes that a schedule may have; each seed has some of them, so that none hides another ("swarm testing"). */
export const FAULTS = [
  'message-late',
  'message-lost',
  'message-repeated',
  'network-cut',
  'cart-crash',
  'cart-reboot',
  'gateway-crash',
  'wall-clock-jump',
  'cart-disk-full',
  'gateway-disk-full',
  'disk-slow',
  'timer-late',
  'file-changed',
  'straggling-write',
  'gateway-lies',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How often each act is drawn, beside the faults. */
const ACTS = {
  'operator-next': 20,
  'operator-press': 2,
  'operator-accept': 2,
  'operator-decline': 1,
  'operator-consent': 2,
  'operator-withdraw': 2,
  'operator-pause': 3,
  'operator-lift': 2,
  'clinic-needs-cart': 2,
  'operator-lifts-interlock': 1,
  'operator-end': 2,
  'operator-dismiss': 1,
  'operator-wavers': 2,
  'indicator-lost': 1,
  'second-answers': 2,
  'second-refuses': 1,
  'policy-changes': 1,
  'technician-next': 22,
  'technician-use': 8,
  'technician-again': 3,
  'technician-upload': 3,
  'technician-cancel': 2,
  'technician-hold': 2,
  'technician-leave': 1,
  'desk-resolve': 2,
  'desk-designate': 1,
  'desk-open-case': 2,
  'licence-redeem': 2,
} as const;
export type Act = keyof typeof ACTS;

export type CommandKind =
  | Act
  | 'lie'
  | Exclude<Fault, 'message-late' | 'message-lost' | 'message-repeated' | 'gateway-lies'>;

/** How long to wait: milliseconds, or until a limit that is running, and how far from it. */
export type Pace =
  | { readonly ms: number }
  | { readonly toLimit: number; readonly offsetMs: number };

export interface Command {
  readonly kind: CommandKind;
  readonly pace: Pace;
  /** Seed of all chance that follows from this command. */
  readonly roll: number;
}

export interface Schedule {
  readonly seed: number;
  readonly faults: ReadonlySet<Fault>;
  /** The production limits, or closer ones, so that each of them passes often enough. */
  readonly limits: SessionLimits;
  /** For what the facility's policy wants a second person; null: the cart has no facility policy. */
  readonly wantsSecond: readonly Activity[] | null;
  readonly commands: readonly Command[];
}

const COMMANDS_MIN = 26;
const COMMANDS_MORE = 26;
/** A way into a session, so that most schedules do not only knock at a closed door. */
const WAY_IN: readonly Act[] = [
  'operator-next',
  'operator-next',
  'technician-next',
  'operator-next',
  'technician-next',
  'technician-use',
  'technician-next',
];
/** A grant that ends before anybody is idle, and a wait that ends before a request expires. */
const CLOSE_LIMITS: SessionLimits = {
  ...DEFAULT_SESSION_LIMITS,
  grantMs: 4 * 60_000,
  waitingMs: 2 * 60_000,
};
const FAULT_WEIGHT = 2;
/** A lost connection is where resuming, leases and interrupted transfers begin; a clock strikes only beside a limit. */
const MORE_OFTEN: Partial<Record<Fault, number>> = { 'network-cut': 5, 'wall-clock-jump': 4 };
const LIE_WEIGHT = 12;

/** Draws the schedule of a seed. */
export function scheduleOf(seed: number): Schedule {
  const prng = new Prng(seed);
  const faults = new Set(FAULTS.filter(() => prng.percent(40)));
  const bag = bagOf(faults);
  const length = COMMANDS_MIN + prng.below(COMMANDS_MORE);
  const commands: Command[] = [];
  const isGuided = prng.percent(85);
  let guided = 0;
  for (let place = 0; place < length; place += 1) {
    const isOnWay = isGuided && guided < WAY_IN.length && prng.percent(80);
    const kind = isOnWay ? (WAY_IN[guided] ?? 'operator-next') : prng.pick(bag);
    if (isOnWay) guided += 1;
    commands.push({
      kind,
      pace: isOnWay ? { ms: 100 + prng.below(900) } : paceOf(prng),
      roll: prng.next(),
    });
  }
  const limits = prng.percent(50) ? DEFAULT_SESSION_LIMITS : CLOSE_LIMITS;
  const wantsSecond = prng.percent(40) ? ACTIVITIES.filter(() => prng.percent(40)) : null;
  return { seed, faults, limits, wantsSecond, commands };
}

const BAG: readonly Act[] = (Object.entries(ACTS) as [Act, number][]).flatMap(([act, weight]) =>
  Array.from({ length: weight }, () => act),
);

function bagOf(faults: ReadonlySet<Fault>): readonly CommandKind[] {
  const bag: CommandKind[] = [...BAG];
  for (const fault of faults) {
    if (fault === 'gateway-lies')
      bag.push(...Array.from({ length: LIE_WEIGHT }, () => 'lie' as const));
    else if (fault !== 'message-late' && fault !== 'message-lost' && fault !== 'message-repeated') {
      const weight = MORE_OFTEN[fault] ?? FAULT_WEIGHT;
      for (let times = 0; times < weight; times += 1) bag.push(fault);
    }
  }
  return bag;
}

/** Mostly a person's pace; sometimes just before, at, or just after a limit. */
function paceOf(prng: Prng): Pace {
  const way = prng.below(100);
  if (way < 40) return { ms: prng.below(120) };
  if (way < 82) return { ms: prng.below(3000) };
  if (way < 90) return { ms: prng.below(60_000) };
  if (way < 91) return { ms: prng.below(20 * 60_000) };
  return { toLimit: prng.below(8), offsetMs: prng.percent(50) ? -1 : prng.below(3) };
}
