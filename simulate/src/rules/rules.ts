/**
 * The rules under test, handed to the simulator as one record.
 *
 * All are the production code: the machines of `domain`, and of the cart its rule of order (what is recorded before
 * it is done), its guard over streams and its search for a session that a stop cut off. A planted fault replaces
 * exactly one of them. Beside them stand two small rules that the gateway keeps outside `domain` (`gateway-rules.ts`).
 */
import { SessionStepper } from '@chaperone/cart/session/stepper.ts';
import type { StepperOptions } from '@chaperone/cart/session/stepper.ts';
import { unfinishedSession } from '@chaperone/cart/session/unfinished-session.ts';
import { advance, judge, nextStep } from '@chaperone/domain/destruction/destruction.ts';
import { redeem } from '@chaperone/domain/licence/licence.ts';
import {
  beginResolving,
  completeResolving,
  designate,
} from '@chaperone/domain/service-case/service-case.ts';
import { admit } from '@chaperone/domain/session/admit.ts';
import { nextDeadlineMs } from '@chaperone/domain/session/deadline.ts';
import { step } from '@chaperone/domain/session/session.ts';
import { isSettled, move } from '@chaperone/domain/transfer/transfer.ts';
import { recordFirst, takesNew } from './gateway-rules.ts';

/** What the cart's rule of order offers; `SessionStepper` is the one that counts. */
export type Order = Pick<SessionStepper, 'state' | 'narrow' | 'widen'>;

export interface Rules {
  readonly takesNew: typeof takesNew;
  readonly recordFirst: typeof recordFirst;
  readonly step: typeof step;
  readonly admit: typeof admit;
  readonly order: (options: StepperOptions) => Order;
  readonly nextDeadlineMs: typeof nextDeadlineMs;
  readonly unfinishedSession: typeof unfinishedSession;
  readonly beginResolving: typeof beginResolving;
  readonly completeResolving: typeof completeResolving;
  readonly designate: typeof designate;
  readonly nextStep: typeof nextStep;
  readonly advance: typeof advance;
  readonly judge: typeof judge;
  readonly move: typeof move;
  readonly isSettled: typeof isSettled;
  readonly redeem: typeof redeem;
}

export const PRODUCTION: Rules = {
  takesNew,
  recordFirst,
  step,
  admit,
  order: (options) => new SessionStepper(options),
  nextDeadlineMs,
  unfinishedSession,
  beginResolving,
  completeResolving,
  designate,
  nextStep,
  advance,
  judge,
  move,
  isSettled,
  redeem,
};
