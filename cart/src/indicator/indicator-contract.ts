/** What an indicator is, whatever the display: its words, its reports, and the one error. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { IndicatorLoss } from '@chaperone/domain/indicator/indicator-loss.ts';

/** Thrown when the operator could not see on the display that somebody is in; so nobody is let in. */
export class IndicatorUnavailable extends DomainError {
  readonly code = 'INDICATOR_UNAVAILABLE';
}

/** What it says. */
export interface Indicated {
  readonly technicianName: string;
  readonly activities: readonly Activity[];
  readonly paused: boolean;
  /** The clinic needs the cart: nobody has anything until the operator lets it go on, at the panel. */
  readonly interlocked: boolean;
  /** The service centre says that it records what is shown. */
  readonly isRecorded: boolean;
  /** When it began, by the monotonic clock; null: it is just about to. */
  readonly sinceMonotonicMs: number | null;
  readonly language: Language;
}

export interface IndicatorRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What the operator can touch on it. */
export const INDICATOR_TARGETS = ['interlock', 'pause', 'end'] as const;
export type IndicatorTarget = (typeof INDICATOR_TARGETS)[number];

/** What it tells, in the turn in which it is known. */
export type IndicatorReport =
  | { readonly type: 'seen' | 'covered' }
  | { readonly type: 'lost'; readonly loss: IndicatorLoss }
  /** A real device of the display was used, whatever for. Told often. */
  | { readonly type: 'used' }
  /** The operator's own hand on one of its targets. Nothing injected is told. */
  | { readonly type: 'touched'; readonly target: IndicatorTarget };

export interface Indicator {
  /** What it is, for journal and panel: `none` shows nothing, and `panel` is where the panel itself is the display. */
  readonly kind: 'x11' | 'none' | 'panel';
  /** Why there is none, in the words of whoever set the cart up; null unless it is `none`. */
  readonly reason: string | null;
  /** Begins to show it, or shows something else. What becomes of it is reported. */
  show(indicated: Indicated): void;
  /** Takes it from the display. */
  hide(): void;
  /** Where it is now, in pixels of the display: no injected input may go there. */
  regions(): readonly IndicatorRegion[];
  /** Says who is told; there is one. */
  onReport(listener: (report: IndicatorReport) => void): void;
}
