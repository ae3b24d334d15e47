/**
 * The administration's part of the console API: one's own account, accounts, workstations, licences, live sign-ins and
 * sessions, acts that take two people, and the ledger for an auditor. Nothing here carries PHI.
 *
 * Lists take `q` (searches what is shown), `page` (from 1) and `size`; they answer `{ items, total, page, size }`.
 * Every act has a reason, which the ledger keeps as a salted commitment and the desk in plain. Routes marked *fresh* want a
 * confirmation of at most `CONFIRMATION_LIFE_MS` ago (`POST /api/me/confirm`, or a sign-in), else 403 CONFIRMATION_REQUIRED.
 *
 *   GET  /api/desk                                   DeskState: whether the directory answers
 *   GET  /api/me/sign-ins                            SignInList, one's own
 *   POST /api/me/sign-out-everywhere                 {} → 204, this one too
 *   POST /api/me/confirm/passkey/options             {} → PasskeyOptions
 *   POST /api/me/confirm                             Confirmation → {confirmedUntilUtcMs}
 *   POST /api/me/password                            {password} fresh → 204, others signed out
 *   GET  /api/me/factor                              OwnFactor
 *   POST /api/me/factor/code/options                 {} fresh → CodeOffer
 *   POST /api/me/factor/code                         {code} fresh → OwnFactor: replaces the factor
 *   POST /api/me/factor/passkey/options              {} fresh → PasskeyOptions
 *   POST /api/me/factor/passkey                      PasskeyRegistration fresh → OwnFactor: replaces the factor
 *   POST /api/me/factor/recovery-codes               {} fresh → {recoveryCodes}: replaces them
 *   GET  /api/admin/accounts                         administrator: page of Account
 *   POST /api/admin/accounts                         administrator, fresh: NewAccount → {account, firstPassword}
 *   POST /api/admin/accounts/{account}/disable       administrator, fresh: {reason} → Account, signed out at once
 *   POST /api/admin/accounts/{account}/enable        administrator, fresh: {reason} → Account
 *   POST /api/admin/accounts/{account}/roles         administrator, fresh: {roles, reason} → Account; `administrator` is
 *                                                    given by a proposal only
 *   GET  /api/admin/roles                            administrator: RoleTable, how groups of the directory map to roles
 *   GET  /api/admin/workstations                     administrator: page of Workstation, with seats
 *   POST /api/admin/workstations/{workstation}/retire  administrator, fresh: {reason} → Workstation
 *   GET  /api/admin/licences                         administrator, field engineer: page of Licence
 *   POST /api/admin/licences/workstation             administrator, fresh: {label} → IssuedLicence
 *   POST /api/admin/licences/cart                    administrator, field engineer, fresh: NewCartLicence → IssuedCartLicence
 *   POST /api/admin/licences/{licence}/renew         administrator, field engineer, fresh: Renewal → Licence, of a cart
 *   POST /api/admin/licences/{licence}/retire        administrator, fresh: {reason} → Licence
 *   GET  /api/admin/carts                            administrator, field engineer: page of CommissionedCart (`carts.ts`); `only`, `sort`
 *   GET  /api/admin/carts/{serial}/reports           the same: CartReportList, its acceptance reports, newest first
 *   GET  /api/admin/carts/{serial}/reports/{report}/file  the same: JSON for `chaperone verify`
 *   GET  /api/admin/carts/{serial}/reports/{report}/page  the same: HTML, one printable page
 *   POST /api/admin/carts/{serial}/retire            administrator, fresh: {reason} → CommissionedCart
 *   GET  /api/admin/sign-ins                         administrator: page of SignIn
 *   POST /api/admin/sign-ins/{signIn}/end            administrator: {reason} → 204
 *   GET  /api/admin/sessions                         administrator: page of LiveSession
 *   POST /api/admin/sessions/{session}/end           administrator: {reason} → 204
 *   GET  /api/proposals                              administrator, lead: page of Proposal, newest first
 *   POST /api/proposals                              administrator, lead (as the act says), fresh: NewProposal → Proposal
 *   POST /api/proposals/{proposal}/approve           another one of the same role, fresh: {} → Approved, with its outcome
 *   POST /api/proposals/{proposal}/decline           another one, or the proposer; of set-legal-hold only the proposer: {reason} → Proposal
 *   GET  /api/audit/entries                          auditor: page of LedgerLine, newest first; `kind`, `from`, `to` narrow it
 *   GET  /api/audit/evidence                         auditor, fresh: JSON bundle of the whole ledger for `chaperone verify`
 */
import { SCANNER_LACKS } from '@chaperone/domain/quarantine/quarantine.ts';
import { LICENCE_FEATURES, LICENCE_STANDINGS } from '@chaperone/domain/licence/licence-terms.ts';
import { z } from 'zod';
import { factorCode, passkeyAssertion } from './schema.ts';
import { plain } from './plain-text.ts';

/** How long a sign-in or confirmation counts as fresh. Milliseconds. */
export const CONFIRMATION_LIFE_MS = 5 * 60_000;
export const PAGE_SIZE_MAX = 100;
export const PAGE_SIZE = 25;

export const ROLE_NAMES = [
  'technician',
  'lead',
  'administrator',
  'field-engineer',
  'auditor',
] as const;
export const roleName = z.enum(ROLE_NAMES);

const id = plain(z.string().max(64));
const line = plain(z.string().trim().min(1).max(200));

export const pageQuery = z.object({
  q: plain(z.string().trim().max(200)).default(''),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  size: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
});
/** Without a written return type: a page's type is inferred from its item. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), total: z.number(), page: z.number(), size: z.number() });

export const reasoned = z.strictObject({ reason: line });

export const deskState = z.object({
  directory: z.object({ reachable: z.boolean(), sinceUtcMs: z.number().nullable() }),
  /** What the gateway's own posture lacks, as sentences; empty when it is current or not looked at, and to all but administrators. */
  gatewayPosture: z.array(z.string()),
  /** Why the virus scanner releases nothing now; null when it does, or a demo has none. */
  scanner: z.enum(SCANNER_LACKS).nullable(),
  /** How far the ledger is forwarded to the SIEM; null where it is not, and to all but administrators and auditors. */
  siem: z
    .object({
      confirmed: z.number(),
      size: z.number(),
      trouble: z.string().nullable(),
      troubleSinceUtcMs: z.number().nullable(),
      confirmedUtcMs: z.number().nullable(),
    })
    .nullable(),
});

export const signInItem = z.object({
  id,
  account: id,
  name: z.string(),
  workstation: id,
  workstationLabel: z.string().nullable(),
  begunUtcMs: z.number(),
  usedUtcMs: z.number(),
  isThisOne: z.boolean(),
});
export const signInList = z.object({ items: z.array(signInItem) });

/** `code` is of the authenticator; a recovery code confirms nothing. Where no second factor is asked for, neither is given. */
export const confirmation = z.strictObject({
  password: z.string().min(1).max(1024),
  code: factorCode.shape.code.optional(),
  passkey: passkeyAssertion.optional(),
});
export const confirmed = z.object({ confirmedUntilUtcMs: z.number() });
export const newPassword = z.strictObject({ password: z.string().min(1).max(1024) });
export const ownFactor = z.object({
  /** Null where the third gate stands open and nothing was enrolled. */
  kind: z.enum(['code', 'passkey']).nullable(),
  enrolledUtcMs: z.number().nullable(),
  recoveryCodesLeft: z.number(),
});
export const recoveryCodeList = z.object({ recoveryCodes: z.array(z.string()) });

export const account = z.object({
  id,
  userId: z.string(),
  directoryLogin: z.string(),
  name: z.string(),
  /** What an administrator allows; in force is what the directory says as well. Null: whatever the directory says. */
  roles: z.array(roleName).nullable(),
  state: z.enum(['active', 'disabled']),
  factor: z.enum(['code', 'passkey']).nullable(),
  createdUtcMs: z.number(),
  lastSignInUtcMs: z.number().nullable(),
});
export const newAccount = z.strictObject({
  userId: plain(z.string().min(1).max(64)),
  directoryLogin: plain(z.string().min(1).max(256)),
  name: line,
  roles: z.array(roleName).min(1).max(ROLE_NAMES.length),
});
/** Shown once; it has to be changed at the first sign-in. */
export const madeAccount = z.object({ account, firstPassword: z.string() });
export const roleChange = z.strictObject({
  roles: z.array(roleName).min(1).max(ROLE_NAMES.length),
  reason: line,
});
export const roleTable = z.object({
  directory: z.string(),
  rows: z.array(z.object({ group: z.string(), role: roleName })),
});

export const workstation = z.object({
  id,
  label: z.string(),
  state: z.enum(['active', 'expired', 'retired']),
  enrolledUtcMs: z.number(),
  expiresUtcMs: z.number(),
  lastSeenUtcMs: z.number().nullable(),
  /** Sentences that say what to update; null when it never reported or nothing is asked. */
  posture: z.array(z.string()).nullable(),
});
export const workstationPage = pageOf(workstation).extend({
  /** `max` is null where the number of workstations is not limited. */
  seats: z.object({ used: z.number(), max: z.number().nullable() }),
});

export const licence = z.object({
  id,
  subject: z.enum(['cart', 'workstation']),
  /** A cart's serial or a workstation's label. */
  name: z.string(),
  state: z.enum(['issued', 'redeemed', 'expired', 'retired']),
  issuedUtcMs: z.number(),
  expiresUtcMs: z.number(),
  /** What a cart's licence allows now; null of a workstation's, and where a licence is only named. */
  terms: z
    .object({
      standing: z.enum(LICENCE_STANDINGS),
      features: z.array(z.enum(LICENCE_FEATURES)),
      validFromUtcMs: z.number(),
      validUntilUtcMs: z.number().nullable(),
      facility: z.string().nullable(),
      model: z.string().nullable(),
    })
    .nullable(),
});
/** The code is shown once. */
export const issuedLicence = z.object({ licence, code: z.string() });
export const newWorkstationLicence = z.strictObject({ label: line });
/** The file for pre-staging holds the code: it is shown and saved once, too. */
export const issuedCartLicence = issuedLicence.extend({
  file: z.string(),
  /** SHA-256 of the cart root, hexadecimal: what the file is compared with where it is used. */
  rootFingerprint: z.string(),
});
/** What is left out is everything, from now on, without an end. Decision 0016. */
const askedTerms = {
  features: z.array(z.enum(LICENCE_FEATURES)).max(LICENCE_FEATURES.length).optional(),
  validFromUtcMs: z.int().optional(),
  facility: plain(z.string().max(200)).optional(),
  model: plain(z.string().max(200)).optional(),
};
export const newCartLicence = z.strictObject({
  serial: plain(z.string().max(64)),
  ...askedTerms,
  /** From this instant on it is over; null: it does not end. */
  validUntilUtcMs: z.int().nullable().optional(),
});
/** What is left out stays as it was, but for the end: it is said each time. */
export const renewal = z.strictObject({
  ...askedTerms,
  validUntilUtcMs: z.int().nullable(),
  reason: line,
});

export const liveSession = z.object({
  id,
  cart: z.string(),
  caseNumber: z.string().nullable(),
  technicianName: z.string().nullable(),
  state: z.string(),
  sinceUtcMs: z.number(),
});

/** What takes two people, and who they are. */
export const PROPOSED_ACTS = {
  'recover-account': 'administrator',
  'give-administrator': 'administrator',
  'retire-authority': 'administrator',
  'set-legal-hold': 'lead',
  'lift-legal-hold': 'lead',
} as const satisfies Readonly<Record<string, (typeof ROLE_NAMES)[number]>>;
export type ProposedAct = keyof typeof PROPOSED_ACTS;
/** What protects from the moment it is proposed: only its proposer takes it back. */
export const protectsOpen = (act: ProposedAct): boolean => act === 'set-legal-hold';
const proposedAct = z.enum(Object.keys(PROPOSED_ACTS) as [ProposedAct, ...ProposedAct[]]);

/** `target`: an account, a chain of the authority (`cart`, `workstation`, `facility`), or a case, as the act says. */
export const newProposal = z.strictObject({ act: proposedAct, target: id, reason: line });
export const proposal = z.object({
  id,
  act: proposedAct,
  target: id,
  /** The target as a person knows it. */
  targetName: z.string(),
  /** Of an act about a case it is sealed with the case: null once that is destroyed. */
  reason: z.string().nullable(),
  /** `approved` while it is carried out; what broke off there has failed at the next start. */
  state: z.enum(['open', 'approved', 'done', 'declined', 'expired', 'failed']),
  proposedBy: z.string(),
  proposedUtcMs: z.number(),
  expiresUtcMs: z.number(),
  decidedBy: z.string().nullable(),
  decidedUtcMs: z.number().nullable(),
  /** Whether the one who asks may approve it. */
  isMineToApprove: z.boolean(),
});
/** Of `recover-account`: shown once, to the one who approved. Null for every other act. */
export const approved = z.object({ proposal, firstPassword: z.string().nullable() });

export const ledgerLine = z.object({
  index: z.number(),
  utcMs: z.number(),
  kind: z.string(),
  /** The entry as it stands in the ledger. */
  fact: z.record(z.string(), z.unknown()),
  /** Who is named in it, by name where an account is known. */
  who: z.string().nullable(),
});
export const auditQuery = pageQuery.extend({
  kind: plain(z.string().max(64)).optional(),
  from: z.coerce.number().int().min(0).optional(),
  to: z.coerce.number().int().min(0).optional(),
});
