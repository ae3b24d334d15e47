/**
 * What the technician's console and the desk say to each other: JSON over HTTPS, cookie `__Host-chaperone-session`, or
 * `chaperone-session` in a demo without TLS.
 *
 * The desk publishes the whole as OpenAPI 3.1 at /api/openapi.json, made from these schemas.
 *
 *   GET  /api/about                              About: service centre, demo or not
 *   …    /api/workstation…                       see workstation.ts
 *   POST /api/sign-in/directory                  DirectorySignIn → SignInProgress   (first gate)
 *   POST /api/sign-in/provider                   the same on a provider's page: `provider.ts`
 *   POST /api/sign-in/gateway                    GatewaySignIn → SignInStep        (second gate)
 *   POST /api/sign-in/new-password               {password} → SignInStep           (after one that an administrator made)
 *   POST /api/sign-in/factor/code                FactorCode → SignInStep           (third gate)
 *   POST /api/sign-in/factor/passkey/options     PasskeyOptions (WebAuthn, request)
 *   POST /api/sign-in/factor/passkey             PasskeyAssertion → SignInStep
 *   POST /api/sign-in/factor/recovery-code       FactorCode → SignInStep
 *   POST /api/sign-in/enrolment/code/options     CodeOffer (who has no second factor yet)
 *   POST /api/sign-in/enrolment/code             FactorCode → SignInStep
 *   POST /api/sign-in/enrolment/passkey/options  PasskeyOptions (WebAuthn, creation)
 *   POST /api/sign-in/enrolment/passkey          PasskeyRegistration → SignInStep
 *   POST /api/sign-in/enrolment/recovery-codes   {} they are kept safe now → SignInStep
 *   POST /api/sign-out                           {}
 *   GET  /api/me                                 Me
 *   GET  /api/carts                              CartList
 *   GET  /api/technicians                        TechnicianList (whom one can designate: technicians)
 *   GET  /api/cases?state=                       CaseList
 *   POST /api/cases                              NewCase → CaseDetail
 *   GET  /api/cases/{case}                       CaseDetail
 *   POST /api/cases/{case}/designations          {technician} → CaseDetail
 *   POST /api/cases/{case}/notes                 {text} → CaseDetail
 *   POST /api/cases/{case}/resolve               {confirmNumber} → CaseDetail (destruction runs to its end)
 *   GET  /api/cases/{case}/certificate           DestructionCertificate
 *   GET  /api/cases/{case}/timeline              Timeline
 *   GET  /api/cases/{case}/session               SessionDetail: poll-free twin of the event stream
 *   POST /api/cases/{case}/session/request       {jws} signed session request → SessionDetail
 *   POST /api/cases/{case}/session/resume        {jws} signed resume request → SessionDetail
 *   POST /api/cases/{case}/session/leave         {} the technician ends it → SessionDetail
 *   GET  /api/cases/{case}/session/masks         what is covered on the cart's screen (`masks.ts`)
 *   POST /api/cases/{case}/session/masks/ask     asks its operator to show a part {mask, reason, minutes}
 *   POST /api/cases/{case}/session/watch         asks the operator to let a second technician watch {jws}
 *   POST /api/cases/{case}/session/watch/leave   takes that back, or ends the watching
 *   GET  /api/cases/{case}/session/watch/screen  WebSocket: RFB, what is watched
 *   GET  /api/cases/{case}/session/directories   directories of the cart
 *   GET  /api/cases/{case}/session/files?directory=&path=   listing
 *   POST /api/cases/{case}/session/snapshots?picture=&ageMs=   image/png, what is on view → the record that it became
 *   POST /api/cases/{case}/fetches               {directory, path} → Transfer
 *   GET  /api/cases/{case}/uploads               what the caller has not finished uploading
 *   OPTIONS, POST /api/cases/{case}/uploads      tus 1.0: what is spoken; a new upload, with its first piece or without
 *   HEAD, PATCH, DELETE /api/cases/{case}/uploads/{transfer}   tus 1.0
 *   POST /api/cases/{case}/sends                 {record} → Transfer
 *   POST /api/cases/{case}/folder-fetches        {directory, path} → files and bytes of it
 *   POST /api/cases/{case}/transfers/{transfer}/cancel      {} → Transfer
 *   POST /api/cases/{case}/transfers/act         {act, transfer | batch} → how many it changed
 *   GET  /api/cases/{case}/records/{record}/content         bytes, Range; each is an export in the ledger
 *   POST /api/cases/{case}/records/{record}/destroy  of a record that was never released
 *   GET  /api/ledger/checkpoint                  text/plain, C2SP tlog-checkpoint
 *   GET  /api/cases/{case}/evidence              fresh: JSON bundle for `chaperone verify`
 *   GET  /api/events                             text/event-stream of ConsoleEvent
 *   WS   /api/cases/{case}/session/screen        RFB (RFC 6143) in binary messages
 */
import { RECORD_ORIGINS } from '@chaperone/domain/record/record.ts';
import {
  DEIDENTIFICATION_REFUSALS,
  DEIDENTIFICATION_RULES,
} from '@chaperone/domain/deidentification/deidentification.ts';
import { INTERLOCK_SOURCES } from '@chaperone/domain/interlock/interlock.ts';
import { DEIDENTIFICATION_ACTIONS } from '@chaperone/domain/deidentification/report.ts';
import { HELD_REASONS, QUARANTINE_STATES } from '@chaperone/domain/quarantine/quarantine.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { LICENCE_FEATURES, LICENCE_STANDINGS } from '@chaperone/domain/licence/licence-terms.ts';
import { TRANSFER_STATES } from '@chaperone/domain/transfer/transfer.ts';
import { CASE_STATES } from '@chaperone/domain/service-case/service-case.ts';
import { z } from 'zod';
import { compactJWS } from '../cart-api/schema.ts';
import { shownPHIPolicy } from '../phi-policy/phi-policy-document.ts';
import { destructionCertificateClaims } from '../signed/claims.ts';
import { plain } from './plain-text.ts';

const id = plain(z.string().max(64));
const line = plain(z.string().trim().min(1).max(200));
const paragraph = plain(z.string().trim().max(4000));

export const about = z.object({
  serviceCentre: z.object({ name: z.string(), phone: z.string(), phiPolicyUrl: z.string() }),
  /** The policy on patient data, and where it is in full. */
  phiPolicy: shownPHIPolicy,
  demo: z.boolean(),
  /** What of this gateway is demo only; shown in the banner. */
  demoParts: z.array(z.string()),
  /** On whose page the first gate is, as people call it; null: on ours. */
  provider: z.string().nullable(),
  /** What is chosen for a new case, unless whoever opens it chooses. */
  newCaseDeidentification: z.enum(DEIDENTIFICATION_RULES),
  /** Whether what a technician is shown of a cart's screen is recorded. */
  isScreenRecorded: z.boolean(),
  version: z.string(),
});

export const directorySignIn = z.strictObject({
  login: plain(z.string().min(1).max(256)),
  password: z.string().min(1).max(1024),
  /** In a demo without TLS; otherwise the connection's certificate says it, and this counts for nothing. */
  workstation: id.optional(),
});
export const signInProgress = z.object({ displayName: z.string(), next: z.literal('gateway') });
export const gatewaySignIn = z.strictObject({
  userId: plain(z.string().min(1).max(64)),
  password: z.string().min(1).max(1024),
});
export const me = z.object({
  technician: z.object({ id, name: z.string(), roles: z.array(z.string()) }),
  workstation: id,
  signedInUtcMs: z.number(),
});

const factorKind = z.enum(['code', 'passkey']);

/** Told once: somebody came in by a recovery code. */
export const recoveryCodeUse = z.object({
  utcMs: z.number(),
  workstation: id,
  /** How many are left now. */
  left: z.number(),
});
/** What a gate leads to. One's own account and the administration are in `administration.ts`. */
export const signInStep = z.discriminatedUnion('next', [
  me.extend({ next: z.literal('done'), tell: z.array(recoveryCodeUse) }),
  z.object({
    next: z.literal('factor'),
    factor: factorKind,
    /** Of a passkey: the name in the address line under which it works; null otherwise. */
    relyingParty: z.string().nullable(),
    isUsableHere: z.boolean(),
  }),
  /** The password is one that an administrator made: its owner chooses another now. */
  z.object({ next: z.literal('new-password') }),
  z.object({ next: z.literal('enrolment'), factors: z.array(factorKind) }),
  /** Shown once, now. */
  z.object({ next: z.literal('recovery-codes'), recoveryCodes: z.array(z.string()) }),
]);
export const factorCode = z.strictObject({ code: plain(z.string().min(1).max(64)) });
export const codeOffer = z.object({
  /** Base32 in groups of four, to be typed. */
  secret: z.string(),
  /** `otpauth://`, which the picture shows. */
  address: z.string(),
  /** SVG. */
  qrCode: z.string(),
});

/** As `PublicKeyCredential.parseCreationOptionsFromJSON` and its twin take it (WebAuthn Level 3 §5.1.8, §5.1.9). */
export const passkeyOptions = z.object({ options: z.record(z.string(), z.unknown()) });
const base64url = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9_-]*$/, 'expected base64url');
const passkeyAnswer = {
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal('public-key'),
};
const extensionResults = z.looseObject({}).default({});
/** RegistrationResponseJSON; what is not named here is left out. */
export const passkeyRegistration = z.object({
  ...passkeyAnswer,
  response: z.object({ clientDataJSON: base64url(8192), attestationObject: base64url(32_768) }),
  clientExtensionResults: extensionResults,
});
/** AuthenticationResponseJSON, likewise. */
export const passkeyAssertion = z.object({
  ...passkeyAnswer,
  response: z.object({
    clientDataJSON: base64url(8192),
    authenticatorData: base64url(8192),
    signature: base64url(8192),
  }),
  clientExtensionResults: extensionResults,
});

export const cartSummary = z.object({
  serial: z.string(),
  model: z.string().nullable(),
  /** The one that its licence names: a case of this cart is of it and of no other. Null: the licence names none. */
  facility: z.string().nullable(),
  online: z.boolean(),
  openCase: z.object({ id, number: z.string() }).nullable(),
  lastSeenUtcMs: z.number().nullable(),
});
export const cartList = z.object({
  carts: z.array(cartSummary),
  /** Those that may be given for a cart whose licence names none. Where there are none yet, any may. */
  facilities: z.array(z.string()),
});
export const technicianList = z.object({
  technicians: z.array(z.object({ id, name: z.string() })),
});

export const newCase = z.strictObject({
  /** Left out for a cart whose licence names its facility; for any other one of `facilities` in the list of carts. */
  facility: line.optional(),
  cart: plain(z.string().max(64)),
  caller: line,
  complaint: paragraph,
  /** Without it, what the gateway's configuration says. */
  deidentification: z.enum(DEIDENTIFICATION_RULES).optional(),
});
const blankedRectangle = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
});
export const deidentificationReport = z.object({
  version: z.literal(1),
  kind: z.enum(['dicom', 'log']),
  methods: z.array(z.string()),
  changes: z.array(
    z.object({
      what: z.string(),
      name: z.string(),
      action: z.enum(DEIDENTIFICATION_ACTIONS),
      count: z.number(),
    }),
  ),
  pixels: z
    .object({
      frames: z.number(),
      width: z.number(),
      height: z.number(),
      source: z.string(),
      blanked: z.array(blankedRectangle),
    })
    .nullable(),
  searchedValues: z.number(),
  bytesBefore: z.number(),
  bytesAfter: z.number(),
});
/** What came of each record that was to be de-identified, oldest first: a result with its report, or a refusal. */
export const deidentificationList = z.object({
  rule: z.enum(DEIDENTIFICATION_RULES),
  outcomes: z.array(
    z.object({
      source: id.nullable(),
      result: id.nullable(),
      doneUtcMs: z.number(),
      report: deidentificationReport.nullable(),
      /** The report as a person reads it. */
      text: z.string().nullable(),
      refusal: z.enum(DEIDENTIFICATION_REFUSALS).nullable(),
    }),
  ),
});
/** Where a record is in its quarantine. Only a released one can be opened or sent. */
export const recordQuarantine = z.object({
  state: z.enum(QUARANTINE_STATES),
  /** Why it is held; otherwise null. */
  reason: z.enum(HELD_REASONS).nullable(),
  /** What was found in an infected one; otherwise null. */
  signature: z.string().nullable(),
  /** False where a demo without a scanner released it; a recording needs none. */
  scanned: z.boolean(),
});
export const recordSummary = z.object({
  id,
  origin: z.enum(RECORD_ORIGINS),
  name: z.string(),
  /** Where it lay in the folder that it came with; '' for a file by itself. */
  folder: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  sealedUtcMs: z.number(),
  quarantine: recordQuarantine,
});
export const transfer = z.object({
  id,
  direction: z.enum(['from-cart', 'to-cart']),
  name: z.string(),
  /** Where it lies in the folder with which it is moved; '' for a file by itself. */
  folder: z.string(),
  /** What was asked for together; null for a file by itself. */
  batch: z.string().nullable(),
  bytes: z.number(),
  bytesTotal: z.number(),
  state: z.enum(TRANSFER_STATES),
  /** Code of docs/errors.md when failed. */
  failure: z.string().nullable(),
  record: id.nullable(),
});
/** An upload that is not whole yet, or that has just become a record. */
export const uploadStanding = z.object({
  id,
  name: z.string(),
  folder: z.string(),
  /** By which its browser knows the file again. */
  fingerprint: z.string(),
  bytes: z.number(),
  bytesTotal: z.number(),
  record: recordSummary.nullable(),
});
export const uploadList = z.object({ uploads: z.array(uploadStanding) });
export type UploadStanding = z.infer<typeof uploadStanding>;
export type Transfer = z.infer<typeof transfer>;
/** All files that were asked for together, also those that a case does not list one by one. */
export const transferBatch = z.object({
  batch: z.string(),
  direction: z.enum(['from-cart', 'to-cart']),
  /** The folder that they have in common; '' when there is none. */
  name: z.string(),
  files: z.number(),
  done: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  paused: z.number(),
  bytes: z.number(),
  bytesTotal: z.number(),
});
export type TransferBatch = z.infer<typeof transferBatch>;
/** How old an open case has become; of a young one nothing is said. */
export const caseAge = z.object({
  days: z.number(),
  /** Where its end was announced: it will be destroyed, not before then. */
  end: z.object({ earliestUtcMs: z.number(), isReminded: z.boolean() }).nullable(),
});
export const caseSummary = z.object({
  id,
  number: z.string(),
  state: z.enum(CASE_STATES),
  facility: z.string(),
  cart: z.string(),
  cartOnline: z.boolean(),
  openedUtcMs: z.number(),
  resolvedUtcMs: z.number().nullable(),
  records: z.number(),
  legalHold: z.boolean(),
  age: caseAge.nullable(),
});
export const caseList = z.object({ cases: z.array(caseSummary) });
/** What a cart's licence allows, by the gateway's clock; whether it holds is judged by the cart's own. */
export const cartLicence = z.object({
  standing: z.enum(LICENCE_STANDINGS),
  features: z.array(z.enum(LICENCE_FEATURES)),
  validFromUtcMs: z.number(),
  validUntilUtcMs: z.number().nullable(),
});
export const caseDetail = caseSummary.extend({
  /** What the case promises of de-identification; a technician's request to the cart is signed under it. */
  deidentification: z.enum(DEIDENTIFICATION_RULES),
  /** Null of a case that is over, and where nothing is known of a licence: then everything can be asked for. */
  cartLicence: cartLicence.nullable(),
  /** Null once the case is resolved: they were destroyed with it. */
  caller: z.string().nullable(),
  complaint: z.string().nullable(),
  notes: z.array(z.object({ by: z.string(), atUtcMs: z.number(), text: z.string() })),
  designated: z.array(z.object({ id, name: z.string() })),
  recordList: z.array(recordSummary),
  /** Of many, those that are under way and the newest. */
  transfers: z.array(transfer),
  batches: z.array(transferBatch),
  openedBy: z.object({ id, name: z.string() }),
  /** Whether the one who asks may designate technicians. */
  mayDesignate: z.boolean(),
  /** A hold waits for its second person; until then it holds all the same. */
  isHoldProposed: z.boolean(),
});

export const sessionDetail = z.object({
  /** offline: the cart is not connected; waiting: connected, nothing requested by me or not yet granted. */
  state: z.enum(['offline', 'waiting', 'requested', 'granted', 'open', 'interrupted', 'ended']),
  session: id.nullable(),
  challenge: z.string().nullable(),
  cart: z.string(),
  grant: id.nullable(),
  activities: z.array(z.enum(ACTIVITIES)),
  comparisonCode: z.string().nullable(),
  paused: z.boolean(),
  /** The clinic needs the cart, and who said so; null while it does not. */
  interlock: z.enum(INTERLOCK_SOURCES).nullable(),
  /** The operator is at work with their own hands: input waits. */
  operatorActive: z.boolean(),
  /** The cart says something on its screen's stream twice a second, so that silence means that it is gone; carts before version 4 do not. */
  isHeartbeatExpected: z.boolean(),
  secondsLeft: z.number().nullable(),
  endReason: z.string().nullable(),
  inputRefused: z.number(),
  /** Bytes that the cart's connections have carried in the session and in this month (UTC); null without a session. */
  carried: z.object({ sessionBytes: z.number(), monthBytes: z.number() }).nullable(),
  /** Set when somebody else holds the session. */
  technicianName: z.string().nullable(),
  /** A second technician who watches; null without a session. */
  watching: z
    .object({
      /** `unknown`: the cart speaks an earlier version. `refused`: of mine, the operator did not say yes. */
      state: z.enum(['unknown', 'nobody', 'asked', 'granted', 'refused']),
      isMine: z.boolean(),
      /** Who asks or watches, if that is somebody else. */
      name: z.string().nullable(),
      /** What has to be signed to ask: given to a second technician only, while one can ask. */
      challenge: z.string().nullable(),
      watches: id.nullable(),
      /** Of mine, while the operator is asked. */
      comparisonCode: z.string().nullable(),
    })
    .nullable(),
  /** Code of docs/errors.md when the cart refused the last session request. */
  refusal: z.string().nullable(),
});
export const signedRequest = z.strictObject({ jws: compactJWS });

export const newFetch = z.strictObject({
  directory: plain(z.string().max(200)),
  path: z.string().min(1).max(2048),
});
/** A whole directory, with everything in it. */
export const newFolderFetch = z.strictObject({
  directory: plain(z.string().max(200)),
  path: z.string().max(2048),
});
export const folderFetch = z.object({ batch: z.string(), files: z.number(), bytes: z.number() });
export const batchId = z.string().regex(/^[a-z0-9-]{1,40}$/);
export const newSend = z.strictObject({ record: id, batch: batchId.optional() });
/** Holds, goes on with or cancels one transfer, or all of a batch. */
export const transferAct = z
  .strictObject({
    act: z.enum(['pause', 'resume', 'cancel']),
    transfer: plain(z.string().max(64)).optional(),
    batch: batchId.optional(),
  })
  .refine(({ transfer: one, batch }) => (one === undefined) !== (batch === undefined), {
    message: 'Exactly one of transfer and batch is named.',
  });
export type TransferAct = z.infer<typeof transferAct>['act'];
export const designation = z.strictObject({ technician: id });
export const newNote = z.strictObject({ text: paragraph.min(1) });
/** The case number, typed again by the person who resolves: destruction cannot be taken back. */
export const resolution = z.strictObject({ confirmNumber: plain(z.string().max(64)) });

export const timeline = z.object({
  entries: z.array(
    z.object({
      index: z.number(),
      atUtcMs: z.number(),
      kind: z.string(),
      who: z.string().nullable(),
      /** A sentence for a person, without PHI. */
      text: z.string(),
    }),
  ),
});
export const destructionCertificate = z.object({
  claims: destructionCertificateClaims,
  jws: compactJWS,
});

/** What changed; the console then asks again for what it shows. */
export const consoleEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('case'), case: id }),
  z.object({ type: z.literal('session'), case: id }),
  z.object({ type: z.literal('transfer'), case: id, transfer }),
  z.object({ type: z.literal('carts') }),
  /** What `GET /api/desk` tells: the directory went away or came back, or the gateway's own posture changed. */
  z.object({ type: z.literal('desk') }),
]);
export type ConsoleEvent = z.infer<typeof consoleEvent>;
