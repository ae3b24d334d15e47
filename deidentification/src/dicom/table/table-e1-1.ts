/**
 * DICOM PS3.15 table E.1-1, column "Basic Profile", whole: 621 rows in edition 2024e (the table itself last changed in 2024b).
 *
 * Three rows speak of whole groups and are functions here: curves (50xx,xxxx), overlay data and comments (60xx,3000) and
 * (60xx,4000), and private attributes. All three say X.
 *
 * @see https://dicom.nema.org/medical/dicom/2024e/output/chtml/part15/chapter_E.html#table_E.1-1
 */
import { FROM_0020 } from './table-e1-1-from-0020.ts';
import type { ProfileAction } from './profile-row.ts';
import { TO_0018 } from './table-e1-1-to-0018.ts';

export const PROFILE_EDITION = '2024e';

export interface ProfileEntry {
  readonly keyword: string;
  readonly vr: string;
  readonly action: ProfileAction;
}

const ROWS = [...TO_0018, ...FROM_0020];
const BY_TAG: ReadonlyMap<number, ProfileEntry> = new Map(
  ROWS.map(([tag, keyword, vr, action]) => [Number.parseInt(tag, 16), { keyword, vr, action }]),
);

/** How many rows of the standard's table are held here, with the four that speak of groups. */
export const PROFILE_ROWS = ROWS.length + 4;

/** All tags that have a row of their own. */
export const PROFILE_TAGS: readonly number[] = [...BY_TAG.keys()];

/** Finds what the table says of an attribute; undefined where it is not named. */
export function profileOf(tag: number): ProfileEntry | undefined {
  return BY_TAG.get(tag) ?? ofGroup(tag);
}

/** Tells whether an attribute is drawn over the image: its removal is what 113103 records. */
export function isGraphics(tag: number): boolean {
  const group = tag >>> 16;
  return isRepeating(group, 0x50) || isRepeating(group, 0x60) || group === 0x0070;
}

/** Tells whether an attribute belongs to a vendor. @see PS3.5 section 7.8 */
export function isPrivate(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1;
}

function ofGroup(tag: number): ProfileEntry | undefined {
  const group = tag >>> 16;
  const element = tag & 0xffff;
  if (isPrivate(tag)) return { keyword: 'PrivateAttribute', vr: 'UN', action: 'X' };
  if (isRepeating(group, 0x50)) return { keyword: 'CurveData', vr: 'UN', action: 'X' };
  if (!isRepeating(group, 0x60)) return undefined;
  if (element === 0x3000) return { keyword: 'OverlayData', vr: 'OW', action: 'X' };
  if (element === 0x4000) return { keyword: 'OverlayComments', vr: 'LT', action: 'X' };
  return undefined;
}

/** A repeating group: its upper byte, and an even lower one. @see PS3.5 section 7.6 */
function isRepeating(group: number, upper: number): boolean {
  return group >>> 8 === upper && (group & 1) === 0;
}
