/**
 * Says in the reader's language what a check found. The checks speak English, the same words as the program: those stay beside it, to
 * be compared word by word. A sentence that is not known here is left as it is.
 */
import type { Language } from '../words.ts';
import { GERMAN } from './de.ts';
import { SPANISH } from './es.ts';

interface Template {
  readonly matches: RegExp;
  readonly written: string;
}

/** `{0}` is taken over as it is, `{!0}` is translated itself. */
const PLACE = /\{(!?)(\d)\}/g;
/** A sentence in a sentence in a sentence is as deep as they go. */
const DEPTH_MAX = 3;

const TEMPLATES: Readonly<Record<Language, readonly Template[]>> = {
  en: [],
  de: templatesOf(GERMAN),
  es: templatesOf(SPANISH),
};

/** Translates a sentence; null where there is nothing to say but what it says. */
export function translated(text: string, language: Language, depth = 0): string | null {
  for (const { matches, written } of TEMPLATES[language]) {
    const found = matches.exec(text);
    if (found === null) continue;
    return written.replaceAll(PLACE, (_all, isSentence: string, at: string) => {
      const part = found.groups?.[`p${at}`] ?? '';
      const own =
        isSentence === '!' && depth < DEPTH_MAX ? translated(part, language, depth + 1) : null;
      return own ?? part;
    });
  }
  return null;
}

/** The most particular first: what has more words of its own. */
function templatesOf(words: Readonly<Record<string, string>>): readonly Template[] {
  return Object.entries(words)
    .toSorted(([one], [other]) => ownCharacters(other) - ownCharacters(one))
    .map(([english, written]) => ({ matches: matcherOf(english), written }));
}

function ownCharacters(english: string): number {
  return english.replaceAll(PLACE, '').length;
}

function matcherOf(english: string): RegExp {
  const escaped = english.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(PLACE, '(?<p$2>.+?)')}$`, 's');
}
