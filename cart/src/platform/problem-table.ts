/**
 * The one table from an error's code to the problem that a caller of the cart sees (RFC 9457).
 *
 * Both callers use it: the desk over the tunnel, and the panel. A code that is missing here is a fault of the program
 * and looks like one (500). What must not be known to exist is 404.
 */
export interface ProblemRow {
  readonly status: number;
  readonly title: string;
}

export const PROBLEM_TABLE = {
  INTERNAL_FAULT: { status: 500, title: 'Something went wrong on the cart' },
  REQUEST_MALFORMED: { status: 400, title: 'The request does not have the expected form' },
  REQUEST_TOO_LARGE: { status: 413, title: 'The body is larger than what is taken here' },
  REQUEST_TOO_SLOW: { status: 408, title: 'The request did not arrive in time' },
  ACCEPTANCE_FILE_DAMAGED: { status: 500, title: 'An acceptance report on the cart is damaged' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  HELLO_FIRST: { status: 409, title: 'A connection begins with hello' },
  SESSION_NOT_CURRENT: { status: 403, title: 'This connection belongs to no current session' },

  // The session and its grants.
  ACTIVITY_NOT_GRANTED: { status: 403, title: 'The operator did not grant this activity' },
  CONSENT_INVALID: { status: 422, title: 'The consent is not valid' },
  FEATURE_NOT_LICENSED: { status: 403, title: "The cart's licence does not include this" },
  GRANT_NOT_IN_FORCE: { status: 403, title: 'No grant is in force' },
  INDICATOR_UNAVAILABLE: {
    status: 409,
    title: "The cart's display does not show that somebody is in",
  },
  JOURNAL_UNWRITABLE: { status: 507, title: 'The journal of the cart cannot be written' },
  LICENCE_NOT_IN_FORCE: { status: 403, title: "The cart's licence is not in force" },
  MALFORMED_ID: { status: 400, title: 'This is not an id' },
  NOTICE_OUTDATED: { status: 409, title: 'Another version of the notice is in force' },
  OUT_OF_TURN: { status: 409, title: 'This is not possible at this point of the session' },
  REQUEST_UNKNOWN: { status: 404, title: 'There is no such request' },
  RESUME_REFUSED: { status: 403, title: 'The session cannot be resumed' },
  SESSION_CONTENDED: { status: 409, title: 'The session changed while this was recorded' },
  SESSION_INTERLOCKED: { status: 403, title: 'The clinic needs the cart' },
  SESSION_PAUSED: { status: 403, title: 'The operator has paused the session' },

  // Evidence.
  COUNTERSIGNATURE_REFUSED: { status: 422, title: 'The countersignature is not for this receipt' },
  EVIDENCE_UNREADABLE: { status: 500, title: 'Evidence that the cart keeps cannot be read' },
  LEDGER_DIVERGED: {
    status: 409,
    title: 'The ledger does not continue the one that this cart remembers',
  },
  LEDGER_NOT_OURS: { status: 422, title: 'The checkpoint is not of the ledger of this cart' },
  RECEIPT_UNKNOWN: { status: 404, title: 'There is no such receipt' },
  // De-identification on the cart.
  CONTENT_PREPARING: { status: 503, title: 'The file is being de-identified: ask again' },
  DEIDENTIFICATION_KIND_UNKNOWN: {
    status: 422,
    title: 'This kind of file cannot be de-identified',
  },
  DEIDENTIFICATION_LIMIT_REACHED: {
    status: 422,
    title: 'The file is too much to be de-identified',
  },
  DEIDENTIFICATION_LOG_WITHOUT_DICTIONARY: {
    status: 422,
    title: 'Nobody is known whose name may stand in the log',
  },
  DEIDENTIFICATION_PIXELS_WITHOUT_RULE: {
    status: 422,
    title: 'It is not known where text is burned into the image',
  },
  DEIDENTIFICATION_RESIDUE_FOUND: {
    status: 422,
    title: 'Something of the patient was still in the result',
  },
  DEIDENTIFICATION_SECRET_DAMAGED: {
    status: 500,
    title: 'The secret of de-identification on the cart is damaged',
  },
  DEIDENTIFICATION_SOP_CLASS_WITHOUT_RULE: {
    status: 422,
    title: 'This kind of DICOM file has no rule for de-identification',
  },
  DEIDENTIFICATION_TRANSFER_SYNTAX_WITHOUT_RULE: {
    status: 422,
    title: 'This file is compressed in a way that cannot be de-identified',
  },
  DEIDENTIFICATION_UNREADABLE: {
    status: 422,
    title: 'The file is damaged, or no whole DICOM file',
  },
  DEIDENTIFICATION_TEMPLATES_INVALID: {
    status: 500,
    title: 'The region templates of the cart cannot be used',
  },

  // Session requests, as codes in the answer to an offer.
  CLOCK_SKEWED: { status: 403, title: "The cart's clock differs from the workstation's" },
  REQUEST_INVALID: { status: 403, title: 'The session request asks for what cannot be asked' },
  REQUEST_STALE: { status: 403, title: 'The session request is for another session or time' },
  REQUEST_UNTRUSTED: {
    status: 403,
    title: 'The session request is not from a licensed workstation',
  },

  // The facility's policy.
  ACTIVITY_NOT_ALLOWED: {
    status: 403,
    title: "The facility's policy does not allow this activity",
  },
  APPROVAL_NOT_ASKED: { status: 409, title: 'Nobody is asked for a second approval' },
  APPROVER_LOCKED: { status: 429, title: 'Too many wrong PINs' },
  APPROVER_PIN_NOT_SET: { status: 409, title: 'This person has no PIN on this cart' },
  APPROVER_PIN_WRONG: { status: 403, title: 'The PIN is wrong' },
  APPROVER_UNKNOWN: { status: 403, title: 'This person may not approve' },
  FACILITY_CLOSED: { status: 403, title: "It is outside the facility's hours" },
  FACILITY_POLICY_NOT_IN_FORCE: { status: 403, title: "The facility's policy is not in force" },
  FILE_TYPE_NOT_ALLOWED: {
    status: 403,
    title: "The facility's policy does not let this file pass",
  },
  SECOND_APPROVAL_NEEDED: { status: 403, title: 'The facility wants a second person to approve' },
  TECHNICIAN_NOT_ALLOWED: { status: 403, title: 'The facility does not let this technician in' },

  // The cart's network.
  NETWORK_CHANGE_UNDER_WAY: { status: 409, title: 'A network profile is being tried' },
  NETWORK_CHANGE_UNDONE: { status: 422, title: 'The network profile was tried and taken back' },
  NETWORK_FIXED_IN_DEMO: { status: 403, title: 'In the demo the network stays as it is' },
  NETWORK_INTERFACE_UNKNOWN: { status: 404, title: 'There is no such network interface' },
  NETWORK_MANAGER_AWAY: { status: 503, title: 'NetworkManager does not run on the cart' },
  NETWORK_MANAGER_REFUSED: { status: 502, title: 'NetworkManager refused' },
  NETWORK_MANAGER_SILENT: { status: 504, title: 'NetworkManager did not answer in time' },
  NETWORK_PROFILE_NOT_ACTIVATED: { status: 422, title: 'The network profile did not come up' },
  NETWORK_PROFILE_NOT_TAKEN: { status: 502, title: 'NetworkManager did not take the profile' },
  NETWORK_PROFILE_REFUSED: { status: 422, title: 'The network profile cannot be used' },

  // Files.
  DIGEST_MISMATCH: {
    status: 422,
    title: 'The bytes that arrived are not the bytes that were sent',
  },
  DIRECTORY_UNREADABLE: { status: 403, title: 'The cart may not read this' },
  FILE_CHANGED: { status: 412, title: 'The file is not the one that was asked for any more' },
  FILE_EXISTS: { status: 409, title: 'There is a file of this name already' },
  FILE_NAME_REFUSED: { status: 400, title: 'The file name is not taken' },
  FILE_NOT_FOUND: { status: 404, title: 'There is no such file' },
  FILE_TOO_LARGE: { status: 413, title: 'The file is larger than what the inbox takes' },
  INBOX_CLOSED: { status: 404, title: 'This cart takes no files' },
  INSUFFICIENT_STORAGE: { status: 507, title: 'There is no room left on the cart' },
  RANGE_REFUSED: { status: 416, title: 'There is no such range in the file' },
  STORAGE_FAILED: { status: 500, title: "The cart's storage failed" },
  TRANSFER_CONFLICT: { status: 409, title: 'This transfer was announced differently' },
  TRANSFER_LIMIT: { status: 429, title: 'Too many transfers at once' },
  TRANSFER_UNKNOWN: { status: 404, title: 'There is no such transfer' },
  UPLOAD_OFFSET_MISMATCH: {
    status: 409,
    title: 'The bytes do not go on where the last ones ended',
  },
  UPLOAD_TOO_LONG: { status: 413, title: 'More bytes came than were announced' },

  // The screen.
  MASK_TEMPLATES_INVALID: { status: 500, title: 'The mask templates of the cart cannot be used' },
  MASK_UNKNOWN: { status: 404, title: 'Nothing of this name is covered on the screen now' },
  UNMASK_ALREADY_ASKED: { status: 409, title: 'The operator is being asked already' },
  UNMASK_ASKED_TOO_SOON: { status: 429, title: 'The operator has just been asked' },
  UNMASK_NOT_ALLOWED: {
    status: 403,
    title: "The facility's policy lets nobody see what is covered",
  },
  UNMASK_NOT_ASKED: { status: 409, title: 'The time to answer has passed' },
  WATCH_ASKED_TOO_SOON: { status: 429, title: 'The operator has just been asked' },
  WATCH_INVALID: { status: 403, title: 'This is not to watch the session as somebody else' },
  WATCH_NOT_ASKED: { status: 409, title: 'The time to answer has passed' },
  WATCH_TAKEN: { status: 409, title: 'Somebody watches already, or the operator is being asked' },
  SCREEN_SOURCE_UNREACHABLE: { status: 502, title: 'The screen of the cart cannot be reached' },

  // Commissioning, at the panel's engineer page.
  CART_NOT_SET_UP: { status: 409, title: 'This cart is not set up yet' },
  COMMISSIONING_UNDER_WAY: { status: 409, title: 'Something is being changed on this cart' },
  ENGINEER_CLOSED: { status: 403, title: 'The engineer page is closed' },
  ENGINEER_LOCKED: { status: 429, title: 'Too many wrong PINs' },
  ENGINEER_PIN_MALFORMED: { status: 422, title: 'This cannot be a PIN' },
  ENGINEER_PIN_NOT_SET: { status: 409, title: 'No PIN is set on this cart' },
  ENGINEER_PIN_WRONG: { status: 403, title: 'The PIN is wrong' },
  FIELDS_REFUSED: { status: 422, title: 'What was typed cannot be used' },
  REPORT_MISSING: { status: 404, title: 'There is no acceptance report' },
  SESSION_UNDER_WAY: { status: 409, title: 'A remote session is under way' },
  VALIDATION_INCOMPLETE: { status: 409, title: 'The last validation left out what counts' },
  VALIDATION_MISSING: { status: 409, title: 'Nothing was validated since the last change' },
  VALIDATION_OVERTAKEN: { status: 409, title: 'Something was changed during the validation' },
  VALIDATION_NOT_PASSED: { status: 409, title: 'The last validation failed' },
  ALREADY_ENROLLED: { status: 409, title: 'This cart is enrolled already' },
  LICENCE_EXPIRED: { status: 403, title: 'The licence has expired' },
  LICENCE_RETIRED: { status: 403, title: 'The licence was taken back' },
  LICENCE_SERIAL_MISMATCH: { status: 403, title: 'The licence is for another cart' },
  LICENCE_UNKNOWN: { status: 403, title: 'The gateway does not know this licence' },
  LICENCE_USED: { status: 403, title: 'The licence has been used' },
  ENROLMENT_REFUSED: { status: 502, title: 'The gateway refused' },
  ENROLMENT_UNREACHABLE: { status: 502, title: 'The gateway cannot be reached' },
  ENROLMENT_ANSWER_REFUSED: { status: 502, title: "The gateway's answer is not usable" },
  GATEWAY_NOT_VERIFIED: { status: 502, title: "The gateway's certificate is not accepted" },
  WAITING_LICENCE_DAMAGED: { status: 409, title: 'The licence that waited here is damaged' },
  ROOT_FINGERPRINT_MISMATCH: { status: 502, title: "This is not the licence's gateway" },

  // The panel's own interface.
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'The body is of a type that is not taken here' },
  PANEL_BUSY: { status: 429, title: 'Too many panels are open' },
  PANEL_CREDENTIAL_REFUSED: { status: 403, title: 'This is not the panel that this agent started' },
  PANEL_HOST_REFUSED: { status: 403, title: 'The request names another host' },
  PANEL_NOT_BUILT: { status: 503, title: 'The panel has not been built' },
  PANEL_ORIGIN_REFUSED: { status: 403, title: 'The request comes from another page' },
} as const satisfies Readonly<Record<string, ProblemRow>>;

export type ProblemCode = keyof typeof PROBLEM_TABLE;
