/**
 * Writes down what the administration does. What widens access waits for its entry; what narrows it has happened before,
 * and is written as soon as that is possible, with or without its reason.
 */
import type { AdministrationActName } from '@chaperone/domain/ledger-entry/administration-fact.ts';
import type { Commitment } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { keepReason } from './reasons.ts';
import type { Actor, ReasonContext } from './reasons.ts';

export interface AdministrationAct extends Actor {
  readonly act: AdministrationActName;
  readonly target: string;
  /** Null where the act has its reason in itself, such as a licence for a named workstation. */
  readonly reason: string | null;
  readonly roles?: readonly string[] | null;
}

export type ActContext = ReasonContext & Pick<DeskContext, 'ledger'>;

export class ActRecord {
  readonly #context: ActContext;
  readonly #report: (fault: unknown) => void;

  /** @param report told of a reason that could not be kept */
  constructor(context: ActContext, report: (fault: unknown) => void) {
    this.#context = context;
    this.#report = report;
  }

  /** Of an act that widens access: it waits for this. @throws LedgerUnavailable and what the database throws */
  async before({ act, target, reason, ...rest }: AdministrationAct): Promise<void> {
    const { by, workstationId } = rest;
    const reasonCommitment =
      reason === null
        ? null
        : await keepReason(this.#context, { act, target, by, workstationId, reason });
    await this.#context.ledger.append({
      kind: 'administration-act',
      act,
      target,
      ...rest,
      reasonCommitment,
    });
  }

  /** Of an act that narrowed access: it has happened, whatever becomes of this. */
  async after({ act, target, reason, ...rest }: AdministrationAct): Promise<void> {
    const { by, workstationId } = rest;
    const reasonCommitment = await this.#reasonAfter({ act, target, by, workstationId, reason });
    const fact = { kind: 'administration-act', act, target, ...rest, reasonCommitment } as const;
    this.#context.ledger.appendLater(fact);
  }

  /**
   * Of a remote session that an administrator ended. It is of a case, and its reason may name a patient as easily as a note does.
   * @param keep seals the reason with the case, and gives its commitment
   */
  async afterEndOf(
    sessionId: SessionId,
    actor: Actor,
    keep: () => Promise<Commitment>,
  ): Promise<void> {
    const reasonCommitment = await this.#keptAfter(keep);
    const { ledger } = this.#context;
    ledger.appendLater({ kind: 'session-end-ordered', sessionId, ...actor, reasonCommitment });
  }

  async #reasonAfter(
    about: Actor & {
      readonly act: string;
      readonly target: string;
      readonly reason: string | null;
    },
  ): Promise<string | null> {
    const { reason, ...rest } = about;
    if (reason === null) return null;
    return await this.#keptAfter(async () => await keepReason(this.#context, { ...rest, reason }));
  }

  async #keptAfter(keep: () => Promise<Commitment>): Promise<Commitment | null> {
    try {
      return await keep();
    } catch (fault) {
      this.#report(fault);
      return null;
    }
  }
}
