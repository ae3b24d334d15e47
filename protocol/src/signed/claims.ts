/**
 * What is signed, as claims of JWS (RFC 7515) in compact form. Each kind has its own `typ`, so that one can never
 * be taken for another (RFC 8725 §3.11). Normative: docs/protocol.md, "Signed statements".
 *
 * | typ | signed by | says |
 * |---|---|---|
 * | chaperone-session-request+jwt | workstation key, certificate in `x5c` | this technician wants in, now, here |
 * | chaperone-grant+jwt | cart key | the operator consented |
 * | chaperone-session-receipt+jwt | cart key, then countersigned | what happened in a session |
 * | chaperone-journal-head+jwt | cart key | the journal has this size and root |
 * | chaperone-destruction-certificate+jwt | ledger key | a case was destroyed and verified |
 * | chaperone-posture+jwt | workstation program's key | how current the workstation is; `posture-claims.ts` |
 */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { END_REASONS } from '@chaperone/domain/session/state.ts';
import { z } from 'zod';
import { activities, base64url32, caseId, grantId, sessionId } from '../cart-api/schema.ts';

export const TYP = {
  sessionRequest: 'chaperone-session-request+jwt',
  grant: 'chaperone-grant+jwt',
  sessionReceipt: 'chaperone-session-receipt+jwt',
  journalHead: 'chaperone-journal-head+jwt',
  destructionCertificate: 'chaperone-destruction-certificate+jwt',
  posture: 'chaperone-posture+jwt',
} as const;

const seconds = z.number().int().min(0);
const technicianName = z.string().min(1).max(100);

/** `purpose: resume` names the grant that is to live on; the challenge is that of the new connection. */
export const sessionRequestClaims = z.strictObject({
  iss: z.string().max(64),
  sub: z.string().max(64),
  name: technicianName,
  cart: z.string().max(64),
  case: caseId,
  caseNumber: z.string().max(200),
  session: sessionId,
  challenge: base64url32,
  purpose: z.enum(['request', 'resume']),
  grant: grantId.nullable(),
  activities,
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
  iat: seconds,
});
export type DestructionCertificateClaims = z.infer<typeof destructionCertificateClaims>;
