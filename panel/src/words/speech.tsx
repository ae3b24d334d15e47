/** The language in use, for every part of the page, and the one way to change it. */
import type { Language } from '@chaperone/domain/notice/notice.ts';
import { createContext, use, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { firstLanguage, WORDS } from './languages.ts';
import type { Words } from './words.ts';

const KEY = 'chaperone.panel.language';

export interface Speech {
  readonly language: Language;
  readonly words: Words;
  readonly choose: (language: Language) => void;
}

const SpeechContext = createContext<Speech>({
  language: 'en',
  words: WORDS.en,
  choose: () => undefined,
});

/** Gives the words of the language in use. */
export function useSpeech(): Speech {
  return use(SpeechContext);
}

/** Remembers the language on this system and tells the browser, for screen readers and hyphenation. */
export function SpeechProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState<Language>(() =>
    firstLanguage(localStorage.getItem(KEY), navigator.languages),
  );
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = WORDS[language].product;
  }, [language]);
  const speech = useMemo(
    (): Speech => ({
      language,
      words: WORDS[language],
      choose: (chosen) => {
        localStorage.setItem(KEY, chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}
