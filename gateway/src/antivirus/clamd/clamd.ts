/**
 * A clamd on this machine, by its socket or on loopback: which definitions it has, how much it really looks through, and
 * streams to be scanned.
 */
import type { ClamdAddress } from '@chaperone/host/clamd.ts';
import { askDefinitions } from '@chaperone/host/clamd.ts';
import type { Definitions } from '@chaperone/domain/quarantine/quarantine.ts';
import type { ScannerState } from '../contract.ts';
import { CANARY_BYTES_MIN, canary } from './canary.ts';
import { ScanStream } from './scan-stream.ts';

export type { ClamdAddress } from '@chaperone/host/clamd.ts';
export { CANARY_BYTES_MIN, canary } from './canary.ts';
export { ScanStream } from './scan-stream.ts';
export type { StreamEnd } from './scan-stream.ts';

/** How long a trial holds, milliseconds: clamd may be started again with other limits, and nobody is told. */
const SHOWN_MS_MAX = 10 * 60_000;

export class Clamd {
  readonly #address: ClamdAddress;
  readonly #bytesMax: number;
  readonly #onLimit: (bytes: number) => void;
  /** Bytes up to which it was shown to find something, under which definitions and when; null when it has to be tried. */
  #shown: {
    readonly version: number | null;
    readonly bytes: number;
    readonly atMs: number;
  } | null = null;
  #showing: Promise<number> | null = null;
  /** What the last trial showed: somebody was told then. */
  #told: number | null = null;

  /** @param onLimit is told when it looks through less than `bytesMax`: 0 when it finds nothing at all */
  constructor(address: ClamdAddress, bytesMax: number, onLimit: (bytes: number) => void) {
    this.#address = address;
    this.#bytesMax = bytesMax;
    this.#onLimit = onLimit;
  }

  async state(): Promise<ScannerState> {
    return await askDefinitions(this.#address);
  }

  async open(signal: AbortSignal): Promise<ScanStream> {
    return await ScanStream.open(this.#address, signal);
  }

  /** Forgets what was shown: a stream broke off, so it may be another clamd, or one with other limits. */
  doubt(): void {
    this.#shown = null;
  }

  /**
   * Tells up to how many bytes it looks through a content, at most `bytesMax`; it is tried for each version of the
   * definitions, and again after some minutes.
   * @returns 0 when it finds nothing at all; null when it was cut off or the scanner is gone
   */
  async bytesLookedThrough(
    definitions: Definitions | null,
    signal: AbortSignal,
  ): Promise<number | null> {
    const version = definitions?.version ?? null;
    const isFresh = performance.now() - (this.#shown?.atMs ?? 0) < SHOWN_MS_MAX;
    if (this.#shown?.version === version && isFresh) return this.#shown.bytes;
    // Scans at once wait for one and the same trial.
    this.#showing ??= this.#tryOut(signal).finally(() => (this.#showing = null));
    const bytes = await this.#showing;
    if (bytes < 0) return null;
    if (bytes < this.#bytesMax && bytes !== this.#told) this.#onLimit(bytes);
    this.#told = bytes;
    this.#shown = { version, bytes, atMs: performance.now() };
    return bytes;
  }

  /** Halves the size until something is found. @returns -1 when the scanner is gone */
  async #tryOut(signal: AbortSignal): Promise<number> {
    for (let bytes = this.#bytesMax; bytes >= CANARY_BYTES_MIN; bytes = Math.floor(bytes / 2)) {
      const stream = await this.open(signal);
      for (const piece of canary(bytes)) {
        if (stream.isOver) break;
        await stream.write(piece);
      }
      const end = await stream.end();
      if (end.kind === 'found') return bytes;
      if (end.kind !== 'gone') continue;
      // Too long a stream is broken off, too: only a clamd that does not answer any more is gone.
      if (signal.aborted || !(await this.state()).isReachable) return -1;
    }
    return 0;
  }
}
