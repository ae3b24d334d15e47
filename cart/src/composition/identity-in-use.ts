/**
 * The identity that a session has, from its first dial to its receipt: a certificate that is renewed meanwhile is for the next
 * session. The desk compares what a cart signs with the certificate that its connection showed, so both must be one.
 */
import type { CartIdentity, Renewal } from '../licence/licence.ts';
import type { Session } from '../session/session.ts';

export class IdentityInUse {
  #current: CartIdentity;

  constructor(identity: CartIdentity) {
    this.#current = identity;
  }

  get current(): CartIdentity {
    return this.#current;
  }

  /** Takes the newest identity on whenever no session is under way. Call it before anything dials. */
  follow(session: Session, renewal: Renewal): void {
    const takeNewest = (): void => {
      const { phase } = session.state;
      if (phase === 'idle' || phase === 'notice') this.#current = renewal.identity;
    };
    session.onChange(takeNewest);
    renewal.onRenewed(takeNewest);
  }
}
