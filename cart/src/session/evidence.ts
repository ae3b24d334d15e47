/**
 * The signed statements of the session that runs: its grant, and its receipt once it is over.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Grant } from '@chaperone/domain/consent/consent.ts';
import type { CartSerial, RandomBytes, SessionId } from '@chaperone/domain/id/id.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import type { GrantClaims } from '@chaperone/protocol/signed/claims.ts';
import type { Log } from '../platform/log.ts';
import { MovedFiles } from './moved-files.ts';
import type { MovedFile } from './moved-files.ts';
import { claimsOfGrant, claimsOfReceipt } from './statements.ts';
import type { SessionJournal } from './session-journal.ts';
import type { SessionTally } from './tally.ts';

export interface EvidenceOptions {
  readonly serial: CartSerial;
  readonly journal: SessionJournal;
  /** Signs a statement with the cart's key. */
  readonly sign: (typ: string, claims: object) => Promise<string>;
  readonly utcMs: () => number;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
}

/** What is kept of a session that has ended: its signed receipt, and the lines of its files. */
export interface SignedReceipt {
  readonly sessionId: SessionId;
  readonly jws: string;
  readonly endedUtcMs: number;
  /** Whether an operator had granted it: only of such a session the gateway knows. */
  readonly isGranted: boolean;
  readonly files: readonly string[];
}

interface StatedGrant {
  readonly jws: string;
  readonly claims: GrantClaims;
}

export class Evidence {
  readonly #options: EvidenceOptions;
  #grant: StatedGrant | null = null;
  #receipt: Promise<SignedReceipt | null> = Promise.resolve(null);
  #files: MovedFiles;
  #opened = new Set<Activity>();

  constructor(options: EvidenceOptions) {
    this.#options = options;
    this.#files = new MovedFiles(options);
  }

  /** Settles with the receipt of the session that ended last; null if none could be made. */
  get receipt(): Promise<SignedReceipt | null> {
    return this.#receipt;
  }

  beginSession(): void {
    this.#grant = null;
    this.#receipt = Promise.resolve(null);
    this.#files = new MovedFiles(this.#options);
    this.#opened = new Set();
  }

  hasOpened(activity: Activity): boolean {
    return this.#opened.has(activity);
  }

  opened(activity: Activity): void {
    this.#opened.add(activity);
  }

  fileSettled(file: MovedFile): void {
    this.#files.note(file);
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
  ): Promise<SignedReceipt | null> {
    const { serial, journal, sign, utcMs, log } = this.#options;
    if (ended.sessionId === null) return null;
    const grant = this.grantOf(ended)?.claims ?? null;
    try {
      // The end itself, and what the cut streams leave behind, are written in this turn and the next.
      await nextTurn();
      const counted = tally();
      const files = this.#files.list();
      const opened = [...this.#opened];
      await journal.settled();
      const endedUtcMs = utcMs();
      const { sessionId, reason } = ended;
      const claims = claimsOfReceipt({
        ...{ serial, sessionId, grant, tally: counted, opened, files: files.claims },
        ...{ reason, endedUtcMs, journal },
      });
      const jws = await sign(TYP.sessionReceipt, claims);
      return { sessionId, jws, endedUtcMs, isGranted: grant !== null, files: files.lines };
    } catch (fault) {
      log.error({ fault }, 'no receipt could be made');
      return null;
    }
  }
}
