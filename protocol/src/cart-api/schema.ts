/**
 * Messages of the cart's service API, version 1: what the desk asks a cart over the tunnel, and what it answers.
 *
 * Everything here comes from a peer that is not trusted: strict objects, bounded strings and lists. The
 * normative description is docs/protocol.md.
 */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { DEIDENTIFICATION_RULES } from '@chaperone/domain/deidentification/deidentification.ts';
import { DEIDENTIFICATION_ACTIONS } from '@chaperone/domain/deidentification/report.ts';
import { isId } from '@chaperone/domain/id/id.ts';
import type { CaseId, GrantId, RequestId, SessionId, TransferId } from '@chaperone/domain/id/id.ts';
import { BLOCK_BYTES } from '@chaperone/domain/transfer/block.ts';
import { INTERLOCK_SOURCES } from '@chaperone/domain/interlock/interlock.ts';
import { END_REASONS } from '@chaperone/domain/session/state.ts';
import { z } from 'zod';

/** A JWS in compact form. 16 KiB hold the longest request with its certificate chain. */
export const compactJWS = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
export const base64url32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
export const caseId = z
  .string()
  .refine((text) => isId('case', text))
  .transform((text) => text as CaseId);
export const sessionId = z
  .string()
  .refine((text) => isId('session', text))
  .transform((text) => text as SessionId);
export const grantId = z
  .string()
  .refine((text) => isId('grant', text))
  .transform((text) => text as GrantId);
export const requestId = z
  .string()
  .refine((text) => isId('request', text))
  .transform((text) => text as RequestId);
export const transferId = z
  .string()
  .refine((text) => isId('transfer', text))
  .transform((text) => text as TransferId);
export const activity = z.enum(ACTIVITIES);
export const activities = z.array(activity).max(ACTIVITIES.length);
const shortText = z.string().min(1).max(200);
const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** GET /v1/hello */
export const hello = z.strictObject({
  protocol: z.strictObject({ min: z.number().int().min(1), max: z.number().int().min(1) }),
  connection: z.enum(['interactive', 'bulk']),
  serial: z.string().max(64),
  model: shortText,
  software: shortText,
  session: sessionId,
  /** 32 unpredictable bytes, new for each interactive connection: what a workstation signs. */
  challenge: base64url32,
  /** SHA-256 of the cart key's SubjectPublicKeyInfo. */
  keyThumbprint: base64url32,
  phase: z.enum(['waiting', 'granted', 'open']),
  grant: compactJWS.nullable(),
});
export type Hello = z.infer<typeof hello>;

/** PUT /v1/offer */
export const OFFERED_REQUESTS_MAX = 8;
export const offer = z.strictObject({
  case: z
    .strictObject({
      id: caseId,
      number: shortText,
      facility: shortText,
      /** Absent: `not-required`. */
      deidentification: z.enum(DEIDENTIFICATION_RULES).optional(),
      /** Version 4: what the technician is shown is recorded at the gateway. Absent: it does not say so. */
      recordsScreen: z.literal(true).optional(),
    })
    .nullable(),
  /** Session requests, each signed by a licensed workstation (docs/protocol.md, "Session request"). */
  requests: z.array(compactJWS).max(OFFERED_REQUESTS_MAX),
});
export type Offer = z.infer<typeof offer>;
export const offerAnswer = z.strictObject({
  shown: z.array(z.strictObject({ request: requestId, comparisonCode: z.string() })),
  refused: z.array(z.strictObject({ index: z.number().int().min(0), code: z.string() })),
});
export type OfferAnswer = z.infer<typeof offerAnswer>;

/** POST /v1/session/resume */
export const resume = z.strictObject({ request: compactJWS });
/** POST /v1/session/end */
export const endByGateway = z.strictObject({
  reason: z.enum(['technician-left', 'case-resolved', 'gateway-ended']),
});

/** How many questions of a second technician one grant can have counted; the operator is asked a few times a minute at most. */
export const WATCH_ASKS_MAX = 1_000_000;
/** Version 4: a second technician who watches, or wants to; in a view once somebody has asked. */
export const watchView = z.strictObject({
  asks: z.number().int().min(1).max(WATCH_ASKS_MAX),
  /** Whether the newest question waits for its answer. */
  isAsked: z.boolean(),
  /** JWS `chaperone-watch-grant+jwt` while somebody may watch. */
  grant: compactJWS.nullable(),
});
export type WatchView = z.infer<typeof watchView>;

/** One line of GET /v1/events (NDJSON): the whole view each time, so that a lost line does no harm. */
export const sessionView = z.strictObject({
  sequence: z.number().int().min(0),
  phase: z.enum(['waiting', 'granted', 'open', 'ended']),
  session: sessionId,
  paused: z.boolean(),
  /** Version 4: who said that the clinic needs the cart; absent while it does not. */
  interlock: z.enum(INTERLOCK_SOURCES).optional(),
  /** Version 4: the operator uses the cart's own mouse, keyboard or touchscreen: input waits. Absent while they do not. */
  operatorActive: z.literal(true).optional(),
  watch: watchView.optional(),
  grant: compactJWS.nullable(),
  activities,
  grantEndsInMs: z.number().int().nullable(),
  inputRefused: z.number().int().min(0),
  ended: z.strictObject({ reason: z.enum(END_REASONS), receipt: compactJWS.nullable() }).nullable(),
});
export type SessionView = z.infer<typeof sessionView>;

/** GET /v1/directories */
export const directories = z.strictObject({
  directories: z.array(z.strictObject({ id: shortText, label: shortText })).max(32),
  inbox: z.strictObject({ label: shortText, bytesMax: bytes }).nullable(),
});
export type Directories = z.infer<typeof directories>;

/** GET /v1/files/{directory}?path= */
export const LISTED_ENTRIES_MAX = 5000;
export const fileEntry = z.strictObject({
  name: z.string().max(255),
  kind: z.enum(['file', 'directory']),
  bytes,
  modifiedUtcMs: z.number().int(),
});
export const listing = z.strictObject({
  entries: z.array(fileEntry).max(LISTED_ENTRIES_MAX),
  truncated: z.boolean(),
});
export type FileEntry = z.infer<typeof fileEntry>;
export type Listing = z.infer<typeof listing>;

/** A path of 2,048 bytes at most (`checkRelativePath`). */
const FOLDER_CHARACTERS_MAX = 2048;

/** GET /v1/deidentification/{transfer} */
const REPORT_LINES_MAX = 1000;
const pixels = z.number().int().min(0).max(65_536);
export const cartReport = z.strictObject({
  version: z.literal(1),
  kind: z.enum(['dicom', 'log']),
  methods: z.array(z.string().max(16)).max(8),
  changes: z
    .array(
      z.strictObject({
        what: z.string().max(16),
        name: z.string().max(100),
        action: z.enum(DEIDENTIFICATION_ACTIONS),
        count: z.number().int().min(0),
      }),
    )
    .max(REPORT_LINES_MAX),
  pixels: z
    .strictObject({
      frames: z.number().int().min(1),
      width: pixels,
      height: pixels,
      source: z.string().max(64),
      blanked: z
        .array(z.strictObject({ x: pixels, y: pixels, width: pixels, height: pixels }))
        .max(REPORT_LINES_MAX),
    })
    .nullable(),
  searchedValues: z.number().int().min(0),
  bytesBefore: bytes,
  bytesAfter: bytes,
});

/** POST /v1/inbox */
export const inboxFile = z.strictObject({
  transfer: transferId,
  name: z.string().min(1).max(255),
  bytes,
  /** SHA-256 of the whole file, base64 (not url), as in RFC 9530 `Repr-Digest: sha-256=:…:`. */
  sha256: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  /** Version 2: directories of the inbox in which it is placed, a relative path; made when they are not there. */
  folder: z.string().min(1).max(FOLDER_CHARACTERS_MAX).optional(),
  /** Version 2: the sender can mend blocks. What is staged then outlives a digest that does not match. */
  blocks: z.literal(BLOCK_BYTES).optional(),
});
export type InboxFile = z.infer<typeof inboxFile>;
/** Answer of POST, HEAD-like GET and PATCH /v1/inbox/{transfer}. */
export const inboxProgress = z.strictObject({
  transfer: transferId,
  received: bytes,
  /** `differs`, only for a file announced with `blocks`: it is all there, and not what was announced. */
  state: z.enum(['receiving', 'differs', 'placed']),
});
export type InboxProgress = z.infer<typeof inboxProgress>;

/** PUT /v1/queue, version 2: what the operator is shown of files that do not move now. */
export const HELD_TRANSFERS_MAX = 256;
const waitingFiles = z.strictObject({ files: z.number().int().min(0).max(1_000_000), bytes });
export const queueStanding = z.strictObject({
  fetching: waitingFiles,
  sending: waitingFiles,
  /** Held by the technician. */
  paused: z.array(transferId).max(HELD_TRANSFERS_MAX),
});
export type QueueStanding = z.infer<typeof queueStanding>;

/** GET /v1/journal?from= */
export const JOURNAL_PAGE_MAX = 500;
export const journalPage = z.strictObject({
  /** Each is the exact bytes of one journal line without its newline. */
  entries: z.array(z.string().max(4096)).max(JOURNAL_PAGE_MAX),
  /** JWS `chaperone-journal-head+jwt` over the whole journal as it stands. */
  head: compactJWS,
});
export type JournalPage = z.infer<typeof journalPage>;

/** RFC 9457 problem. */
export const problem = z.object({
  type: z.string(),
  status: z.number().int(),
  title: z.string(),
  code: z.string(),
  detail: z.string().optional(),
  /** Of what is being made ready: how much of the original has been read, bytes. */
  preparation: z
    .object({ bytes: z.int().nonnegative(), bytesTotal: z.int().nonnegative() })
    .optional(),
});
export type Problem = z.infer<typeof problem>;
