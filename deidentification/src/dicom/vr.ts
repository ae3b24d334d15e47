/** What an implicit file does not say: the value representation of the attributes that are kept or named by the profile. */
import { keptForm } from './kept.ts';
import { profileOf } from './table/table-e1-1.ts';

/** Looks up a representation; `UN` where neither table knows the attribute, which is then removed. */
export function vrOf(tag: number): string {
  // Lengths of groups, retired. PS3.5 section 7.2.
  if ((tag & 0xffff) === 0) return 'UL';
  return keptForm(tag)?.vr ?? profileOf(tag)?.vr ?? 'UN';
}
