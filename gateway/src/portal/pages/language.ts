/** Which of the portal's languages a browser prefers. @see RFC 9110 section 12.5.4 */
import { GERMAN } from './words-de.ts';
import { ENGLISH } from './words-en.ts';
import type { Words } from './words-en.ts';
import { SPANISH } from './words-es.ts';

export const LANGUAGES = ['en', 'de', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

const WORDS: Readonly<Record<Language, Words>> = { en: ENGLISH, de: GERMAN, es: SPANISH };

/** Browsers send some ten languages; what stands behind these many characters is not read. */
const HEADER_CHARACTERS_MAX = 256;

/** Chooses by `Accept-Language`; English when it names none of ours. @param header not trusted */
export function languageOf(header: string | undefined): Language {
  const asked = (header ?? '').slice(0, HEADER_CHARACTERS_MAX).split(',').map(read);
  const known = asked.filter(({ language, quality }) => language !== null && quality > 0);
  // A stable sort: of equal ones the first counts.
  return known.toSorted((one, other) => other.quality - one.quality)[0]?.language ?? 'en';
}

export function wordsOf(language: Language): Words {
  return WORDS[language];
}

function read(range: string): { readonly language: Language | null; readonly quality: number } {
  const [, tag = '', quality = '1'] =
    /^\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/.exec(range) ??
    [];
  const language = LANGUAGES.find((each) => each === tag.toLowerCase()) ?? null;
  return { language, quality: Number(quality) };
}
