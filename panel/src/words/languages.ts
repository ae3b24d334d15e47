/** Which words belong to which language, and which language a panel begins with. */
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import type { Words } from './words.ts';

export const WORDS: Readonly<Record<Language, Words>> = { en, de, es };

/**
 * Picks the language to begin with: the one chosen here before, else the first of the browser's that the panel
 * speaks, else English.
 */
export function firstLanguage(stored: string | null, preferred: readonly string[]): Language {
  const wishes = [stored ?? '', ...preferred].map((wish) => wish.slice(0, 2).toLowerCase());
  return wishes.flatMap((wish) => LANGUAGES.filter((language) => language === wish))[0] ?? 'en';
}
