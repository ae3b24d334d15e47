/** Why something was refused, in words that say what to do next. Codes: docs/errors.md. */
import { DeskProblem } from '../api/ask.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  DESK_UNREACHABLE: 'The service centre cannot be reached. Check the network, then try again.',
  NOT_SIGNED_IN: 'You are signed out. Sign in again.',
  // Gates
  SIGN_IN_REFUSED:
    'User ID and password do not fit, or they belong to somebody else than the first step.',
  FIRST_PASSWORD_EXPIRED:
    'This first password is older than 7 days. Ask an administrator for another one.',
  DIRECTORY_REFUSED: 'The directory did not accept this login and password.',
  DIRECTORY_UNAVAILABLE: 'The company directory does not answer. This is not about your password.',
  DIRECTORY_ANSWER_REFUSED:
    'The sign-in there was not finished, took too long, or belongs to another window. Begin it again.',
  DIRECTORY_ANSWER_UNUSABLE:
    'Your company’s sign-in let you in, but does not say what this gateway needs. Tell your administrator.',
  SIGN_IN_THROTTLED: 'Too many attempts. Wait two minutes, then try again.',
  SECOND_FACTOR_REFUSED:
    'That was not accepted: mistyped, used already, or too old. Take the next one that is shown.',
  PASSKEY_CLONE_SUSPECTED:
    'This key was used somewhere else since your last sign-in, as if there were a copy of it. Tell your administrator.',
  FACTOR_ENROLLED: 'A second factor was set up meanwhile. Go back and sign in with it.',
  FACTOR_NOT_HERE: 'Your second factor does not work under this address.',
  PASSKEY_NOT_GIVEN:
    'The browser gave no passkey: it was cancelled, took too long, or this key is not the one that was set up.',
  PASSKEY_KNOWN: 'This key holds a passkey for this account already.',
  PASSKEY_UNSUPPORTED: 'This browser cannot use passkeys.',
  SIGN_IN_BUSY: 'Too many people are signing in at the moment. Try again in a few seconds.',
  WORKSTATION_REFUSED:
    'This computer shows no workstation certificate in force. Load the page anew, or ask your administrator.',
  RENEWED_TOO_OFTEN:
    'This workstation has made too many keys today. Try again tomorrow, or ask your administrator.',
  WORKSTATION_NOT_LICENSED: 'The licence of this workstation is not in force any more.',
  LICENCE_CODE_MISTYPED:
    'The code has a typing error: its check symbol does not fit. Compare it once more.',
  LICENCE_UNKNOWN: 'There is no such licence code.',
  LICENCE_USED: 'This code has been used. Each code licenses one workstation.',
  LICENCE_EXPIRED: 'This code has expired. Ask for a new one.',
  LICENCE_RETIRED: 'This licence has been retired. Ask for a new one.',
  ENROLMENT_THROTTLED: 'Too many codes did not work. Wait a little.',
  NO_ROLE_HERE:
    'Your account allows none of the roles that the directory gives you. Ask your administrator.',
  CONFIRMATION_REQUIRED: 'This has to be confirmed once more. Try again.',
  CONFIRMATION_REFUSED: 'Password or second factor do not fit. Take the next code that is shown.',
  NOT_CONFIRMED: 'It was not confirmed, so nothing was done.',
  DOWNLOAD_BROKEN: 'The download broke off. Nothing was saved.',
  // Administration
  ACCOUNT_EXISTS: 'There is an account of this user ID or of this person already.',
  ACCOUNT_UNKNOWN: 'There is no such account.',
  LAST_ADMINISTRATOR: 'You are the last administrator in force. Have another one made first.',
  TWO_PEOPLE_NEEDED:
    'An administrator is made, and brought back, by two: without the role the account can be changed and enabled; then propose the role from it, and have another one approve.',
  TARGET_UNKNOWN: 'It is not there any more.',
  PROPOSAL_UNKNOWN: 'There is no such proposal.',
  PROPOSAL_DECIDED: 'It was decided meanwhile, or its time is over.',
  CHAIN_RETIRED: 'This part of the authority is retired: it licenses nothing any more.',
  SEATS_TAKEN: 'All seats are taken. Retire a workstation first, or raise the number of seats.',
  WORKSTATION_UNKNOWN: 'There is no such workstation.',
  // Cases
  CART_HAS_OPEN_CASE: 'A case is open for this cart already.',
  CART_UNKNOWN: 'No cart with this serial number is licensed here.',
  CASE_UNKNOWN: 'There is no such case, or you are not designated for it.',
  CASE_TOO_LARGE: 'All files of this case together would be too large. Resolve it first.',
  CASE_NOT_OPEN: 'The case is not open any more.',
  CASE_IN_SESSION: 'A session of this case is still running. End it first.',
  CASE_UNDER_LEGAL_HOLD:
    'A legal hold, or one that is proposed, keeps the case from being resolved.',
  CONFIRMATION_WRONG: 'That is not the number of this case.',
  DESTRUCTION_INTERRUPTED:
    'The destruction was interrupted. It goes on by itself as soon as it can, or when asked again.',
  DESTRUCTION_NOT_VERIFIED:
    'Something of the case was still found. Nothing was certified; ask again.',
  REQUESTS_TOO_MANY: 'That was more than is taken at once. Wait a little, then try again.',
  NOT_DESIGNATED: 'You are not designated for this case.',
  NOT_ALLOWED: 'Your role does not allow this.',
  LEDGER_UNAVAILABLE:
    'Nothing can be recorded at the moment, so nothing is allowed. Tell your administrator.',
  // Session
  CART_UNREACHABLE: 'The cart is not connected.',
  NO_SESSION: 'There is no session that could be used now.',
  SESSION_HELD_BY_ANOTHER: 'Somebody else holds the session, or you at another workstation.',
  SESSION_PAUSED: 'The operator has paused the session.',
  SESSION_OVER: 'The session has ended.',
  SESSION_REQUEST_INVALID: 'The request was not accepted. Is this computer’s clock right?',
  SESSION_REQUEST_STALE: 'The cart has connected anew. Ask again.',
  REQUEST_UNTRUSTED: 'The cart does not trust this workstation’s licence.',
  REQUEST_STALE: 'The cart has connected anew. Ask again.',
  CLOCK_SKEWED: 'The clocks of the cart and of this computer are too far apart.',
  FEATURE_NOT_LICENSED: 'The licence of this cart does not include what you ask for.',
  LICENCE_NOT_IN_FORCE: 'The licence of this cart is not in force.',
  ACTIVITY_NOT_GRANTED: 'The operator did not allow this.',
  GRANT_NOT_IN_FORCE: 'The operator’s permission is not in force any more.',
  RESUME_REFUSED: 'The cart did not resume the session.',
  GRANT_INVALID: 'What the cart signed does not fit. The session was ended.',
  // Files
  FILE_NOT_FOUND: 'There is no such file or directory on the cart.',
  FILE_CHANGED: 'The file changed while it was fetched. Fetch it again.',
  FILE_EXISTS: 'The cart’s inbox has a file of this name already. Nothing was overwritten.',
  FILE_NAME_REFUSED: 'A file of this name is not taken. Rename it.',
  FILE_TOO_LARGE: 'The file is too large.',
  DIGEST_MISMATCH: 'The bytes that arrived are not the bytes that were sent. Nothing was kept.',
  RECORD_DIGEST_MISMATCH:
    'The bytes that arrived are not those that were announced. Nothing was kept.',
  DISK_FULL: 'There is no room left on the disk.',
  DISK_RESERVE_REACHED:
    'The service centre’s disk has no room left for files. Tell your administrator.',
  REQUEST_TOO_LARGE: 'The file is larger than the service centre takes.',
  TOO_MANY_TRANSFERS: 'Too many files are under way. Wait for one to finish.',
  UPLOAD_BROKEN: 'The upload broke off. Nothing was kept.',
  RECORD_DAMAGED: 'The record is damaged: its seal does not fit.',
  CASE_KEY_MISSING: 'The records of this case are destroyed.',
  REFUSED_BY_CART: 'The cart refused this.',
};

/** Here the desk knows the reason, and its words are for the person. */
const SAID_BY_DESK: ReadonlySet<string> = new Set([
  'DIRECTORY_ACCOUNT_UNFIT',
  'GATEWAY_OUT_OF_DATE',
  'LICENCE_SERIAL_MISMATCH',
  'MALFORMED_ACCOUNT',
  'MALFORMED_LICENCE',
  'MALFORMED_SUBJECT',
  'PASSWORD_UNFIT',
  'PROPOSAL_NEEDLESS',
  'PROPOSAL_NOT_YOURS',
  'WORKSTATION_OUT_OF_DATE',
]);

/** Says why something failed. What has no words of ours is told in the desk's own, with its code. */
export function problemWords(fault: unknown): string {
  const code = codeOf(fault);
  if (code === null) return `Something went wrong in this page. ${String(fault)}`;
  const known = PROBLEMS[code];
  if (known !== undefined) return known;
  const said = fault instanceof Error ? (detailOf(fault) ?? fault.message) : 'Refused.';
  return SAID_BY_DESK.has(code) ? said : `${said} (${code})`;
}

/** The same for a code that came without an answer of its own, such as that of a failed transfer. */
export function codeWords(code: string): string {
  return PROBLEMS[code] ?? `It failed (${code}).`;
}

/** Gives the code of a refusal, ours or the desk's. */
export function codeOf(fault: unknown): string | null {
  if (fault instanceof Error && 'code' in fault && typeof fault.code === 'string')
    return fault.code;
  return null;
}

function detailOf(fault: Error): string | null {
  return fault instanceof DeskProblem ? fault.detail : null;
}
