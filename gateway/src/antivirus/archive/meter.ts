/**
 * Counts what is unpacked of one content, at all depths together, against the limits of the policy.
 *
 * The limits guard the gateway and its scanner: what is beyond them was not looked through and is not released.
 */
export interface ArchiveLimits {
  /** Bytes that one entry may have, and the whole: as many as the scanner looks through. */
  readonly entryBytesMax: number;
  /** Entries at all depths together. */
  readonly entriesMax: number;
  /** Archives inside archives: 1 allows an archive, 2 one inside it. */
  readonly depthMax: number;
  /** Bytes unpacked at all depths together. */
  readonly unpackedBytesMax: number;
  /** How many times the content's own bytes that may be. */
  readonly ratioMax: number;
}

/** Bytes that may be unpacked whatever the ratio: small files of one letter are no bombs. */
export const RATIO_FLOOR_BYTES = 8 * 1024 * 1024;

export class Meter {
  readonly limits: ArchiveLimits;
  readonly #unpackedMax: number;
  #entries = 0;
  #unpacked = 0;

  /** @param bytes of the content itself */
  constructor(limits: ArchiveLimits, bytes: number) {
    this.limits = limits;
    const byRatio = Math.max(RATIO_FLOOR_BYTES, bytes * limits.ratioMax);
    this.#unpackedMax = Math.min(limits.unpackedBytesMax, byRatio);
  }

  /** Counts one more entry. @returns whether it is within the limits */
  entry(): boolean {
    this.#entries += 1;
    return this.#entries <= this.limits.entriesMax;
  }

  /** Counts bytes that were unpacked. @returns whether they are within the limits */
  unpacked(bytes: number): boolean {
    this.#unpacked += bytes;
    return this.#unpacked <= this.#unpackedMax;
  }

  /** Tells whether what an archive announces is within the limits, before any of it is unpacked. */
  admits(entries: number, bytes: number): boolean {
    return (
      this.#entries + entries <= this.limits.entriesMax &&
      this.#unpacked + bytes <= this.#unpackedMax
    );
  }
}
