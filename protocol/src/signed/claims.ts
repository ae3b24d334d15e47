/**
 * What is signed, as claims of JWS (RFC 7515) in compact form. Each kind has its own `typ`, so that one can never
 * be taken for another (RFC 8725 §3.11). Normative: docs/protocol.md, "Signed statements".
 *
 * | typ | signed by | says |
 * |---|---|---|
 * | chaperone-session-request+jwt | workstation key, certificate in `x5c` | this technician wants in, now, here |
 * | chaperone-grant+jwt | cart key | the operator consented |
 * | chaperone-watch-grant+jwt | cart key | the operator consented that somebody else watches; opens nothing but that |
 * | chaperone-session-receipt+jwt | cart key | what happened in a session |
 * | chaperone-receipt-countersignature+jwt | ledger key | the gateway has that receipt; `receipt/countersignature.ts` |
 * | chaperone-journal-head+jwt | cart key | the journal has this size and root |
 * | chaperone-destruction-certificate+jwt | ledger key | a case was destroyed and verified |
 * | chaperone-posture+jwt | workstation program's key | how current the workstation is; `posture-claims.ts` |
 */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { DEIDENTIFICATION_RULES } from '@chaperone/domain/deidentification/deidentification.ts';
import { END_REASONS } from '@chaperone/domain/session/state.ts';
import { z } from 'zod';
import { activities, base64url32, caseId, grantId, sessionId } from '../cart-api/schema.ts';
import { receiptFiles } from '../receipt/receipt-files.ts';

export const TYP = {
  sessionRequest: 'chaperone-session-request+jwt',
  grant: 'chaperone-grant+jwt',
  watchGrant: 'chaperone-watch-grant+jwt',
  sessionReceipt: 'chaperone-session-receipt+jwt',
  journalHead: 'chaperone-journal-head+jwt',
  destructionCertificate: 'chaperone-destruction-certificate+jwt',
  posture: 'chaperone-posture+jwt',
} as const;

const seconds = z.number().int().min(0);
const technicianName = z.string().min(1).max(100);

/**
 * `purpose: resume` names the grant that is to live on, `watch` the grant that is to be watched; the challenge is that of the
 * connection that is there.
 */
export const sessionRequestClaims = z.strictObject({
  iss: z.string().max(64),
  sub: z.string().max(64),
  name: technicianName,
  cart: z.string().max(64),
  case: caseId,
  caseNumber: z.string().max(200),
  session: sessionId,
  challenge: base64url32,
  purpose: z.enum(['request', 'resume', 'watch']),
  grant: grantId.nullable(),
  activities,
  /** Under which rule of the case files will be fetched; absent: `not-required`. */
  deidentification: z.enum(DEIDENTIFICATION_RULES).optional(),
  iat: seconds,
  exp: seconds,
});
export type SessionRequestClaims = z.infer<typeof sessionRequestClaims>;

/** A request is short-lived: the console renews it while the technician waits. Seconds. */
export const SESSION_REQUEST_LIFE_S = 300;

export const grantClaims = z.strictObject({
  jti: grantId,
  iss: z.string().max(64),
  sub: z.string().max(64),
  name: technicianName,
  session: sessionId,
  case: caseId,
  caseNumber: z.string().max(200),
  workstation: z.string().max(64),
  workstationKey: base64url32,
  activities: z.array(z.enum(ACTIVITIES)).min(1),
  noticeVersion: z.string().max(32),
  iat: seconds,
  durationS: seconds,
});
export type GrantClaims = z.infer<typeof grantClaims>;

/** What a second technician was let in for: to see one session, under its grant. */
export const watchGrantClaims = z.strictObject({
  jti: grantId,
  iss: z.string().max(64),
  sub: z.string().max(64),
  name: technicianName,
  session: sessionId,
  case: caseId,
  caseNumber: z.string().max(200),
  workstation: z.string().max(64),
  workstationKey: base64url32,
  /** The grant of the session. */
  watches: grantId,
  iat: seconds,
  durationS: seconds,
});
export type WatchGrantClaims = z.infer<typeof watchGrantClaims>;

/** Watchings that one receipt tells of. An operator's finger makes fewer. */
export const WATCHINGS_MAX = 200;

/** An operator let somebody else see the session, from then until it was over. */
export const watching = z.strictObject({
  sub: z.string().max(64),
  name: technicianName,
  workstation: z.string().max(64),
  utcMs: z.number().int(),
  untilUtcMs: z.number().int(),
});
export type ToldWatching = z.infer<typeof watching>;

/** Unmaskings that one receipt tells of. An operator's finger makes fewer. */
export const UNMASKINGS_MAX = 1000;

/** An operator let hidden patient data be seen, from then until it was hidden again. */
export const unmasking = z.strictObject({
  utcMs: z.number().int(),
  untilUtcMs: z.number().int(),
});
export type Unmasking = z.infer<typeof unmasking>;

/** The clinic needed the cart: how often everybody was held off, and for how long in all, up to the session's end. */
export const receiptInterlocks = z.strictObject({
  count: z.number().int().min(1),
  heldMs: z.number().int().min(0),
});
export type ReceiptInterlocks = z.infer<typeof receiptInterlocks>;

export const sessionReceiptClaims = z.strictObject({
  iss: z.string().max(64),
  session: sessionId,
  grant: grantClaims.nullable(),
  startedUtcMs: z.number().int(),
  endedUtcMs: z.number().int(),
  reason: z.enum(END_REASONS),
  filesFetched: z.number().int(),
  bytesFetched: z.number().int(),
  filesPlaced: z.number().int(),
  bytesPlaced: z.number().int(),
  inputRefused: z.number().int(),
  journalSize: z.number().int(),
  journalRoot: base64url32,
  /** What was really done under the grant; receipts of earlier versions do not say. */
  opened: activities.optional(),
  /** Which files moved; receipts of earlier versions only count them. */
  files: receiptFiles.optional(),
  /** Receipts of earlier versions do not say. */
  unmaskings: z.array(unmasking).max(UNMASKINGS_MAX).optional(),
  /** Absent when there was none, so that gateways of earlier versions take all others; receipts of earlier versions do not say. */
  interlocks: receiptInterlocks.optional(),
  /** Who else saw it; absent when nobody did. */
  watchings: z.array(watching).min(1).max(WATCHINGS_MAX).optional(),
  iat: seconds,
});
export type SessionReceiptClaims = z.infer<typeof sessionReceiptClaims>;

export const journalHeadClaims = z.strictObject({
  iss: z.string().max(64),
  size: z.number().int().min(0),
  root: base64url32,
  iat: seconds,
});
export type JournalHeadClaims = z.infer<typeof journalHeadClaims>;

/** A count's name, such as `records-fetched` (`domain/src/destruction/case-counts.ts`). */
const countName = z.string().regex(/^[a-z][a-z-]{0,39}$/);

/** What NIST SP 800-88r2 §4.6 asks for beyond the first version of the certificate. */
export const sanitizationClaims = z.strictObject({
  /** What was sanitised: a logical object, not a medium. */
  object: z.string().max(300),
  /** Model of the cart that the records came from, as its certificate or itself said; null when it never did. */
  cartModel: z.string().max(100).nullable(),
  /** What the object lay on. */
  media: z.string().max(300),
  /** By the words of SP 800-88r2: `purge` only where the key's own store sanitises it. */
  category: z.enum(['clear', 'purge']),
  /** How many there were before it began, by name; a zone that is not there has counted nothing. */
  counts: z.record(countName, z.number().int().min(0)),
  /** Every kind of place that was searched. */
  lookedIn: z.array(z.string().max(100)).max(200),
  verifiedUtcMs: z.number().int(),
  /** What became of the media afterwards. */
  disposition: z.string().max(300),
  /** Whether a person decided, or the longest time that a case may stay unresolved had passed. */
  decidedFor: z.enum(['person', 'unresolved-limit']),
  /** What of the gateway was of a demo only. */
  demoParts: z.array(z.string().max(60)).max(20),
});
export type SanitizationClaims = z.infer<typeof sanitizationClaims>;

/** Fields of a certificate of destruction follow NIST SP 800-88r2 §4.6. */
export const destructionCertificateClaims = z.strictObject({
  iss: z.string().max(200),
  case: caseId,
  caseNumber: z.string().max(200),
  cart: z.string().max(64),
  facility: z.string().max(200),
  demo: z.boolean(),
  records: z.number().int(),
  bytes: z.number().int(),
  method: z.literal('cryptographic erase and deletion'),
  technique: z.string().max(500),
  tool: z.string().max(100),
  verification: z.strictObject({
    method: z.string().max(500),
    keysFound: z.number().int(),
    recordsFound: z.number().int(),
    temporaryFilesFound: z.number().int(),
    rowsFound: z.number().int(),
    result: z.literal('nothing found'),
  }),
  decidedBy: z.strictObject({ id: z.string(), name: z.string(), role: z.string() }),
  decidedUtcMs: z.number().int(),
  destroyedUtcMs: z.number().int(),
  place: z.string().max(200),
  contact: z.string().max(200),
  /** Index of the ledger entry `case-resolving`, proof that the decision was recorded first. */
  ledgerIndex: z.number().int(),
  /** Certificates of earlier versions do not have it. */
  sanitization: sanitizationClaims.optional(),
  iat: seconds,
});
export type DestructionCertificateClaims = z.infer<typeof destructionCertificateClaims>;
