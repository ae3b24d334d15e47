/** What keeps a change of the cart root from going on. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The steps are announce, activate, finish; each is done once, in this order. */
export class RolloverOutOfTurn extends DomainError {
  readonly code = 'ROLLOVER_OUT_OF_TURN';
}

export class RolloverCartsWaiting extends DomainError {
  readonly code = 'ROLLOVER_CARTS_WAITING';

  /** @param serials carts that have no certificate of the new root */
  constructor(serials: readonly string[]) {
    const shown = serials.slice(0, SHOWN_MAX).join(', ');
    const more = serials.length > SHOWN_MAX ? ` and ${serials.length - SHOWN_MAX} more` : '';
    super(
      `These carts have no certificate of the new root yet: ${shown}${more}. Wait until they have renewed, retire them, or name ` +
        'those that may be left behind with --leave; these have to be enrolled again.',
    );
  }
}

const SHOWN_MAX = 20;
