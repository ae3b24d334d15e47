/**
 * What the operator panel and the cart agent say to each other on loopback.
 *
 * GET  /api/view        → PanelView once
 * GET  /api/views       → NDJSON stream, a PanelView at each change and at least every second in a session
 * POST /api/press       {}
 * POST /api/notice/accept {noticeVersion}   POST /api/notice/decline {}
 * POST /api/consent     {request, activities}
 * POST /api/withdraw    {activity}
 * POST /api/pause {}    POST /api/resume {}    POST /api/end {}    POST /api/dismiss {}
 * POST /api/presence    where the panel is on the screen, so that injected input is kept away from it
 *
 * Every request carries `Authorization: Bearer <the panel's per-launch credential>`, a Host of the panel's own
 * listener and, for POST, its Origin. Errors are RFC 9457 problems with a `code`.
 */
import { LICENCE_STANDINGS } from '@chaperone/domain/licence/licence-terms.ts';
import { END_REASONS } from '@chaperone/domain/session/state.ts';
import { z } from 'zod';
import { activities, activity, requestId } from '../cart-api/schema.ts';

export const acceptNotice = z.strictObject({ noticeVersion: z.string().max(32) });
export const consent = z.strictObject({ request: requestId, activities });
export const withdraw = z.strictObject({ activity });
export const empty = z.strictObject({});
/** Pixels of the cart's display. `focused` says whether the keyboard goes to the panel. */
export const presence = z.strictObject({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(0),
  height: z.number().int().min(0),
  focused: z.boolean(),
});
export type Presence = z.infer<typeof presence>;

export const panelRequest = z.object({
  id: requestId,
  technicianName: z.string(),
  comparisonCode: z.string(),
  activities,
});
export const panelTransfer = z.object({
  id: z.string(),
  direction: z.enum(['from-cart', 'to-cart']),
  name: z.string(),
  bytes: z.number(),
  bytesTotal: z.number(),
  state: z.enum(['moving', 'interrupted', 'done', 'failed', 'cancelled']),
});

/**
 * What somebody in front of the cart has to know of its certificate. `none` also while a renewal waits or has just failed: the cart
 * tries again by itself.
 */
export const CERTIFICATE_NOTICES = ['none', 'failing', 'ends-soon', 'refused', 'expired'] as const;
export type CertificateNotice = (typeof CERTIFICATE_NOTICES)[number];

export const panelView = z.object({
  demo: z.boolean(),
  cart: z.object({ serial: z.string(), model: z.string() }),
  /** Null on a cart whose gateway knew no terms when it enrolled: everything is allowed, without an end. */
  licence: z
    .object({
      /** By the cart's clock. `not-yet` and `expired`: no new session begins; one that runs goes on. */
      standing: z.enum(LICENCE_STANDINGS),
      features: activities,
      validFromUtcMs: z.number(),
      validUntilUtcMs: z.number().nullable(),
    })
    .nullable(),
  /** How the certificate stands by which the service centre knows this cart; null until it is enrolled. */
  certificate: z
    .object({
      notice: z.enum(CERTIFICATE_NOTICES),
      renewalDueUtcMs: z.number(),
      expiresUtcMs: z.number(),
      /** Code of the newest attempt to renew it, if that failed. */
      failure: z.string().nullable(),
      /** What is to be done, in English, for a terminal; null when nothing is. */
      advice: z.string().nullable(),
    })
    .nullable(),
  serviceCentre: z.object({ name: z.string(), phone: z.string(), phiPolicyUrl: z.string() }),
  /** False until this cart is enrolled: then nothing can be pressed, and only the engineer page is of use. */
  isSetUp: z.boolean(),
  phase: z.enum(['idle', 'notice', 'dialling', 'waiting', 'granted', 'open', 'ended']),
  notice: z.object({ version: z.string(), secondsLeft: z.number() }).nullable(),
  /** A code of docs/errors.md that says why the last attempt to dial failed; null while none has. */
  dialFailure: z.string().nullable(),
  secondsLeftToDial: z.number().nullable(),
  case: z.object({ number: z.string(), facility: z.string() }).nullable(),
  requests: z.array(panelRequest),
  session: z
    .object({
      technicianName: z.string(),
      caseNumber: z.string(),
      comparisonCode: z.string(),
      activities,
      startedUtcMs: z.number(),
      secondsLeft: z.number(),
      paused: z.boolean(),
      /** `lost` and `returned` count down to the end of the lease. */
      link: z.enum(['up', 'lost', 'returned']),
      leaseSecondsLeft: z.number().nullable(),
      screenOpen: z.boolean(),
      inputRefused: z.number(),
    })
    .nullable(),
  transfers: z.array(panelTransfer),
  ended: z
    .object({
      reason: z.enum(END_REASONS),
      technicianName: z.string().nullable(),
      filesFetched: z.number(),
      filesPlaced: z.number(),
    })
    .nullable(),
  /** False when the journal cannot be written (full disk): nothing new can be allowed until it can. */
  journalWritable: z.boolean(),
});
export type PanelView = z.infer<typeof panelView>;
export type PanelTransfer = z.infer<typeof panelTransfer>;
