/** Planted faults in the cart's rule of order: each gets one sentence of `cart/src/session/stepper.ts` wrong. */
import type { StepperOptions } from '@chaperone/cart/session/stepper.ts';
import type { SessionEvent, SessionStep } from '@chaperone/domain/session/session.ts';
import { IDLE } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { Order } from '../rules/rules.ts';

type Record = (order: PlantedOrder, event: SessionEvent, next: SessionStep) => Promise<void>;

/** An order like the production one, but for how a widening step is recorded and taken. */
class PlantedOrder implements Order {
  readonly #options: StepperOptions;
  readonly #record: Record;
  #state: SessionState = IDLE;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: StepperOptions, record: Record) {
    this.#options = options;
    this.#record = record;
  }

  get state(): SessionState {
    return this.#state;
  }

  narrow(event: SessionEvent): void {
    const next = this.compute(event);
    this.take(next);
    this.#options.journal.appendLater(next.facts);
  }

  widen(event: SessionEvent): Promise<void> {
    const turn = this.#turn.then(() => this.#inTurn(event));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async append(next: SessionStep): Promise<void> {
    await this.#options.journal.append(next.facts);
  }

  take({ state }: SessionStep): void {
    const previous = this.#state;
    if (state === previous) return;
    this.#state = state;
    this.#options.onTaken(state, previous);
  }

  async #inTurn(event: SessionEvent): Promise<void> {
    const next = this.compute(event);
    if (next.widening) return await this.#record(this, event, next);
    this.take(next);
    this.#options.journal.appendLater(next.facts);
  }

  compute(event: SessionEvent): SessionStep {
    const { now, limits, noticeVersion, bounds, step } = this.#options;
    if (step === undefined) throw new Error('the simulator hands in the machine');
    return step(this.#state, event, now(), limits, noticeVersion, bounds());
  }
}

/** Takes a widening state first and writes its entry after it. */
export function actFirst(options: StepperOptions): Order {
  return new PlantedOrder(options, async (order, _event, next) => {
    order.take(next);
    await order.append(next);
  });
}

/** Takes what was computed before the writing, whatever has happened during it. */
export function takesTheOld(options: StepperOptions): Order {
  return new PlantedOrder(options, async (order, _event, next) => {
    await order.append(next);
    order.take(next);
  });
}

/** Computes anew after the writing, and does not ask whether somebody has said no in between. */
export function forgetsTheNo(options: StepperOptions): Order {
  return new PlantedOrder(options, async (order, event, next) => {
    await order.append(next);
    order.take(order.compute(event));
  });
}
