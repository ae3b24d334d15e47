/** Which words of the engineer page belong to which language. */
import type { Language } from '@chaperone/domain/notice/notice.ts';
import { engineerDe } from './engineer-de.ts';
import { engineerEn } from './engineer-en.ts';
import { engineerEs } from './engineer-es.ts';
import type { EngineerWords } from './engineer-words.ts';

export const ENGINEER_WORDS: Readonly<Record<Language, EngineerWords>> = {
  en: engineerEn,
  de: engineerDe,
  es: engineerEs,
};
