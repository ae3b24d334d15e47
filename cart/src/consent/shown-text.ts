/**
 * Texts of a peer that the operator reads beside a button that lets somebody in: no controls, no marks that turn the
 * direction of what stands around them, nothing that takes no room.
 */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Tells whether a text holds what would not be seen as it is. */
export function hasHiddenCharacters(text: string): boolean {
  return !text.isWellFormed() || text.search(HIDDEN) >= 0;
}

/** Puts a mark that is seen in the place of each character that would not be. */
export function markHiddenCharacters(text: string): string {
  return text.toWellFormed().replace(HIDDEN, '\ufffd');
}
