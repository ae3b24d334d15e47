/**
 * The antivirus zone, as other zones see it: it looks into one content and says what it found, or why it could not.
 *
 * It decides nothing: what its word is worth is the rule of `domain/src/quarantine`. It never throws because of what a
 * content holds or a scanner answers; a fault while the content is read comes through as it is.
 */
import type { Definitions, ScanOutcome } from '@chaperone/domain/quarantine/quarantine.ts';

/** A content that can be read from anywhere; nothing of it is ever written to a disk. */
export interface ScanSource {
  readonly bytes: number;
  /** @param offset and length lie inside the content */
  read(offset: number, length: number): Promise<AsyncIterable<Uint8Array>>;
}

export type ScannerState =
  | { readonly isReachable: false }
  | { readonly isReachable: true; readonly definitions: Definitions | null };

export interface Antivirus {
  /** Asks the scanner for its definitions. */
  state(): Promise<ScannerState>;
  /** Scans a content and everything inside it. @param signal cuts it off; the outcome is then of no account */
  scan(source: ScanSource, signal: AbortSignal): Promise<ScanOutcome>;
}
