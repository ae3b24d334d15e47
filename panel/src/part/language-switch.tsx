/** The switch between the panel's languages, on every page. */
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import type { ReactNode } from 'react';
import { usePress } from '../act/press.ts';
import { WORDS } from '../words/languages.ts';
import { useSpeech } from '../words/speech.tsx';

/** Shows one button for each language, each in its own words. */
export function LanguageSwitch(): ReactNode {
  const { words } = useSpeech();
  return (
    <fieldset className="languages" aria-label={words.chooseLanguage}>
      {LANGUAGES.map((language) => (
        <LanguageButton key={language} language={language} />
      ))}
    </fieldset>
  );
}

function LanguageButton({
  language,
}: {
  readonly language: (typeof LANGUAGES)[number];
}): ReactNode {
  const { language: current, choose } = useSpeech();
  const press = usePress(() => choose(language));
  return (
    <button
      type="button"
      className="languages__button"
      aria-pressed={language === current}
      lang={language}
      {...press}
    >
      {WORDS[language].name}
    </button>
  );
}
