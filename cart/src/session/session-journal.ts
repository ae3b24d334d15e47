/** What a session needs of the cart's journal. */
import type { FactWriter } from './stepper.ts';

export interface SessionJournal extends FactWriter {
  /** False while facts cannot be written (full disk). */
  writable(): boolean;
  readonly size: number;
  /** Root of the tree over all entries, base64url. */
  readonly root: string;
  /** Settles when everything that was appended later is written, or cannot be. */
  settled(): Promise<void>;
  /** Lines of the journal from an index on, as they stand on disk. */
  lines(from: number): Promise<readonly string[]>;
}
