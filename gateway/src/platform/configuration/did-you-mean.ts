/** Finds the known word that a mistyped one was meant to be. */

/** Edits, at most, per three characters of the typed word: more is another word. */
const EDITS_PER_THREE = 1;

/** The nearest of the known words, or undefined when none is near. Case and hyphens count for nothing. */
export function nearestWord(typed: string, known: readonly string[]): string | undefined {
  const plain = folded(typed);
  const editsMax = Math.max(1, Math.floor(plain.length / 3) * EDITS_PER_THREE);
  let nearest: string | undefined;
  let edits = editsMax + 1;
  for (const word of known) {
    const distance = editDistance(plain, folded(word));
    if (distance < edits) [nearest, edits] = [word, distance];
  }
  return nearest;
}

function folded(word: string): string {
  return word
    .toLowerCase()
    .replaceAll(/[-_ .]/g, '')
    .slice(0, 64);
}

/** Insertions, deletions, changes and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
