/**
 * The cart's check of what a workstation signed, with ideal signatures.
 *
 * It compares the same members in the same order as `cart/src/consent/consent.ts`, which does it on real JWS and
 * certificates and has its own tests; here it stands in for it, since a signature costs more than a whole schedule.
 */
import type { SessionRequest } from '@chaperone/domain/consent/consent.ts';
import type { CaseId, GrantId, RequestId } from '@chaperone/domain/id/id.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { Statement } from '../people/statement.ts';
import type { Connection } from '../world/network.ts';

/** A verified request is shown for so long (`SHOWN_FOR_MS` in cart/src/consent). */
export const REQUEST_SHOWN_MS = 300_000;

export class StatementRefused extends DomainError {
  readonly code = 'STATEMENT_REFUSED';
}

/** Verifies the statements of one connection. */
export class RequestCheck {
  readonly #connection: Connection;
  readonly #isGenuine: (statement: Statement) => boolean;
  readonly #firstCame = new Map<RequestId, number>();

  constructor(connection: Connection, isGenuine: (statement: Statement) => boolean) {
    this.#connection = connection;
    this.#isGenuine = isGenuine;
  }

  /** @throws StatementRefused */
  verify(
    statement: Statement,
    expected: { readonly caseId: CaseId; readonly resumes: GrantId | null },
    monotonicMs: number,
  ): SessionRequest {
    const { session, challenge } = this.#connection;
    const fits =
      this.#isGenuine(statement) &&
      statement.session === session &&
      statement.challenge === challenge &&
      statement.caseId === expected.caseId &&
      statement.grant === expected.resumes &&
      statement.purpose === (expected.resumes === null ? 'request' : 'resume');
    if (!fits) throw new StatementRefused('The statement was not signed for this.');
    const cameMs = this.#firstCame.get(statement.id) ?? monotonicMs;
    this.#firstCame.set(statement.id, cameMs);
    return {
      id: statement.id,
      sessionId: statement.session,
      caseId: statement.caseId,
      technician: { id: statement.technician, name: statement.technician },
      workstation: { id: statement.workstation, keyThumbprint: statement.keyThumbprint },
      activities: statement.activities,
      comparisonCode: '123 456',
      expiresMonotonicMs: cameMs + REQUEST_SHOWN_MS,
    };
  }
}
