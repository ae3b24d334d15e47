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
 *   GET  /api/cases/{case}/session/directories   directories of the cart
 *   GET  /api/cases/{case}/session/files?directory=&path=   listing
 *   POST /api/cases/{case}/fetches               {directory, path} → Transfer
 *   PUT  /api/cases/{case}/outgoing?name=        body: the file → RecordSummary (sealed, not yet sent)
 *   POST /api/cases/{case}/sends                 {record} → Transfer
 *   POST /api/cases/{case}/transfers/{transfer}/cancel      {} → Transfer
 *   GET  /api/cases/{case}/records/{record}/content         bytes, Range; each is an export in the ledger
 *   GET  /api/ledger/checkpoint                  text/plain, C2SP tlog-checkpoint
 *   GET  /api/cases/{case}/evidence              fresh: JSON bundle for `chaperone verify`
 *   GET  /api/events                             text/event-stream of ConsoleEvent
 *   WS   /api/cases/{case}/session/screen        RFB (RFC 6143) in binary messages
 */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { LICENCE_FEATURES, LICENCE_STANDINGS } from '@chaperone/domain/licence/licence-terms.ts';
import { TRANSFER_STATES } from '@chaperone/domain/transfer/transfer.ts';
import { CASE_STATES } from '@chaperone/domain/service-case/service-case.ts';
import { z } from 'zod';
import { compactJWS } from '../cart-api/schema.ts';
import { destructionCertificateClaims } from '../signed/claims.ts';
import { plain } from './plain-text.ts';

const id = plain(z.string().max(64));
const line = plain(z.string().trim().min(1).max(200));
const paragraph = plain(z.string().trim().max(4000));

export const about = z.object({
  serviceCentre: z.object({ name: z.string(), phone: z.string(), phiPolicyUrl: z.string() }),
  demo: z.boolean(),
  /** What of this gateway is demo only; shown in the banner. */
  demoParts: z.array(z.string()),
  /** On whose page the first gate is, as people call it; null: on ours. */
  provider: z.string().nullable(),
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
  facility: z.string(),
  online: z.boolean(),
  openCase: z.object({ id, number: z.string() }).nullable(),
  lastSeenUtcMs: z.number().nullable(),
});
export const cartList = z.object({ carts: z.array(cartSummary) });
export const technicianList = z.object({
  technicians: z.array(z.object({ id, name: z.string() })),
});

export const newCase = z.strictObject({
  facility: line,
  cart: plain(z.string().max(64)),
  caller: line,
  complaint: paragraph,
});
export const recordSummary = z.object({
  id,
  origin: z.enum(['fetched', 'to-send']),
  name: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  sealedUtcMs: z.number(),
});
export const transfer = z.object({
  id,
  direction: z.enum(['from-cart', 'to-cart']),
  name: z.string(),
  bytes: z.number(),
  bytesTotal: z.number(),
  state: z.enum(TRANSFER_STATES),
  /** Code of docs/errors.md when failed. */
  failure: z.string().nullable(),
  record: id.nullable(),
});
export type Transfer = z.infer<typeof transfer>;
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
  /** Null of a case that is over, and where nothing is known of a licence: then everything can be asked for. */
  cartLicence: cartLicence.nullable(),
  /** Null once the case is resolved: they were destroyed with it. */
  caller: z.string().nullable(),
  complaint: z.string().nullable(),
  notes: z.array(z.object({ by: z.string(), atUtcMs: z.number(), text: z.string() })),
  designated: z.array(z.object({ id, name: z.string() })),
  recordList: z.array(recordSummary),
  transfers: z.array(transfer),
  openedBy: z.object({ id, name: z.string() }),
  /** Whether the one who asks may designate technicians. */
  mayDesignate: z.boolean(),
  legalHold: z.boolean(),
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
  secondsLeft: z.number().nullable(),
  endReason: z.string().nullable(),
  inputRefused: z.number(),
  /** Set when somebody else holds the session. */
  technicianName: z.string().nullable(),
  /** Code of docs/errors.md when the cart refused the last session request. */
  refusal: z.string().nullable(),
});
export const signedRequest = z.strictObject({ jws: compactJWS });

export const newFetch = z.strictObject({
  directory: plain(z.string().max(200)),
  path: z.string().min(1).max(2048),
});
export const newSend = z.strictObject({ record: id });
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
