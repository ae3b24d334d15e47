/** What `openScreen` is asked and what it answers. */
import type { Duplex } from 'node:stream';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import type { ScreenSource } from '../source/source.ts';
import type { InputMessage, InputRefusal } from './input-filter.ts';

export interface ScreenOptions {
  readonly source: ScreenSource;
  /** The technician's end: RFB flows over it in both directions. */
  readonly viewer: Duplex;
  /** What the grant allows; `view` is among it. */
  readonly activities: readonly Activity[];
  /** Whether the operator's panel is on this display, so that keys are kept from it, too. Default false. */
  readonly isPanelOnDisplay?: boolean;
  /** Combinations of keys that do not pass, such as `Ctrl+Alt+Delete`; without it those of `DEFAULT_BLOCKED_KEYS`. */
  readonly blockedKeys?: readonly string[];
  /** Asked for each input message: whether input may pass at this moment. */
  inputAllowed(): boolean;
  /** Asked before each rectangle: whether the operator has paused the picture. */
  paused(): boolean;
  /** Asked for each pointer message: where it must not go, in pixels of the frame buffer. */
  excludedRegions(): readonly Rectangle[];
  /** Called once, when the first whole update has been written to the viewer. */
  onFirstFrame?(): void;
  /** Called with the number of bytes written to the viewer. */
  onBytes?(count: number): void;
  /** Called for each input message that did not pass. */
  onInputRefused?(kind: InputMessage['type'], refusal: InputRefusal): void;
  /** Ends the screen: before `abort` returns nothing passes any more and the viewer is destroyed. */
  readonly signal: AbortSignal;
  readonly limits?: Partial<ScreenLimits>;
}

export interface ScreenLimits {
  /** Time for the source, and then for the viewer, to finish its handshake. */
  readonly handshakeTimeoutMs: number;
  /** Time for which a viewer may leave its stream full. */
  readonly viewerStallMs: number;
}

export const SCREEN_END_REASONS = [
  'ended',
  'viewer-left',
  'viewer-refused',
  'source-lost',
  'source-malformed',
] as const;
export type ScreenEndReason = (typeof SCREEN_END_REASONS)[number];

export interface ScreenCounts {
  readonly frames: number;
  readonly bytesToViewer: number;
  readonly inputsPassed: number;
  readonly inputsRefused: number;
}

export interface ScreenEnd {
  readonly reason: ScreenEndReason;
  /** What went wrong, unless the screen was ended or the viewer left. */
  readonly error: Error | null;
  readonly counts: ScreenCounts;
}

export interface Screen {
  /** Settles when the screen has ended; never rejects. */
  readonly done: Promise<ScreenEnd>;
  /** Says that what `paused`, `inputAllowed` or `excludedRegions` return has changed. */
  refresh(): void;
  counts(): ScreenCounts;
}
