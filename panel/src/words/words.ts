/**
 * Every word that the panel shows, as a shape that each language fills: a missing one does not compile.
 *
 * Written for a sonographer: no network words, no product words, short sentences. The notice itself is not here
 * but in the domain, because its versions are part of the evidence.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';

/** Why the service centre could not be reached. Other codes get the words of `other`. */
export const DIAL_CODES = [
  'GATEWAY_NAME_UNKNOWN',
  'GATEWAY_UNREACHABLE',
  'GATEWAY_TIMED_OUT',
  'GATEWAY_UNTRUSTED',
  'GATEWAY_INCOMPATIBLE',
  'CART_REFUSED',
  'CART_CERTIFICATE_EXPIRED',
  'CART_ROOT_RETIRED',
  'CLOCK_SKEWED',
  'PROXY_UNREACHABLE',
  'PROXY_NAME_UNKNOWN',
  'PROXY_CREDENTIALS_MISSING',
  'PROXY_CREDENTIALS_REFUSED',
  'PROXY_AUTHENTICATION_UNKNOWN',
  'PROXY_PORT_REFUSED',
  'PROXY_GATEWAY_UNREACHABLE',
  'PROXY_SLOW',
  'PROXY_NOT_A_PROXY',
  'PAC_UNREACHABLE',
  'PAC_BROKEN',
  'PAC_NO_ROAD',
  'SITE_SETTINGS_DAMAGED',
] as const;
export type DialCode = (typeof DIAL_CODES)[number];

/** Why something touched did not happen. Other codes get the words of `other`, with the code. */
export const PROBLEM_CODES = [
  'AGENT_SILENT',
  'CREDENTIAL_REFUSED',
  'OUT_OF_TURN',
  'LICENCE_NOT_IN_FORCE',
  'FEATURE_NOT_LICENSED',
  'FACILITY_CLOSED',
  'FACILITY_POLICY_NOT_IN_FORCE',
  'ACTIVITY_NOT_ALLOWED',
  'APPROVER_PIN_WRONG',
  'APPROVER_LOCKED',
  'APPROVER_PIN_NOT_SET',
  'APPROVAL_NOT_ASKED',
  'APPROVER_UNKNOWN',
  'SECOND_APPROVAL_NEEDED',
  'CART_NOT_SET_UP',
  'COMMISSIONING_UNDER_WAY',
  'NOTICE_OUTDATED',
  'REQUEST_UNKNOWN',
  'CONSENT_INVALID',
  'INDICATOR_UNAVAILABLE',
  'JOURNAL_UNWRITABLE',
  'SESSION_CONTENDED',
  'SESSION_INTERLOCKED',
  'UNMASK_NOT_ASKED',
  'WATCH_NOT_ASKED',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface TitleAndText {
  readonly title: string;
  readonly text: string;
}

export type TransferState =
  | 'preparing'
  | 'moving'
  | 'interrupted'
  | 'paused'
  | 'done'
  | 'failed'
  | 'cancelled';

export interface Words {
  /** The language's own name. */
  readonly name: string;
  readonly product: string;
  readonly chooseLanguage: string;
  readonly demo: string;
  readonly serial: string;
  readonly journalFull: string;
  /** The display itself says nothing of a session, and why. */
  readonly noIndicator: (reason: string) => string;
  readonly indicatorCovered: string;
  readonly moment: string;
  readonly callCentre: (centre: string) => string;
  /** The way to the engineer page. */
  readonly service: string;
  readonly notSetUp: TitleAndText;

  readonly idle: {
    readonly title: string;
    readonly statement: string;
    readonly callFirst: (centre: string) => string;
    readonly thenTouch: string;
    readonly begin: string;
    readonly licenceEndsSoon: (lastDay: string) => string;
    readonly licenceExpired: (lastDay: string) => string;
    readonly licenceNotYet: (firstDay: string) => string;
    readonly certificateNotRenewed: (lastDay: string) => string;
    readonly certificateExpired: string;
    readonly certificateRefused: string;
  };
  readonly notice: {
    readonly policy: string;
    readonly policyShow: string;
    readonly policyHide: string;
    readonly questions: string;
    readonly timeLeft: string;
    readonly silenceMeansNo: string;
    /** Said to a screen reader, now and then. */
    readonly secondsLeft: (seconds: number) => string;
    readonly accept: string;
    readonly decline: string;
    readonly unknownVersion: string;
  };
  readonly dialling: {
    readonly title: (centre: string) => string;
    readonly statement: string;
    readonly keepsTrying: string;
    readonly triesUntil: string;
    readonly failures: Readonly<Record<DialCode | 'other', TitleAndText>>;
    readonly stop: string;
  };
  readonly waiting: {
    readonly nobodySees: string;
    readonly noCase: TitleAndText;
    readonly noRequest: TitleAndText;
    readonly choose: string;
    readonly chooseFrom: (count: number) => string;
    readonly caseNumber: string;
    readonly facility: string;
    readonly code: string;
    readonly codeCompare: string;
    readonly mayDo: string;
    readonly notAsked: string;
    readonly onlyLess: string;
    readonly allow: (technician: string) => string;
    readonly chooseOne: string;
    readonly back: string;
    readonly leave: string;
    readonly goneTechnician: string;
  };
  readonly activities: Readonly<Record<Activity, string>>;
  readonly session: {
    readonly active: string;
    readonly paused: string;
    readonly interrupted: string;
    readonly pausing: string;
    readonly resuming: string;
    readonly ending: string;
    readonly sees: (technician: string) => string;
    readonly seesAndControls: (technician: string) => string;
    readonly allowed: (technician: string) => string;
    readonly pausedText: (technician: string) => string;
    readonly lostText: (technician: string) => string;
    readonly returnedText: (technician: string) => string;
    readonly endsByItselfIn: string;
    readonly mayDo: (technician: string) => string;
    readonly mayNotDo: string;
    readonly withdraw: string;
    readonly withdrawLabel: (activity: string) => string;
    readonly timeLeft: string;
    readonly since: (time: string) => string;
    readonly code: string;
    readonly deidentifies: string;
    /** What is shown is recorded at the service centre, as it says itself. */
    readonly recordsScreen: string;
    /** The same, below what is said of the screen. */
    readonly recorded: string;
    readonly inputRefused: (count: number) => string;
    readonly files: string;
    readonly noFiles: string;
    readonly moreFiles: (count: number) => string;
    /** Files that the technician has asked for, and that wait for their turn. */
    readonly waitingFiles: (count: number) => string;
    readonly pause: string;
    readonly resume: string;
    readonly end: string;
  };
  readonly transfers: {
    readonly fromCart: string;
    readonly toCart: string;
    readonly states: Readonly<Record<TransferState, string>>;
    /** How long a file will still take. */
    readonly timeLeft: (time: string) => string;
  };
  readonly ended: {
    readonly closed: string;
    readonly reasons: Readonly<Record<EndReason, TitleAndText>>;
    readonly technician: string;
    readonly nobody: string;
    readonly fetched: string;
    readonly placed: string;
    readonly files: (count: number) => string;
    readonly ok: string;
  };
  readonly problems: Readonly<Record<ProblemCode, string>> & {
    readonly other: (code: string) => string;
  };
  readonly lost: TitleAndText & {
    readonly inDoubt: string;
    readonly trying: string;
    readonly wasConnected: (technician: string) => string;
  };
  readonly refused: TitleAndText;
  readonly noCredential: TitleAndText & { readonly how: readonly string[] };
  readonly unreadable: TitleAndText;
  readonly tryAgain: string;
  readonly minutes: (count: number) => string;
}

/** Finds the words for why the last attempt to reach the service centre failed. */
export function dialFailureWords(words: Words, code: string): TitleAndText {
  return words.dialling.failures[isOneOf(DIAL_CODES, code) ? code : 'other'];
}

/** Finds the words for why something touched did not happen. */
export function problemWords(words: Words, code: string): string {
  return isOneOf(PROBLEM_CODES, code) ? words.problems[code] : words.problems.other(code);
}

function isOneOf<T extends string>(all: readonly T[], text: string): text is T {
  return (all as readonly string[]).includes(text);
}
