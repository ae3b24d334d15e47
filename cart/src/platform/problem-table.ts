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
  ROUTE_NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  HELLO_FIRST: { status: 409, title: 'A connection begins with hello' },
  SESSION_NOT_CURRENT: { status: 403, title: 'This connection belongs to no current session' },

  // The session and its grants.
  ACTIVITY_NOT_GRANTED: { status: 403, title: 'The operator did not grant this activity' },
  CONSENT_INVALID: { status: 422, title: 'The consent is not valid' },
  FEATURE_NOT_LICENSED: { status: 403, title: "The cart's licence does not include this" },
  GRANT_NOT_IN_FORCE: { status: 403, title: 'No grant is in force' },
  JOURNAL_UNWRITABLE: { status: 507, title: 'The journal of the cart cannot be written' },
  LICENCE_NOT_IN_FORCE: { status: 403, title: "The cart's licence is not in force" },
  MALFORMED_ID: { status: 400, title: 'This is not an id' },
  NOTICE_OUTDATED: { status: 409, title: 'Another version of the notice is in force' },
  OUT_OF_TURN: { status: 409, title: 'This is not possible at this point of the session' },
  REQUEST_UNKNOWN: { status: 404, title: 'There is no such request' },
  RESUME_REFUSED: { status: 403, title: 'The session cannot be resumed' },
  SESSION_CONTENDED: { status: 409, title: 'The session changed while this was recorded' },
  SESSION_PAUSED: { status: 403, title: 'The operator has paused the session' },

  // Session requests, as codes in the answer to an offer.
  CLOCK_SKEWED: { status: 403, title: "The cart's clock differs from the workstation's" },
  REQUEST_INVALID: { status: 403, title: 'The session request asks for what cannot be asked' },
  REQUEST_STALE: { status: 403, title: 'The session request is for another session or time' },
  REQUEST_UNTRUSTED: {
    status: 403,
    title: 'The session request is not from a licensed workstation',
  },

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
  SCREEN_SOURCE_UNREACHABLE: { status: 502, title: 'The screen of the cart cannot be reached' },

  // The panel's own interface.
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'The body is of a type that is not taken here' },
  PANEL_BUSY: { status: 429, title: 'Too many panels are open' },
  PANEL_CREDENTIAL_REFUSED: { status: 403, title: 'This is not the panel that this agent started' },
  PANEL_HOST_REFUSED: { status: 403, title: 'The request names another host' },
  PANEL_NOT_BUILT: { status: 503, title: 'The panel has not been built' },
  PANEL_ORIGIN_REFUSED: { status: 403, title: 'The request comes from another page' },
} as const satisfies Readonly<Record<string, ProblemRow>>;

export type ProblemCode = keyof typeof PROBLEM_TABLE;
