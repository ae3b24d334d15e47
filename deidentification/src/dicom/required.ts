/**
 * What an ultrasound image needs although table E.1-1 takes it away: attributes of type 1 and 2, and UIDs that hold its
 * parts together. Everything else that the table names is removed, the strictest that it allows.
 *
 * @see PS3.3 tables A.6-1, A.7-1; PS3.15 section E.1.1 on choosing between joined actions by the attribute's type
 */

/** UIDs that get another one: the three that a valid image has, and those that relate images of one examination. */
export const MAPPED_UIDS: ReadonlySet<number> = new Set([
  0x0008_0018, // SOP Instance UID
  0x0020_000d, // Study Instance UID
  0x0020_000e, // Series Instance UID
  0x0020_0052, // Frame of Reference UID
  0x0020_0200, // Synchronization Frame of Reference UID
  0x0028_1199, // Palette Color Lookup Table UID
]);

/** The ones that must be there. */
export const NEEDED_UIDS: readonly number[] = [0x0008_0018, 0x0020_000d, 0x0020_000e];

/** Type 2: written empty, also where the original left them out. */
export const EMPTY_ELEMENTS: readonly { readonly tag: number; readonly vr: string }[] = [
  { tag: 0x0008_0020, vr: 'DA' }, // Study Date
  { tag: 0x0008_0030, vr: 'TM' }, // Study Time
  { tag: 0x0008_0050, vr: 'SH' }, // Accession Number
  { tag: 0x0008_0090, vr: 'PN' }, // Referring Physician's Name
  { tag: 0x0010_0010, vr: 'PN' }, // Patient's Name
  { tag: 0x0010_0020, vr: 'LO' }, // Patient ID
  { tag: 0x0010_0030, vr: 'DA' }, // Patient's Birth Date
  { tag: 0x0010_0040, vr: 'CS' }, // Patient's Sex
  { tag: 0x0020_0010, vr: 'SH' }, // Study ID
];

/** Type 2 that no profile touches: kept in their form, otherwise empty. */
export const EMPTY_WHEN_ABSENT: readonly { readonly tag: number; readonly vr: string }[] = [
  { tag: 0x0008_0008, vr: 'CS' }, // Image Type
  { tag: 0x0008_0070, vr: 'LO' }, // Manufacturer
  { tag: 0x0020_0011, vr: 'IS' }, // Series Number
  { tag: 0x0020_0013, vr: 'IS' }, // Instance Number
  { tag: 0x0020_0020, vr: 'CS' }, // Patient Orientation
];
