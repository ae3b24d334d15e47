/**
 * What the operator panel and the cart agent say to each other on loopback.
 *
 * GET  /api/view        → PanelView once
 * GET  /api/views       → NDJSON stream, a PanelView at each change and at least every second in a session
 * GET  /api/phi-policy  → the service centre's policy on patient data (`phi-policy/phi-policy-document.ts`)
 * POST /api/press       {}
 * POST /api/notice/accept {noticeVersion}   POST /api/notice/decline {}
 * POST /api/consent     {request, activities}
 * POST /api/approval/give {approver, pin}   POST /api/approval/refuse {}
 * POST /api/withdraw    {activity}
 * POST /api/pause {}    POST /api/resume {}    POST /api/end {}    POST /api/dismiss {}
 * POST /api/interlock/raise {}   POST /api/interlock/lift {}
 * POST /api/unmask/allow {number, minutes}   POST /api/unmask/refuse {}   POST /api/unmask/cover {mask|null}
 * POST /api/watch/allow {number}   POST /api/watch/refuse {}   POST /api/watch/stop {}   a second technician who watches
 * POST /api/presence    where the panel is on the screen, so that injected input is kept away from it
 *
 * Every request carries `Authorization: Bearer <the panel's per-launch credential>`, a Host of the panel's own
 * listener and, for POST, its Origin. Errors are RFC 9457 problems with a `code`.
 */
import { POLICY_TROUBLES } from '@chaperone/domain/facility-policy/facility-policy.ts';
import { INTERLOCK_SOURCES } from '@chaperone/domain/interlock/interlock.ts';
import { LICENCE_STANDINGS } from '@chaperone/domain/licence/licence-terms.ts';
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import { UNMASK_MINUTES } from '@chaperone/domain/mask/unmask.ts';
import { END_REASONS } from '@chaperone/domain/session/state.ts';
import { z } from 'zod';
import { maskName } from '../cart-api/masks.ts';
import { activities, activity, requestId } from '../cart-api/schema.ts';

export const acceptNotice = z.strictObject({ noticeVersion: z.string().max(32) });
export const consent = z.strictObject({ request: requestId, activities });
/** The second person whom the facility's policy wants, after a consent has asked for one. */
export const giveApproval = z.strictObject({
  approver: z.string().max(32),
  pin: z.string().max(12),
});
export const withdraw = z.strictObject({ activity });
/** The operator's yes to the question with this number, and that something is covered again; null: everything. */
export const allowUnmask = z.strictObject({
  number: z.number().int().min(1),
  minutes: z.literal([...UNMASK_MINUTES]),
});
export const coverAgain = z.strictObject({ mask: maskName.nullable() });
/** The operator's yes to the question with this number. */
export const allowWatch = z.strictObject({ number: z.number().int().min(1) });
export const empty = z.strictObject({});
/** Pixels of the cart's display. `focused` says whether the keyboard goes to the panel. */
export const presence = z.strictObject({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(0),
  height: z.number().int().min(0),
  focused: z.boolean(),
  /** In which the panel speaks to the operator now. */
  language: z.enum(LANGUAGES).optional(),
});
export type Presence = z.infer<typeof presence>;

export const panelRequest = z.object({
  id: requestId,
  technicianName: z.string(),
  comparisonCode: z.string(),
  activities,
  /** Files that are fetched would leave only when they are de-identified here: by the case, the request or the facility's policy. */
  deidentifies: z.boolean(),
});
export const panelTransfer = z.object({
  id: z.string(),
  direction: z.enum(['from-cart', 'to-cart']),
  name: z.string(),
  bytes: z.number(),
  bytesTotal: z.number(),
  /** `preparing`: being de-identified; `paused`: held by the technician, as the gateway says. */
  state: z.enum(['preparing', 'moving', 'interrupted', 'paused', 'done', 'failed', 'cancelled']),
  /** Null when it does not move, or has not long enough. */
  secondsLeft: z.number().nullable(),
});
/** Files that the technician has asked for and that wait for their turn, as the gateway says. */
export const panelWaiting = z.object({ fetching: z.number(), sending: z.number() });

/**
 * What somebody in front of the cart has to know of its certificate. `none` also while a renewal waits or has just failed: the cart
 * tries again by itself.
 */
export const CERTIFICATE_NOTICES = ['none', 'failing', 'ends-soon', 'refused', 'expired'] as const;
export type CertificateNotice = (typeof CERTIFICATE_NOTICES)[number];

/** A covered part of the screen as the operator reads it. */
const panelMask = z.object({
  name: z.string(),
  /** In the words of the cart's template; null: there are none. */
  label: z
    .object({ en: z.string().optional(), de: z.string().optional(), es: z.string().optional() })
    .nullable(),
  secondsLeft: z.number(),
});
export type PanelMask = z.infer<typeof panelMask>;

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
  /** The clinic needs the cart: nobody is let in and nothing passes until the operator says otherwise. */
  interlock: z.object({ source: z.enum(INTERLOCK_SOURCES), sinceUtcMs: z.number() }).nullable(),
  notice: z.object({ version: z.string(), secondsLeft: z.number() }).nullable(),
  /** A code of docs/errors.md that says why the last attempt to dial failed; null while none has. */
  dialFailure: z.string().nullable(),
  secondsLeftToDial: z.number().nullable(),
  case: z
    .object({
      number: z.string(),
      facility: z.string(),
      /** The service centre says that it records what is shown. */
      recordsScreen: z.boolean(),
    })
    .nullable(),
  requests: z.array(panelRequest),
  /** The facility's policy that binds this cart; null where there is none. */
  facility: z
    .object({
      name: z.string().nullable(),
      version: z.number().nullable(),
      waitingVersion: z.number().nullable(),
      validUntilUtcMs: z.number().nullable(),
      /** Not null: nothing can begin until another policy is in force. */
      trouble: z.enum(POLICY_TROUBLES).nullable(),
      /** By the cart's clock. */
      isOpen: z.boolean(),
      opensUtcMs: z.number().nullable(),
      /** The facility's, where it has hours. */
      timeZone: z.string().nullable(),
      /** Until the session is over by the policy; null: by no rule, or no session. */
      closesInSeconds: z.number().nullable(),
      /** What needs a second person. */
      approvedActivities: activities,
    })
    .nullable(),
  /** Somebody of the facility has to say yes, too; until then nobody is let in. */
  approval: z
    .object({
      technicianName: z.string(),
      activities,
      approvers: z.array(z.object({ id: z.string(), name: z.string() })),
      triesLeft: z.number(),
      secondsLeft: z.number(),
    })
    .nullable(),
  session: z
    .object({
      technicianName: z.string(),
      caseNumber: z.string(),
      comparisonCode: z.string(),
      activities,
      startedUtcMs: z.number(),
      secondsLeft: z.number(),
      paused: z.boolean(),
      /** A real device of this display has just been used: the technician's input waits. */
      operatorActive: z.boolean(),
      /** `lost` and `returned` count down to the end of the lease. */
      link: z.enum(['up', 'lost', 'returned']),
      leaseSecondsLeft: z.number().nullable(),
      screenOpen: z.boolean(),
      inputRefused: z.number(),
      /** Whether files leave only when they are de-identified on this cart. */
      deidentifies: z.boolean(),
      /** The operator was told, before the consent, that what is shown is recorded. */
      recordsScreen: z.boolean(),
    })
    .nullable(),
  /** A second technician who watches the session, or asks to. */
  watching: z.object({
    asked: z
      .object({
        number: z.number(),
        technicianName: z.string(),
        comparisonCode: z.string(),
        secondsLeft: z.number(),
      })
      .nullable(),
    watcher: z.object({ technicianName: z.string(), sinceUtcMs: z.number() }).nullable(),
  }),
  transfers: z.array(panelTransfer),
  waiting: panelWaiting,
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
  /**
   * What on the cart's display itself says that somebody is in, beside the panel. `reason`: why nothing does, in the words of
   * whoever set the cart up; null unless it is `none`.
   */
  indicator: z.object({
    kind: z.enum(['x11', 'panel', 'none']),
    reason: z.string().nullable(),
    /** False in a session: the operator cannot see it at the moment. */
    isSeen: z.boolean(),
  }),
  /** What of the screen the technician does not see. */
  masks: z.object({
    rule: z.enum(['off', 'nothing', 'unknown-model', 'template']),
    /** Whether the screen that is open is one that the cart's template knows; otherwise all of it is covered. */
    isRecognised: z.boolean(),
    asked: panelMask
      .extend({
        number: z.number(),
        /** As the technician wrote it. */
        reason: z.string(),
        /** For how long it was asked for. */
        minutes: z.number(),
      })
      .nullable(),
    open: z.array(panelMask),
  }),
});
export type PanelView = z.infer<typeof panelView>;
export type PanelTransfer = z.infer<typeof panelTransfer>;
export type PanelWaiting = z.infer<typeof panelWaiting>;
