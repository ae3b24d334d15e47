/** The operator's consent as the agent carries it out: nobody is let in before the display shows who it is. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { RequestId } from '@chaperone/domain/id/id.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { Evidence } from './evidence.ts';
import type { Raised, SessionOptions } from './session-asks.ts';
import type { SessionStepper } from './stepper.ts';

export interface ConsentActOptions extends Pick<
  SessionOptions,
  'indicator' | 'limits' | 'randomBytes'
> {
  readonly stepper: SessionStepper;
  readonly evidence: Evidence;
  readonly refused: (operation: string, code: string) => void;
}

export class ConsentAct {
  readonly #options: ConsentActOptions;
  #comparisonCode = '';

  constructor(options: ConsentActOptions) {
    this.#options = options;
  }

  /** Of the technician who was let in; empty before. */
  get comparisonCode(): string {
    return this.#comparisonCode;
  }

  beginSession(): void {
    this.#comparisonCode = '';
  }

  /** @throws IndicatorUnavailable, JournalUnwritable, SessionContended, and what the domain's step throws */
  async give(requestId: RequestId, activities: readonly Activity[]): Promise<void> {
    const { indicator, stepper } = this.#options;
    const { state } = stepper;
    const waiting = state.phase === 'waiting' ? state : null;
    const asking = waiting?.requests.find(({ id }) => id === requestId);
    const isRecorded = waiting?.offered?.recordsScreen === true;
    try {
      if (asking !== undefined)
        await this.#raise({ technicianName: asking.technician.name, activities, isRecorded });
      await this.#grant(requestId, activities);
    } finally {
      indicator.lowerUnlessInSession();
    }
  }

  async #raise(raised: Raised): Promise<void> {
    try {
      await this.#options.indicator.raise(raised);
    } catch (fault) {
      if (fault instanceof DomainError) this.#options.refused('panel consent', fault.code);
      throw fault;
    }
  }

  async #grant(requestId: RequestId, activities: readonly Activity[]): Promise<void> {
    const { limits, randomBytes, stepper, evidence } = this.#options;
    const grantId = newId('grant', randomBytes);
    await stepper.widen({ type: 'give-consent', requestId, activities, grantId }, async (next) => {
      const { state } = stepper;
      if (!isInSession(next) || state.phase !== 'waiting') return;
      const asked = state.requests.find(({ id }) => id === requestId);
      // Before the state is taken: whoever is told of the new state finds the statement beside it.
      await evidence.prepareGrant(next.grant, state.noticeVersion, limits.grantMs);
      this.#comparisonCode = asked?.comparisonCode ?? '';
    });
  }
}
