/**
 * Why a sign-in to a network (802.1X, or a Wi-Fi passphrase) came to nothing, in the words of who has to mend it.
 *
 * All of them are the finding `NETWORK_LOGIN_REFUSED` of a validation, and a reason why a new profile was rolled back.
 */
export const LOGIN_FAILURES = {
  LOGIN_REFUSED:
    'The network refused the cart’s sign-in: name or password are wrong, or the account is locked. Ask the hospital’s IT to look for it in the log of the RADIUS server.',
  LOGIN_SERVER_UNTRUSTED:
    'The sign-in server’s certificate is not from the CA that was given. Ask the hospital’s IT for the CA of the RADIUS server; if it is the right one, somebody poses as the network.',
  LOGIN_SERVER_NAME_WRONG:
    'The sign-in server’s certificate has another name than the one that was given. Ask the hospital’s IT for the name in it.',
  LOGIN_SERVER_EXPIRED:
    'The sign-in server’s certificate is not in force: it has expired, or the cart’s clock is wrong. Compare the clock, then tell the hospital’s IT.',
  LOGIN_METHOD_REFUSED:
    'The sign-in server does not take PEAP with MSCHAPv2. Ask the hospital’s IT to allow it for the cart’s account.',
  LOGIN_TLS_TOO_OLD:
    'The sign-in server and the cart have no version of TLS in common: the server is older than TLS 1.2. Ask the hospital’s IT to switch TLS 1.2 on.',
  LOGIN_NO_ANSWER:
    'Nobody answered the cart’s sign-in: this socket has no 802.1X, or the RADIUS server is not reached. Ask the hospital’s IT.',
  LOGIN_PASSPHRASE_REFUSED:
    'The access point refused the passphrase. Type it again as the hospital’s IT wrote it.',
} as const;
export type LoginFailure = keyof typeof LOGIN_FAILURES;

/** What the supplicant says of a sign-in under way: wpa_supplicant's signal `EAP`, in its own words. */
export interface LoginEvent {
  readonly status: string;
  readonly parameter: string;
}

/**
 * Says why a sign-in by 802.1X failed; null when its last try did not fail.
 *
 * The last try counts, since a supplicant tries again by itself; within it the first thing that went wrong.
 */
export function loginFailureOf(events: readonly LoginEvent[]): LoginFailure | null {
  const begun = events.findLastIndex(({ status }) => status === 'started');
  const last = events.slice(Math.max(begun, 0));
  // What has only begun tells less than a try that came to an end.
  const isUnfinished = !last.some(({ status }) => status === 'completion');
  const before = isUnfinished && begun > 0 ? loginFailureOf(events.slice(0, begun)) : null;
  for (const event of last) {
    const failure = failureIn(event);
    if (failure !== null) return failure;
  }
  if (last.some(({ status, parameter }) => status === 'completion' && parameter === 'success'))
    return null;
  return before ?? 'LOGIN_NO_ANSWER';
}

function failureIn({ status, parameter }: LoginEvent): LoginFailure | null {
  switch (status) {
    case 'remote certificate verification':
      return parameter === 'success' ? null : certificateFailure(parameter);
    case 'refuse proposed method':
      return 'LOGIN_METHOD_REFUSED';
    case 'local TLS alert':
    case 'remote TLS alert':
      return /protocol version|insufficient security|handshake failure/.test(parameter)
        ? 'LOGIN_TLS_TOO_OLD'
        : null;
    case 'completion':
      return parameter === 'failure' ? 'LOGIN_REFUSED' : null;
    default:
      return null;
  }
}

/** wpa_supplicant's own words for names, OpenSSL's for the rest (X509_verify_cert_error_string). */
function certificateFailure(reason: string): LoginFailure {
  if (/mismatch/i.test(reason)) return 'LOGIN_SERVER_NAME_WRONG';
  if (/expired|not yet valid/.test(reason)) return 'LOGIN_SERVER_EXPIRED';
  return 'LOGIN_SERVER_UNTRUSTED';
}
