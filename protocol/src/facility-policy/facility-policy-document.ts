/**
 * A facility's policy as it is written down and signed: JSON that a person can write, read strictly into the rules of
 * `domain/src/facility-policy`. Normative: docs/protocol.md, "Facility policy".
 *
 * An unknown member, an unknown word or a window that cannot be refuses the whole document: a rule that is not understood must not
 * be left out. Instants are ISO 8601 in UTC, to the second; times of day are the facility's, `08:00-17:30`.
 */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import {
  checkHours,
  DAY_WINDOWS_MAX,
  EXCEPTIONS_MAX,
  WEEKDAYS,
} from '@chaperone/domain/facility-policy/facility-hours.ts';
import type { DayWindow, FacilityHours } from '@chaperone/domain/facility-policy/facility-hours.ts';
import type { FacilityPolicy } from '@chaperone/domain/facility-policy/facility-policy.ts';
import { FILE_KINDS } from '@chaperone/domain/file-kind/file-kind.ts';
import { MASK_MODES } from '@chaperone/domain/mask/mask.ts';
import { isId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CartSerial, TechnicianId, WorkstationId } from '@chaperone/domain/id/id.ts';
import { z } from 'zod';
import { INSTANT_MAX_MS, text } from '../commissioning/plain-value.ts';

export class FacilityPolicyMalformed extends DomainError {
  readonly code = 'FACILITY_POLICY_MALFORMED';
}

/** As signed: room for thousands of technicians would be a directory, not a policy. */
export const POLICY_CHARACTERS_MAX = 64 * 1024;
/** A version counts policies of one facility. */
export const POLICY_VERSION_MAX = 1_000_000;
/** A policy is looked at again at least every five years. */
export const POLICY_LIFE_MS_MAX = 5 * 366 * 24 * 60 * 60_000;
const GROUPS_MAX = 32;
const MEMBERS_MAX = 200;
const APPROVERS_MAX = 20;
const CARTS_MAX = 500;
const FILE_TYPES_MAX = 50;
const TEMPLATE_FILES_MAX = 20;

const line = (charactersMax: number): z.ZodString => text(charactersMax).min(1);
const instant = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
    'expected an instant such as 2027-01-01T00:00:00Z',
  )
  .refine(isInstant, 'expected an instant of the calendar');
const unique = (values: readonly string[]): boolean => new Set(values).size === values.length;
const activitySet = z
  .array(z.enum(ACTIVITIES))
  .max(ACTIVITIES.length)
  .refine(unique, 'expected each activity once');
const kindSet = z
  .array(z.enum(FILE_KINDS))
  .max(FILE_KINDS.length)
  .refine(unique, 'expected each kind once');
const idList = (kind: 'technician' | 'workstation') =>
  z.union([
    z.literal('every'),
    z
      .array(z.string().refine((value) => isId(kind, value), `expected ids of a ${kind}`))
      .max(MEMBERS_MAX),
  ]);
const windows = z
  .array(
    z
      .string()
      .regex(/^(?:[01]\d|2[0-4]):[0-5]\d-(?:[01]\d|2[0-4]):[0-5]\d$/, 'expected 08:00-17:30'),
  )
  .max(DAY_WINDOWS_MAX);
const fileRule = z.strictObject({
  /** `any`, or types: a file needs one whose ending and whose content fit. */
  allowed: z.union([
    z.literal('any'),
    z
      .array(
        z.strictObject({
          endings: z.array(z.string().regex(/^(?:\.[a-z0-9._-]{1,30})?$/, 'expected .log')).max(20),
          kinds: kindSet,
        }),
      )
      .max(FILE_TYPES_MAX),
  ]),
  refused: kindSet,
});

export const facilityPolicyDocument = z.strictObject({
  format: z.literal(1),
  facility: line(200),
  version: z.int().min(1).max(POLICY_VERSION_MAX),
  validFrom: instant,
  validUntil: instant,
  carts: z.union([
    z.literal('every'),
    z.array(z.string().refine(isSerial, 'expected serial numbers')).max(CARTS_MAX),
  ]),
  hours: z.union([
    z.literal('always'),
    z.strictObject({
      timeZone: z.string().max(64),
      week: z.strictObject({
        mon: windows.optional(),
        tue: windows.optional(),
        wed: windows.optional(),
        thu: windows.optional(),
        fri: windows.optional(),
        sat: windows.optional(),
        sun: windows.optional(),
      }),
      exceptions: z
        .array(z.strictObject({ date: z.string().max(10), windows }))
        .max(EXCEPTIONS_MAX),
      mayFinish: z.boolean(),
    }),
  ]),
  groups: z
    .array(
      z.strictObject({
        name: line(100),
        technicians: idList('technician'),
        workstations: idList('workstation'),
        activities: activitySet,
      }),
    )
    .max(GROUPS_MAX),
  activities: activitySet,
  files: z.strictObject({ fetch: fileRule, send: fileRule }),
  deIdentificationRequired: z.boolean(),
  regionTemplates: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 as sha256sum prints it'))
    .max(TEMPLATE_FILES_MAX),
  secondApproval: z
    .strictObject({
      activities: activitySet.min(1),
      approvers: z
        .array(
          z.strictObject({ id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/), name: line(100) }),
        )
        .max(APPROVERS_MAX)
        .refine((approvers) => unique(approvers.map(({ id }) => id)), 'expected each id once'),
    })
    .nullable(),
  /** Absent of policies that were signed before there was such a rule. */
  screenMasks: z.strictObject({ atLeast: z.enum(MASK_MODES), mayUnmask: z.boolean() }).optional(),
});
export type FacilityPolicyDocument = z.infer<typeof facilityPolicyDocument>;

/**
 * Reads a document into the rules that it states.
 * @param value not trusted
 * @throws FacilityPolicyMalformed naming the first member that is wrong
 */
export function readPolicyDocument(value: unknown): FacilityPolicy {
  const parsed = facilityPolicyDocument.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.map(String).join('.').slice(0, 100);
    throw new FacilityPolicyMalformed(
      `The policy cannot be used: "${where === '' ? 'the whole' : where}": ${issue?.message.slice(0, 200)}.`,
    );
  }
  return policyOf(parsed.data);
}

/** @throws FacilityPolicyMalformed */
function policyOf(document: FacilityPolicyDocument): FacilityPolicy {
  const validFromUtcMs = Date.parse(document.validFrom);
  const validUntilUtcMs = Date.parse(document.validUntil);
  if (validUntilUtcMs <= validFromUtcMs)
    throw new FacilityPolicyMalformed('The policy cannot be used: it ends before it begins.');
  if (validUntilUtcMs - validFromUtcMs > POLICY_LIFE_MS_MAX)
    throw new FacilityPolicyMalformed(
      'The policy cannot be used: it holds for more than five years.',
    );
  return {
    facility: document.facility,
    version: document.version,
    validFromUtcMs,
    validUntilUtcMs,
    carts: document.carts as 'every' | readonly CartSerial[],
    hours: document.hours === 'always' ? 'always' : hoursOf(document.hours),
    groups: document.groups.map((group) => ({
      ...group,
      technicians: group.technicians as 'every' | readonly TechnicianId[],
      workstations: group.workstations as 'every' | readonly WorkstationId[],
    })),
    activities: document.activities,
    files: document.files,
    deIdentificationRequired: document.deIdentificationRequired,
    regionTemplates: document.regionTemplates,
    secondApproval: document.secondApproval,
    ...(document.screenMasks !== undefined && { screenMasks: document.screenMasks }),
  };
}

function hoursOf(hours: Exclude<FacilityPolicyDocument['hours'], 'always'>): FacilityHours {
  const read: FacilityHours = {
    timeZone: hours.timeZone,
    week: Object.fromEntries(
      WEEKDAYS.flatMap((day) => {
        const own = hours.week[day];
        return own === undefined ? [] : [[day, own.map(windowOf)]];
      }),
    ),
    exceptions: hours.exceptions.map(({ date, windows: own }) => ({
      date,
      windows: own.map(windowOf),
    })),
    mayFinish: hours.mayFinish,
  };
  try {
    checkHours(read);
  } catch (cause) {
    throw new FacilityPolicyMalformed('The policy cannot be used: its hours cannot be.', { cause });
  }
  return read;
}

function windowOf(written: string): DayWindow {
  const [from = '', until = ''] = written.split('-');
  return { fromMinute: minuteOf(from), untilMinute: minuteOf(until) };
}

function minuteOf(time: string): number {
  const [hour, minute] = time.split(':');
  return Number(hour) * 60 + Number(minute);
}

function isInstant(written: string): boolean {
  const utcMs = Date.parse(written);
  if (!(utcMs >= 0 && utcMs <= INSTANT_MAX_MS)) return false;
  return new Date(utcMs).toISOString() === `${written.slice(0, -1)}.000Z`;
}

function isSerial(value: string): boolean {
  try {
    parseCartSerial(value);
    return true;
  } catch {
    return false;
  }
}
