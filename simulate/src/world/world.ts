/**
 * The world of one schedule: its clocks, what is about to happen, and who watches.
 *
 * Everything happens in one queue by time and order of arrival; nothing here waits or looks at a real clock. Each thing
 * that will happen carries its own chance, drawn from what caused it.
 */
import { Prng } from '../prng/prng.ts';
import type { Fault } from '../schedule/schedule.ts';
import type { Ghost } from '../ghost/ghost.ts';
import { invariantsOn } from '../invariant/invariants.ts';
import type { Observation } from '../invariant/observation.ts';
import type { Rules } from '../rules/rules.ts';
import type { Trace } from './trace.ts';

/** Whose process something happens in: what waits in it is gone when it crashes. */
export type Owner = 'cart' | 'gateway' | 'world';

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly owner: Owner;
  readonly life: number;
  readonly roll: number;
  readonly run: () => void;
}

/** The invariant that did not hold, and what was wrong. */
export interface Broken {
  readonly invariant: string;
  readonly why: string;
  readonly atMs: number;
}

export interface WorldOptions {
  readonly rules: Rules;
  readonly faults: ReadonlySet<Fault>;
  readonly trace: Trace;
  readonly ghost: Ghost;
  /** Collects what this schedule has reached. */
  readonly reached: Set<string>;
}

/** 2026-01-01T00:00:00Z: where the wall clocks begin. */
const UTC_BEGIN_MS = 1_767_225_600_000;
/** Turns of the microtask queue after which all that a settled promise sets off has happened. */
const TURNS = 16;

export class World {
  readonly dice = new Prng(0);
  readonly rules: Rules;
  readonly ghost: Ghost;
  readonly trace: Trace;
  readonly #faults: ReadonlySet<Fault>;
  readonly #reached: Set<string>;
  readonly #lives: Record<Owner, number> = { cart: 0, gateway: 0, world: 0 };
  readonly #queue: Pending[] = [];
  #order = 0;
  #isStirred = false;
  nowMs = 1000;
  /** How far the wall clocks are from where they should be. */
  utcOffsetMs = UTC_BEGIN_MS;
  broken: Broken | null = null;
  /** Describes the cart's session for the trace. */
  describe: () => string = () => '';

  constructor(options: WorldOptions) {
    this.rules = options.rules;
    this.ghost = options.ghost;
    this.trace = options.trace;
    this.#faults = options.faults;
    this.#reached = options.reached;
  }

  get utcMs(): number {
    return this.nowMs + this.utcOffsetMs;
  }

  /** Whether this schedule has a fault. */
  has(fault: Fault): boolean {
    return this.#faults.has(fault);
  }

  /** Lets something happen later in a process, unless that process has died by then. */
  after(delayMs: number, owner: Owner, run: () => void): void {
    const atMs = this.nowMs + delayMs;
    this.#order += 1;
    const life = this.#lives[owner];
    const pending = { atMs, order: this.#order, owner, life, roll: this.dice.next(), run };
    const queue = this.#queue;
    let place = queue.length;
    // The next is at the end. What comes later stands before; equals in their order of arrival.
    while (place > 0 && (queue[place - 1] as Pending).atMs <= atMs) place -= 1;
    queue.splice(place, 0, pending);
  }

  /** A process dies, and with it what waits in it. */
  kill(owner: Owner): void {
    this.#lives[owner] += 1;
  }

  /** Notes that promises have settled, so that what follows from them happens before anything else. */
  stir(): void {
    this.#isStirred = true;
  }

  /** Writes a line of the trace. */
  note(actor: string, event: string): void {
    this.trace.add(this.nowMs, actor, event, this.describe());
  }

  /** Counts that this schedule has reached something. */
  reach(what: string): void {
    this.#reached.add(what);
  }

  /** Lets every invariant that has a say judge what has just happened. The first that breaks counts. */
  observe(observation: Observation): void {
    if (this.broken !== null) return;
    for (const { name, judge } of invariantsOn(observation.is)) {
      const why = judge(observation, this.ghost, this.nowMs);
      if (why === null) continue;
      this.broken = { invariant: name, why, atMs: this.nowMs };
      return;
    }
  }

  /** Lets time pass, with all that happens in it. Stops at a broken invariant. */
  async advance(untilMs: number): Promise<void> {
    for (;;) {
      const next = this.#queue.at(-1);
      if (next === undefined || next.atMs > untilMs || this.broken !== null) break;
      this.#queue.pop();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      if (next.life !== this.#lives[next.owner]) continue;
      this.dice.reseed(next.roll);
      next.run();
      if (this.#isStirred) await this.settle();
    }
    if (this.broken === null) this.nowMs = Math.max(this.nowMs, untilMs);
  }

  /** Lets everything happen that settled promises set off. */
  async settle(): Promise<void> {
    while (this.#isStirred) {
      this.#isStirred = false;
      for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
    }
  }
}
