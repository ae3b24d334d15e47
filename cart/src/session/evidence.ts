/**
 * The signed statements of the session that runs: its grant, and its receipt once it is over.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Grant } from '@chaperone/domain/consent/consent.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import type { GrantClaims } from '@chaperone/protocol/signed/claims.ts';
import type { Log } from '../platform/log.ts';
import { claimsOfGrant, claimsOfReceipt } from './statements.ts';
import type { SessionJournal } from './session-journal.ts';
import type { SessionTally } from './tally.ts';

export interface EvidenceOptions {
  readonly serial: CartSerial;
  readonly journal: SessionJournal;
  /** Signs a statement with the cart's key. */
  readonly sign: (typ: string, claims: object) => Promise<string>;
  readonly utcMs: () => number;
  readonly log: Log;
}

interface StatedGrant {
  readonly jws: string;
  readonly claims: GrantClaims;
}

export class Evidence {
  readonly #options: EvidenceOptions;
  #grant: StatedGrant | null = null;
  #receipt: Promise<string | null> = Promise.resolve(null);

  constructor(options: EvidenceOptions) {
    this.#options = options;
  }

  /** Settles with the receipt of the session that ended last; null if none could be made. */
  get receipt(): Promise<string | null> {
    return this.#receipt;
  }

  beginSession(): void {
    this.#grant = null;
    this.#receipt = Promise.resolve(null);
  }

  /** Signs a grant that is about to be given; it counts only once the session's state holds the same grant. */
  async prepareGrant(grant: Grant, noticeVersion: string, durationMs: number): Promise<void> {
    const { serial, sign } = this.#options;
    const claims = claimsOfGrant(serial, grant, noticeVersion, durationMs);
    this.#grant = { jws: await sign(TYP.grant, claims), claims };
  }

  /** Gives the statement of the grant that the state holds. */
  grantOf(state: SessionState): StatedGrant | null {
    const id = 'grant' in state ? state.grant?.id : undefined;
    return this.#grant !== null && this.#grant.claims.jti === id ? this.#grant : null;
  }

  /**
   * Begins to make the receipt of a session that has just ended.
   * @param tally gives the last count, once everything that was cut has settled
   */
  conclude(
    ended: Extract<SessionState, { readonly phase: 'ended' }>,
    tally: () => SessionTally,
  ): void {
    this.#receipt = this.#conclude(ended, tally);
  }

  async #conclude(
    ended: Extract<SessionState, { readonly phase: 'ended' }>,
    tally: () => SessionTally,
  ): Promise<string | null> {
    const { serial, journal, sign, utcMs, log } = this.#options;
    if (ended.sessionId === null) return null;
    const grant = this.grantOf(ended)?.claims ?? null;
    try {
      // The end itself, and what the cut streams leave behind, are written in this turn and the next.
      await nextTurn();
      const counted = tally();
      await journal.settled();
      const claims = claimsOfReceipt({
        serial,
        sessionId: ended.sessionId,
        grant,
        tally: counted,
        reason: ended.reason,
        endedUtcMs: utcMs(),
        journal,
      });
      return await sign(TYP.sessionReceipt, claims);
    } catch (fault) {
      log.error({ fault }, 'no receipt could be made');
      return null;
    }
  }
}
