/** Why something that the operator touched did not happen, as a code that has words in every language. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { RefusedField } from '@chaperone/protocol/panel-api/engineer.ts';

/** Codes that the panel itself finds; all others come from the agent's problems. */
export const OWN_CODES = ['AGENT_SILENT', 'CREDENTIAL_REFUSED', 'VIEW_UNREADABLE'] as const;

export class ActFailed extends DomainError {
  /** The `code` of the agent's problem, or one of {@link OWN_CODES}. */
  readonly code: string;
  /** What the agent said in English, for who sets up a cart; null when it said nothing. */
  readonly detail: string | null;
  /** Fields of a form that cannot be used. */
  readonly fields: readonly RefusedField[];

  constructor(
    code: string,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly detail?: string | null;
      readonly fields?: readonly RefusedField[];
    } = {},
  ) {
    super(message, options);
    this.code = code;
    this.detail = options.detail ?? null;
    this.fields = options.fields ?? [];
  }
}

/** Names what went wrong in any failure of an act. */
export function codeOf(failure: unknown): string {
  return failure instanceof DomainError ? failure.code : 'UNKNOWN';
}
