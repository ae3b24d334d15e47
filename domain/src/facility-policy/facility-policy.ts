/**
 * What a facility allows on its carts, whatever a gateway says. Decision 0039.
 *
 * The facility signs it with a key of its own, and each cart that has that key pinned holds to it. A cart without a pinned key
 * has no facility policy (`none`). With one, whatever is not plainly in force admits nothing: missing, damaged, for another cart,
 * not yet, over. Every list that is empty allows nothing, and no function here adds to what another refuses. It is not consent: the
 * operator still decides, within these bounds. How it is signed and kept: `protocol/src/facility-policy`, `cart/src/facility-policy`.
 */
import type { Activity } from '../activity/activity.ts';
import { DomainError } from '../error/domain-error.ts';
import type { MaskMode } from '../mask/mask.ts';
import { fileKindOf } from '../file-kind/file-kind.ts';
import type { CartSerial, TechnicianId, WorkstationId } from '../id/id.ts';
import { isOpenAt, nextChangeUtcMs } from './facility-hours.ts';
import type { FacilityHours } from './facility-hours.ts';
import { fitsRule, mayFitByName } from './file-rule.ts';
import type { FileRule } from './file-rule.ts';

/** Who may be shown to an operator, and for what. Both lists have to fit; `every` fits everybody. */
export interface TechnicianGroup {
  readonly name: string;
  readonly technicians: 'every' | readonly TechnicianId[];
  readonly workstations: 'every' | readonly WorkstationId[];
  readonly activities: readonly Activity[];
}

/** Somebody of the facility whose PIN, set on the cart, is the second yes. */
export interface Approver {
  readonly id: string;
  readonly name: string;
}

export interface SecondApprovalRule {
  /** A consent with any of these needs a second person. */
  readonly activities: readonly Activity[];
  readonly approvers: readonly Approver[];
}

export interface FacilityPolicy {
  readonly facility: string;
  /** A later policy has a higher one. */
  readonly version: number;
  readonly validFromUtcMs: number;
  /** From this instant on it is over, and no session begins until another is in force. */
  readonly validUntilUtcMs: number;
  readonly carts: 'every' | readonly CartSerial[];
  readonly hours: 'always' | FacilityHours;
  readonly groups: readonly TechnicianGroup[];
  readonly activities: readonly Activity[];
  readonly files: { readonly fetch: FileRule; readonly send: FileRule };
  readonly deIdentificationRequired: boolean;
  /** SHA-256 of the files of region templates that may say what of an image stays. */
  readonly regionTemplates: readonly string[];
  readonly secondApproval: SecondApprovalRule | null;
  /** Absent of a policy that was signed before there was such a rule: as the cart is configured. */
  readonly screenMasks?: ScreenMaskRule | undefined;
}

/** What of a cart's screen has to be covered, whatever its configuration says. Decision 0056. */
export interface ScreenMaskRule {
  /** The cart covers no less than in this mode. */
  readonly atLeast: MaskMode;
  /** Whether the operator may let a covered part be seen. */
  readonly mayUnmask: boolean;
}

/** How a cart stands to its facility's policy. Only `none` and `in-force` admit anything. */
export type PolicyStanding =
  | { readonly is: 'none' }
  | { readonly is: 'in-force'; readonly policy: FacilityPolicy }
  | { readonly is: PolicyTrouble };
export const POLICY_TROUBLES = ['missing', 'damaged', 'other-cart', 'not-yet', 'expired'] as const;
export type PolicyTrouble = (typeof POLICY_TROUBLES)[number];

export type FileDirection = 'fetch' | 'send';

export class FacilityPolicyNotInForce extends DomainError {
  readonly code = 'FACILITY_POLICY_NOT_IN_FORCE';
  readonly trouble: PolicyTrouble;
  constructor(trouble: PolicyTrouble) {
    super(
      `This cart has no policy of its facility in force (${trouble}). Ask the facility for one.`,
    );
    this.trouble = trouble;
  }
}
export class FacilityClosed extends DomainError {
  readonly code = 'FACILITY_CLOSED';
  /** When the next window begins; null: not within three months. */
  readonly opensUtcMs: number | null;
  constructor(opensUtcMs: number | null) {
    super("The facility's policy allows no remote service at this time.");
    this.opensUtcMs = opensUtcMs;
  }
}
export class TechnicianNotAllowed extends DomainError {
  readonly code = 'TECHNICIAN_NOT_ALLOWED';
}
export class ActivityNotAllowed extends DomainError {
  readonly code = 'ACTIVITY_NOT_ALLOWED';
}
export class FileTypeNotAllowed extends DomainError {
  readonly code = 'FILE_TYPE_NOT_ALLOWED';
}

/** Who asks, as the signed session request says it and the workstation's certificate proves it. */
export interface Asking {
  readonly technicianId: TechnicianId;
  readonly workstationId: WorkstationId;
}

/**
 * Judges a policy whose signature holds.
 * @param policy null when none can be read although a key is pinned: say `missing` or `damaged` instead
 */
export function standingOf(
  policy: FacilityPolicy,
  serial: CartSerial,
  utcMs: number,
): PolicyStanding {
  if (policy.carts !== 'every' && !policy.carts.includes(serial)) return { is: 'other-cart' };
  // Written so that an instant that is no number admits nothing.
  if (!(utcMs >= policy.validFromUtcMs)) return { is: 'not-yet' };
  if (!(utcMs < policy.validUntilUtcMs)) return { is: 'expired' };
  return { is: 'in-force', policy };
}

/** Gives the policy that binds, null when there is none at all. @throws FacilityPolicyNotInForce */
export function requirePolicy(standing: PolicyStanding): FacilityPolicy | null {
  if (standing.is === 'none') return null;
  if (standing.is === 'in-force') return standing.policy;
  throw new FacilityPolicyNotInForce(standing.is);
}

/** Lets a session begin now. @throws FacilityPolicyNotInForce, FacilityClosed */
export function admitSession(standing: PolicyStanding, utcMs: number): void {
  const policy = requirePolicy(standing);
  if (policy === null || policy.hours === 'always' || isOpenAt(policy.hours, utcMs)) return;
  throw new FacilityClosed(nextChangeUtcMs(policy.hours, utcMs));
}

/**
 * Gives the instant at which a session that begins now is over by the policy.
 * @returns milliseconds UTC; null: by no rule of the policy
 * @throws FacilityPolicyNotInForce, FacilityClosed
 */
export function sessionClosesUtcMs(standing: PolicyStanding, utcMs: number): number | null {
  admitSession(standing, utcMs);
  const policy = requirePolicy(standing);
  if (policy === null) return null;
  const { hours, validUntilUtcMs } = policy;
  if (hours === 'always' || hours.mayFinish) return validUntilUtcMs;
  return Math.min(validUntilUtcMs, nextChangeUtcMs(hours, utcMs) ?? Infinity);
}

/**
 * Gives what a technician may be granted at most; empty: nothing, and they are not to be shown.
 * @throws FacilityPolicyNotInForce
 */
export function allowedActivities(
  standing: PolicyStanding,
  asking: Asking,
  wanted: readonly Activity[],
): readonly Activity[] {
  const policy = requirePolicy(standing);
  if (policy === null) return wanted;
  const own = policy.groups.filter((group) => isIn(group, asking));
  const isAllowed = (activity: Activity): boolean =>
    policy.activities.includes(activity) &&
    own.some((group) => group.activities.includes(activity));
  // Control without the picture cannot be granted.
  return wanted.filter(
    (activity) => isAllowed(activity) && (activity !== 'control' || isAllowed('view')),
  );
}

/**
 * Lets a technician be shown to the operator.
 * @returns what may be asked for at most
 * @throws FacilityPolicyNotInForce, TechnicianNotAllowed
 */
export function admitTechnician(
  standing: PolicyStanding,
  asking: Asking,
  wanted: readonly Activity[],
): readonly Activity[] {
  const allowed = allowedActivities(standing, asking, wanted);
  if (allowed.length === 0)
    throw new TechnicianNotAllowed("The facility's policy does not let this technician in.");
  return allowed;
}

/** Lets activities be granted, or one begin. @throws FacilityPolicyNotInForce, ActivityNotAllowed */
export function admitActivities(
  standing: PolicyStanding,
  asking: Asking,
  wanted: readonly Activity[],
): void {
  const allowed = allowedActivities(standing, asking, wanted);
  const missing = wanted.filter((activity) => !allowed.includes(activity));
  if (missing.length > 0)
    throw new ActivityNotAllowed(`The facility's policy does not allow ${missing.join(', ')}.`);
}

/** Tells whether a file may be listed: by its name alone, nothing of it is read. */
export function mayListFile(standing: PolicyStanding, name: string): boolean {
  if (standing.is === 'none') return true;
  return standing.is === 'in-force' && mayFitByName(standing.policy.files.fetch, name);
}

/**
 * Lets a file be moved, by its name and its beginning.
 * @param head the first bytes of the file as it will be moved, see `FILE_HEAD_BYTES`
 * @throws FacilityPolicyNotInForce, FileTypeNotAllowed
 */
export function admitFile(
  standing: PolicyStanding,
  direction: FileDirection,
  name: string,
  head: Uint8Array,
): void {
  const policy = requirePolicy(standing);
  if (policy === null || fitsRule(policy.files[direction], name, fileKindOf(head))) return;
  throw new FileTypeNotAllowed(
    direction === 'fetch'
      ? "The facility's policy does not let files of this type leave the cart."
      : "The facility's policy does not let files of this type be sent to the cart.",
  );
}

/** Tells whether records must be de-identified before they leave the cart. Where no policy can be read: yes. */
export function mustDeIdentify(standing: PolicyStanding): boolean {
  if (standing.is === 'none') return false;
  return standing.is !== 'in-force' || standing.policy.deIdentificationRequired;
}

/** Gives what has to be covered of the screen. Where no policy can be read: everything that is not clear, and nobody uncovers it. */
export function screenMasksOf(standing: PolicyStanding): ScreenMaskRule {
  if (standing.is === 'none') return { atLeast: 'off', mayUnmask: true };
  if (standing.is !== 'in-force') return { atLeast: 'strict', mayUnmask: false };
  return standing.policy.screenMasks ?? { atLeast: 'off', mayUnmask: true };
}

/**
 * Tells whether a file of region templates may be used: it decides what of an image leaves the cart. Where no policy can be
 * read: no.
 */
export function mayUseTemplates(standing: PolicyStanding, sha256: string): boolean {
  if (standing.is === 'none') return true;
  return standing.is === 'in-force' && standing.policy.regionTemplates.includes(sha256);
}

/**
 * Gives the rule by which a consent needs a second person; null: it needs none.
 * @throws FacilityPolicyNotInForce
 */
export function secondApprovalFor(
  standing: PolicyStanding,
  activities: readonly Activity[],
): SecondApprovalRule | null {
  const rule = requirePolicy(standing)?.secondApproval ?? null;
  return rule !== null && activities.some((activity) => rule.activities.includes(activity))
    ? rule
    : null;
}

function isIn(group: TechnicianGroup, { technicianId, workstationId }: Asking): boolean {
  return (
    (group.technicians === 'every' || group.technicians.includes(technicianId)) &&
    (group.workstations === 'every' || group.workstations.includes(workstationId))
  );
}
