/** Why something that the operator touched did not happen, as a code that has words in every language. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Codes that the panel itself finds; all others come from the agent's problems. */
export const OWN_CODES = ['AGENT_SILENT', 'CREDENTIAL_REFUSED', 'VIEW_UNREADABLE'] as const;

export class ActFailed extends DomainError {
  /** The `code` of the agent's problem, or one of {@link OWN_CODES}. */
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Names what went wrong in any failure of an act. */
export function codeOf(failure: unknown): string {
  return failure instanceof DomainError ? failure.code : 'UNKNOWN';
}
