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
  LOGIN_NO_ANSWER:
    'Nobody answered the cart’s sign-in: this socket has no 802.1X, or the RADIUS server is not reached. Ask the hospital’s IT.',
  LOGIN_PASSPHRASE_REFUSED:
    'The access point refused the passphrase. Type it again as the hospital’s IT wrote it.',
} as const;
export type LoginFailure = keyof typeof LOGIN_FAILURES;
