/** What each refusal means to whoever sits at the console, by its code. */
import { DEIDENTIFICATION_WORDS } from './deidentification.ts';
import { READING_PROBLEMS } from './viewer.ts';

export const PROBLEMS: Readonly<Record<string, string>> = {
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
  FILE_UNREADABLE:
    'This file was changed or moved since it was chosen. Remove it here, and choose it again.',
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
  OFFICER_MALFORMED: 'This is not an officer of a facility: look at name and facility again.',
  OFFICER_UNKNOWN: 'There is no such officer.',
  TOO_MANY_LISTENERS: 'Too many pages listen at the moment. Close some, then reload this one.',
  DATABASE_CONTENDED: 'Too much happened to this at the same time. Try again.',
  DATABASE_FULL: 'There is no room left to record this. Tell your administrator.',
  DATABASE_UNAVAILABLE: 'The records cannot be reached at the moment. Try again in a little while.',
  DATABASE_TRACES_REMAIN: 'What was deleted is not yet off the disk. It goes on by itself.',
  DATABASE_CONSTRAINT_VIOLATION: 'It changed meanwhile. Look at it again.',
  DATABASE_RULE_VIOLATION:
    'It changed meanwhile, and this is not allowed any more. Look at it again.',
  DATABASE_UNIQUE_VIOLATION: 'There is one of this kind already. Look at the list again.',
  WORKSTATION_ENROLMENT_THROTTLED: 'Too many licence codes were tried. Wait a little.',
  ENROLMENT_FORM_REFUSED: 'Workstations are licensed by the workstation’s own program here.',
  FIRST_GATE_ELSEWHERE: 'The first step of the sign-in is another one here. Reload the page.',
  LEDGER_ENTRY_UNKNOWN: 'There is no such entry in the ledger.',
  ROUTE_NOT_FOUND: 'There is nothing here. Reload the page: it may be of another version.',
  INTERNAL_FAULT:
    'Something went wrong at the service centre. Try again, or tell your administrator.',
  // Cases
  CART_HAS_OPEN_CASE: 'A case is open for this cart already.',
  CASE_FACILITY_MISSING:
    'The licence of this cart names no facility: choose the one that it is at.',
  CASE_FACILITY_OTHER:
    'By its licence this cart is of another facility. Ask an administrator if that is wrong.',
  CASE_FACILITY_UNKNOWN:
    'No facility of this name is known here. Choose one, or have an administrator name it in the licence of the cart.',
  CART_UNKNOWN: 'No cart with this serial number is licensed here.',
  CERTIFICATE_NOT_ISSUED: 'There is no certificate of destruction yet.',
  TECHNICIAN_UNKNOWN: 'There is no such technician.',
  ACCEPTANCE_REPORT_UNKNOWN: 'There is no acceptance report of this cart.',
  ACCEPTANCE_REPORT_DAMAGED: 'The acceptance report is damaged. Tell your administrator.',
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
  // Exports
  EXPORT_NOT_PERMITTED: 'A lead has to permit you to export records of this case.',
  EXPORT_OVER: 'The time to take this copy is over. Export the record again.',
  EXPORT_UNKNOWN: 'There is no such export.',
  EXPORT_ATTESTED: 'The deletion of this copy was attested meanwhile.',
  VIEWED_ELSEWHERE: 'Records are looked at inside the console. Open it from the Records page.',
  RECORD_UNKNOWN: 'There is no such record in this case.',
  RECORD_IN_QUARANTINE: 'This record was not released from the virus check.',
  RECORD_RELEASED: 'This record was released meanwhile. It is destroyed with the case.',
  // Session
  CART_UNREACHABLE: 'The cart is not connected.',
  NO_SESSION: 'There is no session that could be used now.',
  SESSION_HELD_BY_ANOTHER: 'Somebody else holds the session, or you at another workstation.',
  SESSION_INTERLOCKED:
    'The clinic needs the cart: everything is withheld until the operator goes on.',
  SESSION_PAUSED: 'The operator has paused the session.',
  SNAPSHOT_NOT_PNG: 'This is not a picture that can be kept. Try again.',
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
  TRANSFER_NOT_HELD: 'This transfer is not paused.',
  TRANSFER_OF_ANOTHER: 'Another technician began this transfer. Cancel it, and begin it yourself.',
  FOLDER_TOO_LARGE: 'This folder is too large to be fetched at once. Fetch the folders in it.',
  CART_WITHOUT_FOLDERS: 'This cart takes no folders: its agent is of an earlier version.',
  CONTENT_DIFFERS: 'What arrived is not what was sent, again and again. Nothing was kept.',
  UPLOAD_BROKEN: 'The upload broke off. Nothing was kept.',
  UPLOAD_UNKNOWN: 'This upload is over, or was given up. Choose the file again.',
  UPLOAD_OFFSET_MISMATCH: 'The upload went on at the wrong place. Let it go on, or begin it again.',
  UPLOAD_CHECKSUM_MISMATCH:
    'A piece of the file arrived changed, and was not kept. Let the upload go on.',
  UPLOAD_HEADER_MALFORMED:
    'The upload was announced in a way that is not understood. Reload the page.',
  UPLOAD_TOO_LONG: 'More bytes came than were announced. Nothing was kept.',
  TUS_VERSION_UNSUPPORTED: 'This page is of another version than the service centre. Reload it.',
  TRANSFER_UNKNOWN: 'There is no such transfer any more.',
  TRANSFER_OUT_OF_TURN: 'The transfer has moved on meanwhile. Look at it again.',
  TRANSFER_TAKEN: 'This transfer has its record already.',
  TRANSFER_CONFLICT: 'The cart has this transfer in another form. Begin it again.',
  TRANSFER_LIMIT: 'The cart takes no more files at once. Wait for one to finish.',
  RECORD_NOT_TO_SEND: 'This record was not uploaded to be sent to the cart.',
  SCREEN_NOT_RECORDABLE:
    'What this screen sends cannot be recorded, so it is not shown. Load this page anew; if that does not help, tell your administrator.',
  VAULT_UNAVAILABLE: 'Records cannot be kept at the moment. Tell your administrator.',
  KEYRING_ELSEWHERE: 'Records cannot be kept at the moment. Tell your administrator.',
  KEYRING_TAKEN: 'Records cannot be kept at the moment. Tell your administrator.',
  RECORD_STORE_UNFIT: 'Records cannot be kept at the moment. Tell your administrator.',
  DIRECTORY_UNREADABLE: 'The cart’s agent may not read this directory.',
  INBOX_CLOSED: 'This cart takes no files.',
  INSUFFICIENT_STORAGE: 'There is no room left on the cart’s disk.',
  RANGE_REFUSED: 'The file is shorter now than it was. Fetch it again.',
  STORAGE_FAILED: 'The cart’s disk failed. Nothing was kept.',
  SCREEN_SOURCE_UNREACHABLE: 'The cart cannot reach its own screen. Tell the operator.',
  MASK_UNKNOWN: 'This part is not on the cart’s screen any more. Look at the list again.',
  UNMASK_ALREADY_ASKED: 'The operator is being asked already. Wait for the answer.',
  UNMASK_NOT_ALLOWED: 'The policy of the facility lets nobody see what is covered.',
  UNMASK_ASKED_TOO_SOON: 'The operator has just been asked. Wait a quarter of a minute.',
  WATCH_ASKED_TOO_SOON: 'The operator has just been asked. Wait a quarter of a minute.',
  WATCH_INVALID: 'The cart lets nobody watch by this. Look at the session again.',
  WATCH_TAKEN: 'Somebody watches already, or the operator is being asked.',
  WATCHING_UNKNOWN: 'The program on this cart is of an earlier version: nobody else can watch.',
  SECOND_APPROVAL_NEEDED:
    'The facility wants a second person to approve who sees the screen: nobody can be let in to watch.',
  JOURNAL_UNWRITABLE: 'The cart cannot write its own journal, so it allows nothing.',
  SESSION_CONTENDED: 'Something changed on the cart at the same moment. Try again.',
  // What the facility's policy refuses
  ACTIVITY_NOT_ALLOWED: 'The policy of the facility does not allow this.',
  FACILITY_CLOSED: 'The policy of the facility allows no remote service at this time.',
  FACILITY_POLICY_NOT_IN_FORCE: 'The cart has no policy of its facility in force.',
  FILE_TYPE_NOT_ALLOWED: 'The policy of the facility does not let files of this type pass.',
  TECHNICIAN_NOT_ALLOWED:
    'The policy of the facility does not let you, or this workstation, in. Ask the facility.',
  REQUEST_INVALID: 'The cart did not accept what was asked for.',
  // De-identification
  ...DEIDENTIFICATION_WORDS.refusals,
  ALREADY_DEIDENTIFIED: 'There is a de-identified result of this file already.',
  DEIDENTIFICATION_RULE_LOOSENED: 'What was promised for this case stays as it is.',
  DEIDENTIFICATION_SECRET_DAMAGED: 'The cart cannot de-identify: its secret is damaged.',
  DEIDENTIFIED_ONLY: 'Only de-identified files of this case leave the vault. De-identify it first.',
  CART_SENT_ORIGINAL:
    'The cart sent the file as it is, though it was to be de-identified. Nothing was kept.',
  CONTENT_PREPARING: 'The cart is still de-identifying this file.',
  RECORD_DAMAGED: 'The record is damaged: its seal does not fit.',
  CASE_KEY_MISSING: 'The records of this case are destroyed.',
  REFUSED_BY_CART: 'The cart refused this.',
};

/** Here the desk knows the reason, and its words are for the person. */
export const SAID_BY_DESK: ReadonlySet<string> = new Set([
  'EXPORTS_OWED',
  'ATTESTATION_NOT_YOURS',
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

/** Says what a code means that came without an answer of its own, such as that of a failed transfer. */
export function codeWords(code: string): string {
  return PROBLEMS[code] ?? `It failed (${code}).`;
}

/** Tells whether a code has words of ours, or the desk's own are meant for the person. */
export function hasWords(code: string): boolean {
  return (
    Object.hasOwn(PROBLEMS, code) || Object.hasOwn(READING_PROBLEMS, code) || SAID_BY_DESK.has(code)
  );
}
