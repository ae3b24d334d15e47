/** The engineer page's words in the language in use. */
import { ENGINEER_WORDS } from './engineer-languages.ts';
import type { EngineerWords } from './engineer-words.ts';
import { useSpeech } from './speech.tsx';

export function useEngineerWords(): EngineerWords {
  return ENGINEER_WORDS[useSpeech().language];
}
