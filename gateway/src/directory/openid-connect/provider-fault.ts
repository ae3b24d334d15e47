/** What a fault of a question to the provider means: refused, or not answered. */
import * as oidc from 'openid-client';

/**
 * Errors of the token endpoint that say: this person has to sign in anew, or may not at all (RFC 6749 §5.2, OpenID Connect
 * Core 1.0 §3.1.2.6). All else, such as `invalid_client`, is no judgement of anybody.
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'invalid_grant',
  'access_denied',
  'account_selection_required',
  'consent_required',
  'interaction_required',
  'login_required',
]);

/** Answers that were read and are not right; what remains is a provider that gave none. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'OAUTH_ABORT',
  'OAUTH_PARSE_ERROR',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_TIMEOUT',
]);

/** Tells whether the provider judged the person, and not. */
export function isRefusal(fault: unknown): boolean {
  return fault instanceof oidc.ResponseBodyError && REFUSALS.has(fault.error);
}

/** Tells whether an answer came that is not the one that this sign-in waits for: forged, mixed up, expired. */
export function isWrongAnswer(fault: unknown): boolean {
  if (fault instanceof oidc.AuthorizationResponseError) return true;
  if (!(fault instanceof oidc.ClientError)) return false;
  return fault.code !== undefined && !NO_ANSWER.has(fault.code);
}

/** What the log may say: the library's causes hold tokens and what people are called. */
export function describeProviderFault(fault: unknown): string {
  if (fault instanceof oidc.ResponseBodyError)
    return `${fault.status} ${JSON.stringify(fault.error.slice(0, 64))}`;
  if (fault instanceof oidc.AuthorizationResponseError)
    return `the provider says ${JSON.stringify(fault.error.slice(0, 64))}`;
  if (!(fault instanceof Error)) return 'an unknown fault';
  const { message, cause } = fault;
  const code = 'code' in fault ? ` (${String(fault.code)})` : '';
  const below = cause instanceof Error && cause.message !== message ? `: ${cause.message}` : '';
  return `${message}${code}${below}`;
}
