/** What a session asks of others before something begins: of the licence, and of the sign on the cart's display. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CartSerial, RandomBytes } from '@chaperone/domain/id/id.ts';
import type { InterlockSource } from '@chaperone/domain/interlock/interlock.ts';
import type { LicenceTerms } from '@chaperone/domain/licence/licence-terms.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { SessionJournal } from './session-journal.ts';
import type { SessionPolicy } from './session-policy.ts';

/** What a session asks of the cart's licence, before something new begins and never afterwards. Decision 0016. */
export interface SessionLicence {
  /** What it includes; null: it is of an earlier version and names nothing. */
  readonly held: Pick<LicenceTerms, 'features'> | null;
  /** @throws LicenceNotInForce */
  requireInForce(): void;
  /** @throws FeatureNotLicensed */
  requireFeatures(activities: readonly Activity[]): void;
}

/** Who is about to be let in, and what is said of it. */
export interface Raised {
  readonly technicianName: string;
  readonly activities: readonly Activity[];
  /** The service centre says that it records what is shown. */
  readonly isRecorded: boolean;
}

/** What a session asks of the sign on the cart's display that somebody is in. Decision 0046. */
export interface SessionIndicator {
  /** Settles when the display shows who is about to be let in. @throws IndicatorUnavailable */
  raise(raised: Raised): Promise<void>;
  /** Takes it away again if nobody has been let in after all. */
  lowerUnlessInSession(): void;
  /** Refuses what lets somebody go on while the display does not show it. @throws IndicatorUnavailable */
  requireShown(): void;
}

/** What outlives a stop of the agent of the clinic's interlock. */
export interface SessionInterlockMark {
  /** Who had raised it when the agent stopped; null: nobody. */
  read(): Promise<InterlockSource | null>;
  /** Never fails and never waits: it is raised already. */
  set(source: InterlockSource): void;
  /** Settles when what was set is on the disk, or cannot be. */
  settled(): Promise<void>;
  /** Settles when a start would not raise it again. */
  clear(): Promise<void>;
}

export interface SessionOptions {
  readonly serial: CartSerial;
  readonly journal: SessionJournal;
  /** Signs a statement with the cart's key. */
  readonly sign: (typ: string, claims: object) => Promise<string>;
  readonly clock: Clock;
  readonly limits: SessionLimits;
  readonly licence: SessionLicence;
  readonly policy: SessionPolicy;
  readonly indicator: SessionIndicator;
  readonly interlockMark: SessionInterlockMark;
  /** How long the technician's input waits after the operator's own hand; 0: it does not. */
  readonly operatorPauseMs: number;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
}
