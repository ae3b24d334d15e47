/** A validation that is being made, or was: what the panel and a terminal follow, step by step. */
import { isAccepted } from '@chaperone/domain/validation/acceptance.ts';
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type {
  Validation,
  ValidationStepReport,
} from '@chaperone/protocol/commissioning/validation.ts';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';

export class ValidationRun {
  readonly idleSeconds: number;
  readonly stopping = new AbortController();
  readonly #clock: { utcMs(): number; monotonicMs(): number };
  readonly #startedUtcMs: number;
  readonly #steps: ValidationStepReport[] = [];
  #stepBeganMs: number;
  #isRunning = true;
  #overtakenBy: DomainError | null = null;

  constructor(idleSeconds: number, clock: { utcMs(): number; monotonicMs(): number }) {
    this.idleSeconds = idleSeconds;
    this.#clock = clock;
    this.#startedUtcMs = clock.utcMs();
    this.#stepBeganMs = clock.monotonicMs();
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Whether it does not count any more, whatever it has seen. */
  get isOvertaken(): boolean {
    return this.#overtakenBy !== null;
  }

  throwIfOvertaken(): void {
    if (this.#overtakenBy !== null) throw this.#overtakenBy;
  }

  /** Takes it away, also when it was being stopped by hand. */
  overtake(why: DomainError): void {
    this.#overtakenBy ??= why;
    this.stopping.abort(why);
  }

  seen(step: ValidationStepReport): void {
    this.#steps.push(step);
    this.#stepBeganMs = this.#clock.monotonicMs();
  }

  end(): void {
    this.#isRunning = false;
  }

  /** What was seen until it was stopped: the rest is left out. */
  stopped(): Validation {
    return {
      startedUtcMs: this.#startedUtcMs,
      endedUtcMs: this.#clock.utcMs(),
      steps: VALIDATION_STEPS.map(
        (step) =>
          this.#steps.find((each) => each.step === step) ?? {
            step,
            result: 'left-out',
            finding: null,
            seen: {},
            said: 'It was stopped before this.',
            advice: null,
            tookMs: 0,
          },
      ),
    };
  }

  state(): NonNullable<EngineerState['validation']> {
    const now = this.#isRunning ? (VALIDATION_STEPS[this.#steps.length] ?? null) : null;
    return {
      running: this.#isRunning,
      accepted: !this.#isRunning && isAccepted(this.#steps),
      startedUtcMs: this.#startedUtcMs,
      steps: [...this.#steps],
      now,
      nowForMs: now === null ? 0 : Math.round(this.#clock.monotonicMs() - this.#stepBeganMs),
      idleSeconds: this.idleSeconds,
    };
  }
}
