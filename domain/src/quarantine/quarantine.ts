/**
 * The quarantine of a record: from its last byte until it was found clean, or for ever.
 *
 *   waiting → scanning → released | infected | held
 *      ↑         │                            │
 *      └─────────┴────────────────────────────┘
 *
 * Nothing but a scanner's word "clean", said under definitions that are current before and after the scan, leads to
 * `released`; whatever else happens (no answer, a limit, a stop of the gateway) leads elsewhere. `released` and `infected`
 * are final. In the demo kind without a scanner a release says that nothing was scanned. Decision 0026. A recording of a
 * screen, which the gateway makes itself, is released as that (decision 0052).
 *
 * It is not the rule of who may read a released record, and knows nothing of the scanner's own protocol.
 */
import { DomainError } from '../error/domain-error.ts';

export const QUARANTINE_STATES = ['waiting', 'scanning', 'held', 'released', 'infected'] as const;
export type QuarantineState = (typeof QUARANTINE_STATES)[number];

/** Why a record is held: it was not found infected, and not found clean either. */
export const HELD_REASONS = [
  'scanner-unreachable',
  'scanner-refused',
  'scan-timed-out',
  'definitions-unknown',
  'definitions-old',
  'too-large',
  'archive-limit',
  'archive-encrypted',
  'archive-unreadable',
  'record-unreadable',
] as const;
export type HeldReason = (typeof HELD_REASONS)[number];

/** Of these, what holds everything: the scanner itself, or its definitions. */
export const SCANNER_LACKS = [
  'scanner-unreachable',
  'definitions-unknown',
  'definitions-old',
] as const satisfies readonly HeldReason[];
export type ScannerLack = (typeof SCANNER_LACKS)[number];

/** What passes when scanner or definitions are back; the others are in the record itself, or in the policy. */
const PASSING: ReadonlySet<HeldReason> = new Set<HeldReason>([
  'scanner-unreachable',
  'scanner-refused',
  'scan-timed-out',
  'definitions-unknown',
  'definitions-old',
]);

/** How far definitions may seem to lie ahead: clamd tells local time, and clocks are changed twice a year. Milliseconds. */
export const DEFINITIONS_AHEAD_TOLERATED_MS = 24 * 3_600_000;

/** What a scanner says of the definitions that it has loaded. */
export interface Definitions {
  readonly version: number;
  readonly builtUtcMs: number;
}

/** What came of one scan. Definitions are null when the scanner does not say which it has. */
export type ScanOutcome =
  | {
      readonly verdict: 'clean';
      readonly before: Definitions | null;
      readonly after: Definitions | null;
    }
  | { readonly verdict: 'infected'; readonly signature: string; readonly after: Definitions | null }
  | {
      readonly verdict: 'not-scanned';
      readonly reason: HeldReason;
      readonly after: Definitions | null;
    };

/** Where a record is in its quarantine. */
export type Quarantine =
  | { readonly state: 'waiting' | 'scanning' }
  | {
      readonly state: 'held';
      readonly reason: HeldReason;
      readonly definitions: number | null;
      readonly atUtcMs: number;
    }
  | {
      readonly state: 'released';
      readonly by: 'scan';
      readonly definitions: number;
      readonly atUtcMs: number;
    }
  | {
      readonly state: 'released';
      readonly by: 'no-scanner';
      readonly definitions: null;
      readonly atUtcMs: number;
    }
  | {
      readonly state: 'released';
      readonly by: 'made-here';
      readonly definitions: null;
      readonly atUtcMs: number;
    }
  | {
      readonly state: 'infected';
      readonly signature: string;
      readonly definitions: number | null;
      readonly atUtcMs: number;
    };

export type Released = Extract<Quarantine, { readonly state: 'released' }>;

/** By what is released: a scanner's word under definitions of at most this age; or, in a demo only, nothing. */
export type ReleasePolicy =
  | { readonly kind: 'scan'; readonly definitionsAgeMaxMs: number }
  | { readonly kind: 'no-scanner' };

export class QuarantineOutOfTurn extends DomainError {
  readonly code = 'QUARANTINE_OUT_OF_TURN';
}
/** The content of a record that is not released is given to nobody. */
export class RecordInQuarantine extends DomainError {
  readonly code = 'RECORD_IN_QUARANTINE';
  readonly quarantine: Quarantine;

  constructor(quarantine: Quarantine) {
    super(QUARANTINE_SENTENCES[quarantine.state === 'held' ? quarantine.reason : quarantine.state]);
    this.quarantine = quarantine;
  }
}

/** What a person is told of a record that is not released, and what to do. */
export const QUARANTINE_SENTENCES: Readonly<
  Record<Exclude<QuarantineState, 'held'> | HeldReason, string>
> = {
  waiting: 'This file waits to be checked for viruses. It opens by itself once it was found clean.',
  scanning: 'This file is being checked for viruses. It opens by itself once it was found clean.',
  released: 'This file was released.',
  infected:
    'A virus was found in this file. It stays sealed and is never opened; destroy it now, or with its case.',
  'scanner-unreachable':
    'The virus scanner does not answer. This file is checked as soon as it does; an administrator has to see to the scanner.',
  'scanner-refused':
    'The virus scanner refused to check this file. It is tried again; an administrator finds the reason in the log of the scanner.',
  'scan-timed-out':
    'The virus scanner did not finish in time. It is tried again; if that goes on, an administrator has to see to the scanner.',
  'definitions-unknown':
    'It is not known how old the definitions of the virus scanner are. An administrator has to run freshclam; this file is then checked.',
  'definitions-old':
    'The definitions of the virus scanner are too old. An administrator has to run freshclam; this file is then checked again.',
  'too-large':
    'This file, or one inside it, is larger than the virus scanner takes. An administrator can raise the limit.',
  'archive-limit':
    'This archive holds more than is looked through: too many files, too much content, or archives inside archives. Fetch its files one by one.',
  'archive-encrypted':
    'This archive is locked with a password, so that nobody can check it for viruses. Take a copy without a password.',
  'archive-unreadable':
    'This archive is damaged, or of a kind that cannot be looked into. Fetch the files themselves, or a zip, tar or gzip of them.',
  'record-unreadable':
    'This file could not be read to be checked. Fetch it again; an administrator has to see to the disk.',
};

/** Takes a waiting record to the scanner. @throws QuarantineOutOfTurn */
export function beginScan(from: Quarantine): Quarantine {
  if (from.state !== 'waiting') outOfTurn(from.state, 'scanning');
  return { state: 'scanning' };
}

/** Ends a scan. @throws QuarantineOutOfTurn */
export function endScan(
  from: Quarantine,
  outcome: ScanOutcome,
  policy: ReleasePolicy,
  nowUtcMs: number,
): Quarantine {
  if (from.state !== 'scanning') outOfTurn(from.state, 'the end of a scan');
  const definitions = outcome.after?.version ?? null;
  const atUtcMs = nowUtcMs;
  if (outcome.verdict === 'infected')
    return { state: 'infected', signature: outcome.signature, definitions, atUtcMs };
  if (outcome.verdict === 'not-scanned')
    return { state: 'held', reason: outcome.reason, definitions, atUtcMs };
  const { before, after } = outcome;
  const lack =
    policy.kind === 'no-scanner'
      ? 'definitions-unknown'
      : (lackOf(before, policy.definitionsAgeMaxMs, nowUtcMs) ??
        lackOf(after, policy.definitionsAgeMaxMs, nowUtcMs));
  if (lack !== null || before === null || after === null)
    return { state: 'held', reason: lack ?? 'definitions-unknown', definitions, atUtcMs };
  // They may have been exchanged under way: what is said is the least that was used.
  const least = Math.min(before.version, after.version);
  return { state: 'released', by: 'scan', definitions: least, atUtcMs };
}

/** Releases what nobody scans, where that is the policy: in a demo. @throws QuarantineOutOfTurn */
export function releaseUnscanned(
  from: Quarantine,
  policy: ReleasePolicy,
  nowUtcMs: number,
): Released {
  if (from.state !== 'scanning' || policy.kind !== 'no-scanner') outOfTurn(from.state, 'released');
  return { state: 'released', by: 'no-scanner', definitions: null, atUtcMs: nowUtcMs };
}

/**
 * Releases what no cart and no person brought: a recording is written by the gateway itself, and read by nothing but its own
 * player.
 * @throws QuarantineOutOfTurn
 */
export function releaseMadeHere(from: Quarantine, nowUtcMs: number): Released {
  if (from.state !== 'scanning') outOfTurn(from.state, 'released');
  return { state: 'released', by: 'made-here', definitions: null, atUtcMs: nowUtcMs };
}

/** Lets a record wait again: its scan was cut off, or what held it has changed. @throws QuarantineOutOfTurn */
export function waitAgain(from: Quarantine): Quarantine {
  if (from.state !== 'scanning' && from.state !== 'held') outOfTurn(from.state, 'waiting');
  return { state: 'waiting' };
}

/** Tells whether a held record is worth another scan by itself, without a change of the policy or the record. */
export function isPassing(reason: HeldReason): boolean {
  return PASSING.has(reason);
}

/** Tells why these definitions do not release anything; null when they are current. */
export function lackOf(
  definitions: Definitions | null,
  ageMaxMs: number,
  nowUtcMs: number,
): 'definitions-unknown' | 'definitions-old' | null {
  if (definitions === null || !Number.isSafeInteger(definitions.builtUtcMs))
    return 'definitions-unknown';
  // A date that lies ahead tells nothing about how old they are.
  if (definitions.builtUtcMs - nowUtcMs > DEFINITIONS_AHEAD_TOLERATED_MS)
    return 'definitions-unknown';
  return nowUtcMs - definitions.builtUtcMs <= ageMaxMs ? null : 'definitions-old';
}

/** Passes on what is released. @throws RecordInQuarantine */
export function assertReleased(quarantine: Quarantine): asserts quarantine is Released {
  if (quarantine.state !== 'released') throw new RecordInQuarantine(quarantine);
}

function outOfTurn(from: string, to: string): never {
  throw new QuarantineOutOfTurn(`After "${from}" does not come "${to}".`);
}
