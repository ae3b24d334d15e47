/** Which words of the mask editor belong to which language. */
import type { Language } from '@chaperone/domain/notice/notice.ts';
import { maskEditorDe } from './mask-editor-de.ts';
import { maskEditorEn } from './mask-editor-en.ts';
import { maskEditorEs } from './mask-editor-es.ts';
import type { MaskEditorWords } from './mask-editor-words.ts';

const WORDS: Readonly<Record<Language, MaskEditorWords>> = {
  en: maskEditorEn,
  de: maskEditorDe,
  es: maskEditorEs,
};

/** Gives the words of a language. */
export function maskEditorWords(language: Language): MaskEditorWords {
  return WORDS[language];
}
