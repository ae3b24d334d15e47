/**
 * What was changed in one file, for people and for machines: tags, actions and counts, never a value of the original.
 *
 * It travels from the cart beside the result, is sealed with the record, and can be read as text.
 */

/** Actions of DICOM PS3.15 table E.1-1, and for logs `T`: replaced by a token that is the same throughout the case. */
export const DEIDENTIFICATION_ACTIONS = ['D', 'Z', 'X', 'C', 'U', 'T'] as const;
export type DeidentificationAction = (typeof DEIDENTIFICATION_ACTIONS)[number];

export interface DeidentificationChange {
  /** Eight hexadecimal digits for a tag, `private` for the private ones of a group, or the kind of pattern in a log. */
  readonly what: string;
  /** The standard's keyword, or words. Never from the file. */
  readonly name: string;
  readonly action: DeidentificationAction;
  readonly count: number;
}

export interface BlankedRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DeidentificationReport {
  readonly version: 1;
  readonly kind: 'dicom' | 'log';
  /** Method codes of DICOM CID 7050 that were recorded in the result; none for a log. */
  readonly methods: readonly string[];
  readonly changes: readonly DeidentificationChange[];
  /** What was blanked, on each of the frames alike; null for a log. */
  readonly pixels: {
    readonly frames: number;
    readonly width: number;
    readonly height: number;
    /** `template` with its name, and `region tags` where it leaves it to them. */
    readonly source: string;
    readonly blanked: readonly BlankedRectangle[];
  } | null;
  /** How many original values the result was searched for; none was found, or there would be no result. */
  readonly searchedValues: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}
