/** The form of a row of DICOM PS3.15 table E.1-1. */

/**
 * D: a dummy of the same form. Z: empty, or a dummy. X: removed. K: kept. C: cleaned. U: another UID, the same one each time.
 * Two or three joined: the first that the attribute's type in its IOD allows. U* keeps a sequence with mapped references.
 */
export type ProfileAction =
  | 'D'
  | 'Z'
  | 'X'
  | 'K'
  | 'C'
  | 'U'
  | 'Z/D'
  | 'X/Z'
  | 'X/D'
  | 'X/Z/D'
  | 'X/Z/U*';

/** Tag as eight hexadecimal digits, keyword, value representation (the first one where there are several), action. */
export type ProfileRow = readonly [tag: string, keyword: string, vr: string, action: ProfileAction];
