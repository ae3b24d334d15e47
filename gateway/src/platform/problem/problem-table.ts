/**
 * The one table from an error's code to the problem that an HTTP caller sees (RFC 9457).
 *
 * Each zone adds the rows of its own codes, in its own section, in alphabetical order, also of errors that end a
 * connection without an answer. A test finds a code without a row and a row without a code; `docs/errors.md` is generated from here.
 *
 * `detail: 'hidden'` gives the caller the title only: what he may not know, or what would help an attacker to tell one
 * cryptographic failure from another. What a caller may not know exists is 404.
 */
export interface ProblemRow {
  readonly status: number;
  /** The same words for each occurrence; what was special this time is the problem's detail. */
  readonly title: string;
  readonly detail?: 'hidden';
}

export const PROBLEM_TABLE = {
  // The request itself, before any zone looks at it.
  INTERNAL_FAULT: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'The body is of a type that is not taken here' },
  REQUEST_MALFORMED: { status: 400, title: 'The request does not have the expected form' },
  REQUEST_TOO_LARGE: { status: 413, title: 'The body is larger than what is taken here' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is nothing at this address' },

  // domain
  ACTIVITY_NOT_GRANTED: { status: 403, title: 'The operator did not grant this activity' },
  CASE_IN_SESSION: { status: 409, title: 'A session of this case is still running' },
  CASE_NOT_OPEN: { status: 409, title: 'The case is not open' },
  CASE_UNDER_LEGAL_HOLD: { status: 409, title: 'A legal hold keeps the case from being resolved' },
  CONSENT_INVALID: { status: 422, title: 'The consent is not valid' },
  DESTRUCTION_NOT_VERIFIED: { status: 409, title: 'Something of the case was still found' },
  DESTRUCTION_OUT_OF_ORDER: { status: 409, title: 'This is not the next step of the destruction' },
  DIGEST_MISMATCH: {
    status: 422,
    title: 'The bytes that arrived are not the bytes that were sent',
  },
  FILE_NAME_REFUSED: { status: 400, title: 'The file name is not taken' },
  GRANT_NOT_IN_FORCE: { status: 403, title: 'No grant is in force' },
  FEATURE_NOT_LICENSED: { status: 422, title: "The cart's licence does not include this" },
  LICENCE_CODE_MISTYPED: { status: 400, title: 'The licence code has a typing error' },
  LICENCE_EXPIRED: { status: 403, title: 'The licence code has expired' },
  LICENCE_NOT_IN_FORCE: { status: 403, title: 'The licence is not in force' },
  LICENCE_RETIRED: { status: 403, title: 'The licence has been retired' },
  LICENCE_SERIAL_MISMATCH: { status: 403, title: 'The licence code is for another serial number' },
  LICENCE_UNKNOWN: { status: 403, title: 'There is no such licence code' },
  LICENCE_USED: { status: 403, title: 'The licence code has been used' },
  MALFORMED_ID: { status: 400, title: 'This is not an id' },
  MALFORMED_LICENCE: { status: 400, title: 'This is not a licence' },
  NETWORK_CHANGE_UNDER_WAY: { status: 409, title: 'Another change of the network is under way' },
  NETWORK_PROFILE_REFUSED: { status: 400, title: 'A network cannot be set up like this' },
  NOTICE_OUTDATED: { status: 409, title: 'Another version of the notice is in force' },
  OUT_OF_TURN: { status: 409, title: 'This is not possible at this point of the session' },
  PROPOSAL_DECIDED: { status: 409, title: 'The proposal was decided already' },
  PROPOSAL_NOT_YOURS: { status: 403, title: 'This proposal is not yours to decide' },
  REQUEST_UNKNOWN: { status: 404, title: 'There is no such request' },
  RESUME_REFUSED: { status: 403, title: 'The session cannot be resumed' },
  SESSION_PAUSED: { status: 409, title: 'The operator has paused the session' },
  TRANSFER_OUT_OF_TURN: {
    status: 409,
    title: 'This is not possible at this point of the transfer',
  },

  // protocol
  CERTIFICATE_NOT_IN_TIME: {
    status: 403,
    title: 'The certificate is not accepted',
    detail: 'hidden',
  },
  CERTIFICATE_NOT_TRUSTED: {
    status: 403,
    title: 'The certificate is not accepted',
    detail: 'hidden',
  },
  MALFORMED_ANCHORS: { status: 400, title: 'The anchors do not have the expected form' },
  MALFORMED_CERTIFICATE: { status: 400, title: 'This is not a certificate' },
  MALFORMED_CERTIFICATES_ONLY: { status: 400, title: 'This is not a list of certificates' },
  MALFORMED_CERTIFICATION_REQUEST: { status: 400, title: 'This is not a certification request' },
  MALFORMED_EST_BODY: { status: 400, title: 'The enrolment body does not have the expected form' },
  MALFORMED_LICENCE_STATEMENT: { status: 400, title: "These are not a licence's terms" },
  MALFORMED_LICENCE_FILE: { status: 400, title: 'This is not a licence file' },
  MALFORMED_PEM: { status: 400, title: 'This is not PEM' },
  MALFORMED_REVOCATION_LIST: { status: 400, title: 'This is not a revocation list' },
  MALFORMED_SUBJECT: { status: 400, title: 'The subject name does not have the expected form' },
  MALFORMED_WORKSTATION_PROOF: {
    status: 400,
    title: 'The workstation proof is not accepted',
    detail: 'hidden',
  },
  MALFORMED_TREE: { status: 400, title: 'This is no part of a Merkle tree' },
  NOTE_INVALID: { status: 400, title: 'The signed note is not accepted', detail: 'hidden' },
  PROOF_INVALID: { status: 422, title: 'The proof does not lead to the signed root' },
  VERIFIER_KEY_MALFORMED: { status: 400, title: "This is not a ledger's key" },
  PUBLIC_KEY_REFUSED: { status: 400, title: 'A key of this kind is not taken' },
  RFB_MALFORMED: { status: 502, title: 'The screen source does not speak RFB as expected' },
  RFB_REFUSED: { status: 502, title: 'The screen source refused the connection' },
  STATEMENT_INVALID: {
    status: 403,
    title: 'The signed statement is not accepted',
    detail: 'hidden',
  },

  // platform
  CONFIGURATION_INVALID: {
    status: 500,
    title: 'The configuration is not usable',
    detail: 'hidden',
  },
  DATABASE_CONSTRAINT_VIOLATION: { status: 409, title: 'The entry contradicts another' },
  DATABASE_CONTENDED: { status: 503, title: 'Too much happens to this at the same time' },
  DATABASE_DAMAGED: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  DATABASE_FULL: { status: 507, title: 'There is no room left to record this' },
  DATABASE_MISCONFIGURED: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  DATABASE_NEWER: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  DATABASE_RULE_VIOLATION: { status: 409, title: 'This change is not allowed' },
  DATABASE_TRACES_REMAIN: { status: 503, title: 'Deleted entries are not yet off the disk' },
  DATABASE_UNAVAILABLE: { status: 503, title: 'The records cannot be reached at the moment' },
  DATABASE_UNIQUE_VIOLATION: { status: 409, title: 'There is an entry with the same key already' },
  DATA_DIRECTORY_EXPOSED: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  DATA_DIRECTORY_FOREIGN: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  DATA_DIRECTORY_IN_USE: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  DATA_DIRECTORY_NEWER: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  DISK_FULL: { status: 507, title: 'There is no room left on the disk' },
  DURABLE_FILE_EXISTS: { status: 409, title: 'The file is there already' },
  FACTOR_SECRET_DAMAGED: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  SECRET_FILE_UNUSABLE: { status: 500, title: 'Something went wrong here', detail: 'hidden' },

  // authority
  AUTHORITY_ALREADY_ESTABLISHED: { status: 409, title: 'There is a certificate authority already' },
  AUTHORITY_DAMAGED: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  AUTHORITY_OF_ANOTHER_KIND: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  AUTHORITY_KEYS_ELSEWHERE: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  AUTHORITY_KEY_EXPOSED: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  AUTHORITY_NOT_ESTABLISHED: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  CART_REFUSED: { status: 403, title: 'The certificate is not accepted', detail: 'hidden' },
  CERTIFICATE_UNKNOWN: { status: 404, title: 'There is no such certificate' },
  CHAIN_RETIRED: { status: 409, title: 'This part of the authority was retired' },
  ENROLMENT_CREDENTIALS_MISSING: {
    status: 401,
    title: 'Serial number and licence code are missing',
  },
  ENROLMENT_METHOD_REFUSED: { status: 405, title: 'This address does not take this method' },
  ENROLMENT_THROTTLED: { status: 429, title: 'Too many licence codes did not work' },
  OFFICER_REFUSED: { status: 403, title: 'The certificate is not accepted', detail: 'hidden' },
  PUBLIC_KEY_IN_USE: { status: 409, title: 'The key belongs to another device' },
  REGISTRY_DAMAGED: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  SEATS_TAKEN: { status: 409, title: 'All seats for workstations are taken' },
  WORKSTATION_REFUSED: { status: 403, title: 'This is not a licensed workstation' },
  WORKSTATION_UNKNOWN: { status: 404, title: 'There is no such workstation' },
  RENEWED_TOO_OFTEN: { status: 429, title: 'The certificate was renewed too often' },
  TOKEN_KEY_UNFIT: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  TOKEN_UNAVAILABLE: {
    status: 503,
    title: 'Nothing can be signed at the moment',
    detail: 'hidden',
  },
  TOKEN_UNUSABLE: { status: 503, title: 'Nothing can be signed at the moment', detail: 'hidden' },

  // desk
  ACCEPTANCE_REPORT_DAMAGED: { status: 500, title: 'The acceptance report is damaged' },
  ACCEPTANCE_REPORT_ID_TAKEN: { status: 409, title: 'There is another report of this id' },
  ACCEPTANCE_REPORT_REFUSED: { status: 422, title: 'The acceptance report is not taken' },
  ACCEPTANCE_REPORT_UNKNOWN: { status: 404, title: 'There is no such acceptance report' },
  ACCOUNT_EXISTS: { status: 409, title: 'There is such an account already' },
  ACCOUNT_UNKNOWN: { status: 404, title: 'There is no such account' },
  CART_HAS_OPEN_CASE: { status: 409, title: 'A case is open for this cart already' },
  CART_MISBEHAVED: { status: 502, title: 'The cart broke the protocol' },
  CART_UNKNOWN: { status: 404, title: 'There is no such cart' },
  CART_UNREACHABLE: { status: 409, title: 'The cart is not connected' },
  CASE_TOO_LARGE: { status: 413, title: 'All files of the case together are too large' },
  CASE_UNKNOWN: { status: 404, title: 'There is no such case' },
  CERTIFICATE_NOT_ISSUED: { status: 404, title: 'There is no certificate of destruction yet' },
  COMMISSIONING_BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is larger than what is taken here',
  },
  COMMISSIONING_METHOD_REFUSED: { status: 405, title: 'This address does not take this method' },
  COMMISSIONING_REQUEST_MALFORMED: {
    status: 400,
    title: 'The request does not have the expected form',
  },
  COMMISSIONING_THROTTLED: { status: 429, title: 'The cart has asked for too much' },
  CONFIRMATION_REFUSED: {
    status: 401,
    title: 'The password or the second factor was not accepted',
    detail: 'hidden',
  },
  CONFIRMATION_REQUIRED: { status: 403, title: 'Confirm first that it is you' },
  CONFIRMATION_WRONG: { status: 422, title: 'The confirmation does not fit' },
  DISK_RESERVE_REACHED: { status: 507, title: 'The disk has no room left for files' },
  FACTOR_ENROLLED: { status: 409, title: 'The account has a second factor already' },
  FACTOR_NOT_HERE: { status: 409, title: 'This second factor cannot be used here' },
  FILE_TOO_LARGE: { status: 413, title: 'The file is too large' },
  FIRST_PASSWORD_EXPIRED: { status: 401, title: 'The first password is too old' },
  FIRST_GATE_ELSEWHERE: { status: 409, title: 'The first step of the sign-in is another one here' },
  GATEWAY_OUT_OF_DATE: { status: 403, title: 'The gateway is not up to date' },
  GRANT_INVALID: { status: 502, title: 'What the cart signed does not fit', detail: 'hidden' },
  LAST_ADMINISTRATOR: { status: 409, title: 'There has to be another administrator first' },
  MALFORMED_ACCOUNT: { status: 400, title: 'This is not an account name' },
  NOT_ALLOWED: { status: 403, title: 'Your role does not allow this' },
  NOT_DESIGNATED: { status: 403, title: 'You are not designated for this case' },
  NOT_SIGNED_IN: { status: 401, title: 'Nobody is signed in' },
  NO_ROLE_HERE: { status: 403, title: 'None of your roles is allowed here' },
  NO_SESSION: { status: 409, title: 'There is no session that could be used now' },
  ORIGIN_REFUSED: { status: 403, title: 'The request does not come from the console' },
  PASSKEY_CLONE_SUSPECTED: { status: 401, title: 'The key was used elsewhere since' },
  PASSWORD_UNFIT: { status: 422, title: 'The password is not taken' },
  POSTURE_CLOCK_WRONG: { status: 409, title: 'The clock of the workstation is wrong' },
  POSTURE_REPORT_INVALID: { status: 403, title: 'The report is not accepted' },
  POSTURE_REPORT_STALE: { status: 409, title: 'A newer report has come already' },
  POSTURE_REPORTS_TOO_MANY: { status: 429, title: 'Too many reports' },
  PROPOSAL_NEEDLESS: { status: 409, title: 'There is nothing that this would change' },
  PROPOSAL_UNKNOWN: { status: 404, title: 'There is no such proposal' },
  RECORD_NOT_TO_SEND: { status: 409, title: 'The record was not uploaded to be sent' },
  REFUSED_BY_CART: { status: 409, title: 'The cart refused this' },
  REQUESTS_TOO_MANY: { status: 429, title: 'Too many requests' },
  SECOND_FACTOR_REFUSED: {
    status: 401,
    title: 'The second factor was not accepted',
    detail: 'hidden',
  },
  SESSION_HELD_BY_ANOTHER: { status: 409, title: 'Somebody else holds the session' },
  SESSION_OVER: { status: 409, title: 'The session has ended' },
  SESSION_REQUEST_INVALID: { status: 403, title: 'The session request is not accepted' },
  SESSION_REQUEST_STALE: { status: 409, title: 'The cart has connected anew' },
  SIGN_IN_BUSY: { status: 503, title: 'Too many people sign in at the moment' },
  SIGN_IN_REFUSED: { status: 401, title: 'Account and password were not accepted' },
  SIGN_IN_THROTTLED: { status: 429, title: 'Too many attempts' },
  TARGET_UNKNOWN: { status: 404, title: 'There is nothing of this id' },
  TECHNICIAN_UNKNOWN: { status: 404, title: 'There is no such technician' },
  TOO_MANY_LISTENERS: { status: 503, title: 'Too many pages listen for events' },
  TOO_MANY_TRANSFERS: { status: 429, title: 'Too many files are under way' },
  TRANSFER_UNKNOWN: { status: 404, title: 'There is no such transfer' },
  TWO_PEOPLE_NEEDED: { status: 409, title: 'This takes two people' },
  UPLOAD_BROKEN: { status: 400, title: 'The upload broke off' },
  ENROLMENT_FORM_REFUSED: { status: 409, title: 'Workstations are licensed in another way here' },
  WORKSTATION_ENROLMENT_THROTTLED: { status: 429, title: 'Too many licence codes were tried' },
  WORKSTATION_NOT_LICENSED: { status: 403, title: 'The workstation is not licensed' },
  WORKSTATION_OUT_OF_DATE: { status: 403, title: 'The workstation is not up to date' },

  // portal
  OFFICER_CODE_REFUSED: { status: 401, title: 'The code was not accepted', detail: 'hidden' },
  OFFICER_MALFORMED: { status: 400, title: 'This is not an officer of a facility' },
  OFFICER_THROTTLED: { status: 429, title: 'Too many codes were wrong' },
  OFFICER_UNKNOWN: { status: 404, title: 'There is no such officer' },
  PORTAL_METHOD_REFUSED: { status: 405, title: 'The portal only shows' },
  PORTAL_NOTHING_THERE: { status: 404, title: 'There is nothing at this address' },
  PORTAL_ORIGIN_REFUSED: { status: 403, title: 'The request does not come from the portal' },
  PORTAL_REQUESTS_TOO_MANY: { status: 429, title: 'Too many requests' },

  // the command line
  ACT_MALFORMED: { status: 400, title: 'This is not an act of the administration' },
  ADMINISTRATION_REFUSED: { status: 409, title: 'The running gateway refused this' },
  CART_ROOT_RETIRED: { status: 410, title: 'The service centre has another root' },
  ROLLOVER_OUT_OF_TURN: {
    status: 409,
    title: 'This step of changing the root is not the next one',
  },
  ROLLOVER_CARTS_WAITING: { status: 409, title: 'Carts have no certificate of the new root yet' },
  GATEWAY_NOT_RUNNING: { status: 503, title: 'No gateway is running' },
  REQUEST_FILE_UNUSABLE: { status: 400, title: 'The file holds no certification request' },

  // directory
  DEMO_PEOPLE_UNUSABLE: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  DIRECTORY_ACCOUNT_UNFIT: { status: 403, title: 'This person may not come in now' },
  DIRECTORY_ANSWER_REFUSED: {
    status: 401,
    title: 'The answer of the sign-in page was not accepted',
  },
  DIRECTORY_ANSWER_UNUSABLE: {
    status: 502,
    title: 'The sign-in page does not say what is needed',
    detail: 'hidden',
  },
  DIRECTORY_BIND_REFUSED: {
    status: 500,
    title: 'Something went wrong here',
    detail: 'hidden',
  },
  DIRECTORY_REFUSED: { status: 401, title: 'Login and password were not accepted' },
  DIRECTORY_UNAVAILABLE: { status: 503, title: 'The directory cannot be reached' },

  // edge
  NOT_A_CLIENT_HELLO: { status: 400, title: 'This is not the start of a TLS connection' },

  // ledger
  LEDGER_BROKEN: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  LEDGER_ENTRY_UNKNOWN: { status: 404, title: 'There is no such entry' },
  LEDGER_UNAVAILABLE: {
    status: 503,
    title: 'Nothing can be recorded at the moment, so nothing is allowed',
  },

  // vault
  AGE_HEADER_MALFORMED: { status: 500, title: 'Something went wrong here', detail: 'hidden' },
  CASE_KEY_MISSING: { status: 409, title: 'The records of this case are destroyed' },
  DESTRUCTION_INTERRUPTED: {
    status: 503,
    title: 'The destruction was interrupted and goes on later',
  },
  RECORD_DAMAGED: { status: 500, title: 'The record is damaged' },
  RECORD_DIGEST_MISMATCH: {
    status: 422,
    title: 'The bytes that arrived are not those that were announced',
  },
  RECORD_UNKNOWN: { status: 404, title: 'There is no such record' },
  TRANSFER_TAKEN: { status: 409, title: 'The transfer has its record already' },
  VAULT_UNAVAILABLE: { status: 503, title: 'Records cannot be kept at the moment' },
} as const satisfies Readonly<Record<string, ProblemRow>>;

/** A class may write `satisfies ProblemCode` behind its code, to be told of a missing row by the compiler. */
export type ProblemCode = keyof typeof PROBLEM_TABLE;
