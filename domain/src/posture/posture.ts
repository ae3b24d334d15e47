/**
 * How current a machine is: what it says of itself, and what it lacks by a policy.
 *
 * A machine reports instants, never ages: the judge's clock alone says how old they are. What is not known is never
 * current. What "last updated" means is in docs/decisions/0011-posture.md.
 */
import { AHEAD_TOLERATED_MS, REPORT_AHEAD_TOLERATED_MS, ageOf, aheadOf, isAhead } from './age.ts';
import type { Age } from './age.ts';

/** Systems that this version can examine, and what stands for all others. */
export const EXAMINED_SYSTEMS = ['linux-debian', 'unsupported'] as const;
export type ExaminedSystem = (typeof EXAMINED_SYSTEMS)[number];

/** What a machine says of itself. Instants are milliseconds UTC; null is unknown, but where it says otherwise. */
export interface Posture {
  readonly system: ExaminedSystem;
  /** When the antivirus definitions in use were built. */
  readonly antivirusDefinitionsUtcMs: number | null;
  /** Until when security updates that were released are known to this machine. */
  readonly updatesKnownUtcMs: number | null;
  /** How many of those are not installed. */
  readonly securityUpdatesPending: number | null;
  /** When the system was last upgraded as a whole. */
  readonly upgradedUtcMs: number | null;
  /** Since when a restart is outstanding; null when none is. */
  readonly rebootRequiredSinceUtcMs: number | null;
}

export interface PostureReport {
  readonly takenUtcMs: number;
  readonly posture: Posture;
}

/** How old is too old; milliseconds. */
export interface PosturePolicy {
  readonly antivirusDefinitionsAgeMaxMs: number;
  readonly systemUpdateAgeMaxMs: number;
  readonly reportAgeMaxMs: number;
  /** How long a restart may be outstanding; 0 allows none. */
  readonly rebootRequiredAgeMaxMs: number;
}

export const LACK_CODES = [
  'POSTURE_UNREPORTED',
  'POSTURE_REPORT_OLD',
  'POSTURE_REPORT_AHEAD',
  'SYSTEM_UNSUPPORTED',
  'ANTIVIRUS_UNKNOWN',
  'ANTIVIRUS_OLD',
  'ANTIVIRUS_AHEAD',
  'SYSTEM_UPDATE_UNKNOWN',
  'SYSTEM_UPDATE_OLD',
  'SYSTEM_UPDATE_PENDING',
  'SYSTEM_UPDATE_AHEAD',
  'REBOOT_REQUIRED',
] as const;
export type LackCode = (typeof LACK_CODES)[number];

/** One thing that a machine lacks. */
export interface Lack {
  readonly code: LackCode;
  /** One or two sentences for the person in front of the machine: what is wrong, and what to do. */
  readonly sentence: string;
}

/** The machine as its sentences name it. */
export type PostureSubject = 'workstation' | 'gateway';

/**
 * Lists what a machine lacks; an empty list alone means that it is current.
 *
 * A report that is missing, too old or from the future says nothing: then that is the only lack.
 * @param nowMs UTC, by the judge's clock
 */
export function judgePosture(
  report: PostureReport | null,
  policy: PosturePolicy,
  nowMs: number,
  subject: PostureSubject,
): readonly Lack[] {
  const reportLack = judgeReport(report, policy, nowMs, subject);
  if (report === null || reportLack !== null) return reportLack === null ? [] : [reportLack];
  const { posture } = report;
  if (posture.system === 'unsupported') return [unsupported(subject)];
  const found = [
    judgeAntivirus(posture, policy, nowMs, subject),
    judgeUpdate(posture, policy, nowMs, subject),
    judgeReboot(posture, policy, nowMs, subject),
  ];
  return found.filter((lack) => lack !== null);
}

function judgeReport(
  report: PostureReport | null,
  { reportAgeMaxMs }: PosturePolicy,
  nowMs: number,
  subject: PostureSubject,
): Lack | null {
  const act = reportAgain(subject);
  if (report === null) {
    const sentence = `How current this ${subject} is has not been reported. ${act}`;
    return { code: 'POSTURE_UNREPORTED', sentence };
  }
  if (isAhead(report.takenUtcMs, nowMs, REPORT_AHEAD_TOLERATED_MS)) {
    const ahead = aheadOf(report.takenUtcMs, nowMs);
    const sentence = `The report of this ${subject} is dated ${ahead} ahead. Set its clock. ${act}`;
    return { code: 'POSTURE_REPORT_AHEAD', sentence };
  }
  const age = ageOf(report.takenUtcMs, nowMs, reportAgeMaxMs);
  if (!age.isTooOld) return null;
  const sentence = `The report of this ${subject} is ${oldWords(age)}. ${act}`;
  return { code: 'POSTURE_REPORT_OLD', sentence };
}

function judgeAntivirus(
  { antivirusDefinitionsUtcMs: builtUtcMs }: Posture,
  { antivirusDefinitionsAgeMaxMs }: PosturePolicy,
  nowMs: number,
  subject: PostureSubject,
): Lack | null {
  const what = `The antivirus definitions of this ${subject}`;
  if (builtUtcMs === null) {
    const sentence = `How old the antivirus definitions of this ${subject} are is unknown. Install ClamAV and run freshclam.`;
    return { code: 'ANTIVIRUS_UNKNOWN', sentence };
  }
  if (isAhead(builtUtcMs, nowMs, AHEAD_TOLERATED_MS)) {
    const ahead = aheadOf(builtUtcMs, nowMs);
    const sentence = `${what} are dated ${ahead} ahead. Set its clock, then run freshclam.`;
    return { code: 'ANTIVIRUS_AHEAD', sentence };
  }
  const age = ageOf(builtUtcMs, nowMs, antivirusDefinitionsAgeMaxMs);
  if (!age.isTooOld) return null;
  return { code: 'ANTIVIRUS_OLD', sentence: `${what} are ${oldWords(age)}. Run freshclam.` };
}

function judgeUpdate(
  posture: Posture,
  { systemUpdateAgeMaxMs }: PosturePolicy,
  nowMs: number,
  subject: PostureSubject,
): Lack | null {
  const { updatesKnownUtcMs, securityUpdatesPending: pending, upgradedUtcMs } = posture;
  const what = `The operating system of this ${subject}`;
  if (updatesKnownUtcMs === null || pending === null) {
    const sentence =
      `When the operating system of this ${subject} was last updated is unknown. ` +
      'Put the security suite among the sources of apt, then run apt-get update and apt-get dist-upgrade.';
    return { code: 'SYSTEM_UPDATE_UNKNOWN', sentence };
  }
  // With everything known installed, the system is as current as its knowledge; otherwise as its last upgrade.
  const instants = pending === 0 ? [updatesKnownUtcMs] : [updatesKnownUtcMs, upgradedUtcMs];
  const ahead = instants.find((at) => at !== null && isAhead(at, nowMs, AHEAD_TOLERATED_MS));
  if (ahead != null) {
    const sentence = `${what} says that it was updated ${aheadOf(ahead, nowMs)} ahead of now. Set its clock.`;
    return { code: 'SYSTEM_UPDATE_AHEAD', sentence };
  }
  const known = ageOf(updatesKnownUtcMs, nowMs, systemUpdateAgeMaxMs);
  if (known.isTooOld) {
    const sentence = `${what} last learnt of updates ${agoWords(known)}. Run apt-get update, then apt-get dist-upgrade.`;
    return { code: 'SYSTEM_UPDATE_OLD', sentence };
  }
  if (pending === 0) return null;
  const updates = pending === 1 ? '1 security update waits' : `${pending} security updates wait`;
  const act = 'Run apt-get dist-upgrade.';
  if (upgradedUtcMs === null) {
    const sentence = `${updates} on this ${subject}, and when it was last upgraded is unknown. ${act}`;
    return { code: 'SYSTEM_UPDATE_PENDING', sentence };
  }
  const upgraded = ageOf(upgradedUtcMs, nowMs, systemUpdateAgeMaxMs);
  if (!upgraded.isTooOld) return null;
  const sentence = `${updates} on this ${subject}, which was last upgraded ${agoWords(upgraded)}. ${act}`;
  return { code: 'SYSTEM_UPDATE_PENDING', sentence };
}

function judgeReboot(
  { rebootRequiredSinceUtcMs: sinceUtcMs }: Posture,
  { rebootRequiredAgeMaxMs }: PosturePolicy,
  nowMs: number,
  subject: PostureSubject,
): Lack | null {
  if (sinceUtcMs === null) return null;
  const code = 'REBOOT_REQUIRED';
  if (rebootRequiredAgeMaxMs === 0) {
    const sentence = `The last update of this ${subject} takes effect at its next restart. Restart it.`;
    return { code, sentence };
  }
  const age = ageOf(sinceUtcMs, nowMs, rebootRequiredAgeMaxMs);
  if (!age.isTooOld) return null;
  const sentence = `A restart of this ${subject} has been outstanding for ${age.words}; ${atMost(age)}. Restart it.`;
  return { code, sentence };
}

function unsupported(subject: PostureSubject): Lack {
  const sentence =
    `This version cannot tell how current the operating system of this ${subject} is, so it does not count as current. ` +
    'Use Debian or Ubuntu.';
  return { code: 'SYSTEM_UNSUPPORTED', sentence };
}

function reportAgain(subject: PostureSubject): string {
  return subject === 'workstation'
    ? 'Run chaperone workstation report.'
    : 'It is examined again each hour, and when the gateway starts.';
}

function oldWords(age: Age): string {
  return `${age.words} old; ${atMost(age)}`;
}

function agoWords(age: Age): string {
  return `${age.words} ago; ${atMost(age)}`;
}

function atMost({ maxCount }: Age): string {
  return `at most ${maxCount} ${maxCount === 1 ? 'is' : 'are'} allowed`;
}
