/**
 * A service centre's policy on protected health information: its own sentences, and beside each what the product does about it.
 *
 * The sentences are the service centre's promise and its configuration; what stands beside them is the product's, from a closed list
 * (`phi-control.ts`). It is shown one touch away on panel, console and portal; the cart's comes with its own configuration, so that it is there
 * before anything is connected.
 */
import type { Language } from '../notice/notice.ts';
import type { PHIControlId } from './phi-control.ts';

export interface PHISentence {
  /** English always; the others where the service centre has them. */
  readonly text: Readonly<{ en: string }> & Readonly<Partial<Record<Language, string>>>;
  readonly controls: readonly PHIControlId[];
}

export interface PHIPolicy {
  /** As the service centre counts or dates it. */
  readonly version: string;
  readonly sentences: readonly PHISentence[];
}

/** Gives a sentence in a language, in English where it has no other. */
export function sentenceIn(language: Language, { text }: PHISentence): string {
  return text[language] ?? text.en;
}

/** What a demo shows: the policy of a service centre as one would write it. */
export const DEMO_PHI_POLICY: PHIPolicy = {
  version: 'demo-1',
  sentences: [
    {
      text: {
        en: 'While a remote connection is active, our technicians may come to see protected health information.',
        de: 'Solange eine Fernverbindung besteht, können unsere Techniker geschützte Gesundheitsdaten zu sehen bekommen.',
        es: 'Mientras hay una conexión remota activa, nuestros técnicos pueden llegar a ver información de salud protegida.',
      },
      controls: ['consent', 'visible', 'known-people', 'facility-policy'],
    },
    {
      text: {
        en: 'Where a service case needs it, files and logs that may hold such information are brought to us and examined without the connection.',
        de: 'Wo ein Servicefall es braucht, holen wir Dateien und Protokolle, die solche Daten enthalten können, zu uns und untersuchen sie ohne Verbindung.',
        es: 'Cuando un caso de servicio lo requiere, traemos archivos y registros que pueden contener esa información y los examinamos sin conexión.',
      },
      controls: ['encrypted-road', 'sealed-at-rest', 'scan', 'no-copies', 'de-identification'],
    },
    {
      text: {
        en: 'As soon as the service case is resolved, everything that was retrieved for it is destroyed.',
        de: 'Sobald der Servicefall abgeschlossen ist, wird alles vernichtet, was für ihn geholt wurde.',
        es: 'En cuanto se resuelve el caso de servicio, se destruye todo lo que se obtuvo para él.',
      },
      controls: ['destruction'],
    },
    {
      text: {
        en: 'You can check what we did.',
        de: 'Sie können prüfen, was wir getan haben.',
        es: 'Usted puede comprobar lo que hicimos.',
      },
      controls: ['evidence'],
    },
  ],
};
