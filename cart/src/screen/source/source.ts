/** A screen that can be shown: whatever speaks RFB with security type None. */
import type { Duplex } from 'node:stream';

export interface ScreenSource {
  /** What it is, for the journal: no PHI, no path. */
  readonly description: string;
  /** Set if the cart itself makes what this source sends. */
  readonly isReEncoded?: boolean;
  /**
   * Opens one connection to the source's RFB server.
   *
   * @throws ScreenSourceUnreachable
   */
  open(signal: AbortSignal): Promise<Duplex>;
  /**
   * Releases what programs hold pressed on the screen, whichever pressed it; only where the source has a way of its own.
   *
   * @throws ScreenSourceUnreachable
   */
  releaseHeld?(): Promise<void>;
  /** Stops what was started for the source; connections that are open end. */
  close(): Promise<void>;
}
