/**
 * Validations of the road: one at a time, and the last one is kept until something changes.
 *
 * What ends one before its end makes a difference. Whoever stops it by hand keeps what was seen until then, with the rest left out: so
 * does an idle test that is cut short, whose report has everything that it is about. A change, or a session, takes it away:
 * what was seen is not what is there now.
 */
import { isAccepted } from '@chaperone/domain/validation/acceptance.ts';
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type {
  Validation,
  ValidationStepReport,
} from '@chaperone/protocol/commissioning/validation.ts';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import {
  CommissioningUnderWay,
  ValidationOvertaken,
  ValidationStopped,
} from './commissioning-refused.ts';
import { KeptValidation } from './kept-validation.ts';
import { ValidationRun } from './validation-run.ts';

export interface ValidationsOptions {
  readonly dataDirectory: string;
  readonly clock: { utcMs(): number; monotonicMs(): number };
  readonly tell: () => void;
}

/** Takes the steps of one validation. @throws the signal's reason, and what validation throws */
export type TakeSteps = (
  signal: AbortSignal,
  onStep: (step: ValidationStepReport) => void,
) => Promise<Validation>;

export class Validations {
  readonly #options: ValidationsOptions;
  readonly #kept: KeptValidation;
  /** The one that runs, or that ran last. One that runs stays here until it has ended, so that it can be seen and stopped. */
  #run: ValidationRun | null = null;

  constructor(options: ValidationsOptions) {
    this.#options = options;
    this.#kept = new KeptValidation(options.dataDirectory);
  }

  get isRunning(): boolean {
    return this.#run?.isRunning === true;
  }

  /** @throws CommissioningUnderWay while one runs */
  admit(): void {
    if (this.isRunning) throw new CommissioningUnderWay();
  }

  /** Makes one, and keeps it. @throws ValidationOvertaken, SessionUnderWay, and what taking the steps throws */
  async make(
    idleSeconds: number,
    takeSteps: TakeSteps,
    onStep: (step: ValidationStepReport) => void,
  ): Promise<Validation> {
    this.admit();
    const { clock, tell } = this.#options;
    const run = new ValidationRun(idleSeconds, clock);
    this.#run = run;
    try {
      await this.#kept.forget();
      tell();
      const validation = await this.#take(run, takeSteps, onStep);
      run.throwIfOvertaken();
      await this.#kept.keep(validation);
      if (run.isOvertaken) await this.#kept.forget();
      run.throwIfOvertaken();
      return validation;
    } finally {
      run.end();
      if (run.isOvertaken) this.#run = null;
      tell();
    }
  }

  /** Stops one by hand. */
  stop(): void {
    this.#run?.stopping.abort(new ValidationStopped());
  }

  /** Takes one that runs away: what it has seen does not count any more. */
  overtake(why: DomainError): void {
    if (this.isRunning) this.#run?.overtake(why);
  }

  /** Forgets what was validated, before something changes of what it has seen. */
  async forget(): Promise<void> {
    this.overtake(new ValidationOvertaken());
    await this.forgetLast();
  }

  /** The same for a change that a running validation makes itself, which goes on. */
  async forgetLast(): Promise<void> {
    if (!this.isRunning) this.#run = null;
    await this.#kept.forget();
  }

  /** Gives what counts; null while there is none, or one runs. */
  async last(): Promise<Validation | null> {
    return this.isRunning ? null : await this.#kept.read();
  }

  async state(): Promise<EngineerState['validation']> {
    if (this.#run !== null) return this.#run.state();
    const kept = await this.#kept.read();
    if (kept === null) return null;
    const { startedUtcMs, steps } = kept;
    const accepted = isAccepted(steps);
    return {
      running: false,
      accepted,
      startedUtcMs,
      steps,
      now: null,
      nowForMs: 0,
      idleSeconds: 0,
    };
  }

  async #take(
    run: ValidationRun,
    takeSteps: TakeSteps,
    onStep: (step: ValidationStepReport) => void,
  ): Promise<Validation> {
    const { signal } = run.stopping;
    try {
      return await takeSteps(signal, (step) => {
        run.seen(step);
        onStep(step);
        this.#options.tell();
      });
    } catch (fault) {
      run.throwIfOvertaken();
      if (signal.aborted && signal.reason instanceof ValidationStopped) return run.stopped();
      throw fault;
    }
  }
}
