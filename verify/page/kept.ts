/** Tells what a dropped file is when it is no evidence but something that a facility keeps to check evidence with. */

/** Characters of a key, a root or a checkpoint. */
const KEPT_CHARACTERS_MAX = 256 * 1024;

export type KeptKind = 'key' | 'root' | 'seen';

/** Tells what of the facility's own a text is, if anything. */
export function keptKindOf(text: string): KeptKind | null {
  if (text.length > KEPT_CHARACTERS_MAX) return null;
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN CERTIFICATE-----')) return 'root';
  if (trimmed.includes('\n\n\u2014 ')) return 'seen';
  return /^[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/u.test(trimmed) ? 'key' : null;
}

/** Takes several checkpoints apart that were put into one field. */
export function checkpointsIn(text: string): readonly string[] {
  const notes: string[] = [];
  let note = '';
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const isSignature = line.startsWith('\u2014 ');
    // After its signatures, a line that is none begins the next note.
    if (!isSignature && /\n\u2014 [^\n]*\n$/.test(note)) {
      notes.push(note);
      note = '';
    }
    if (note === '' && line.trim() === '') continue;
    note += `${line}\n`;
  }
  if (note.trim() !== '') notes.push(note);
  return notes;
}
