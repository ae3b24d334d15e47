/** What the panel says of a second technician who watches the session, or asks to. */
import type { Language } from '@chaperone/domain/notice/notice.ts';

export interface WatchWords {
  readonly ask: {
    readonly title: (technician: string, centre: string) => string;
    /** What they could do, and what not. */
    readonly lead: (holder: string) => string;
    readonly allow: string;
    readonly refuse: string;
    readonly timeLeft: string;
    readonly silenceMeansNo: string;
  };
  readonly watched: {
    /** In the banner, behind who holds the session. */
    readonly also: (technician: string) => string;
    readonly title: (technician: string) => string;
    readonly since: (time: string) => string;
    readonly stop: string;
  };
}

const ENGLISH: WatchWords = {
  ask: {
    title: (technician, centre) => `${technician} of ${centre} also wants to watch the screen`,
    lead: (holder) =>
      `${holder} stays in the session. Who watches sees the same, and can do nothing.`,
    allow: 'Allow',
    refuse: 'Not now',
    timeLeft: 'Time to answer',
    silenceMeansNo: 'No answer means no.',
  },
  watched: {
    also: (technician) => `${technician} watches, too`,
    title: (technician) => `${technician} watches the screen, too`,
    since: (time) => `since ${time}`,
    stop: 'End watching',
  },
};

const GERMAN: WatchWords = {
  ask: {
    title: (technician, centre) =>
      `${technician} von ${centre} möchte den Bildschirm ebenfalls ansehen`,
    lead: (holder) =>
      `${holder} bleibt in der Sitzung. Wer zusieht, sieht dasselbe und kann nichts tun.`,
    allow: 'Erlauben',
    refuse: 'Jetzt nicht',
    timeLeft: 'Zeit für die Antwort',
    silenceMeansNo: 'Keine Antwort heißt nein.',
  },
  watched: {
    also: (technician) => `${technician} sieht auch zu`,
    title: (technician) => `${technician} sieht den Bildschirm auch`,
    since: (time) => `seit ${time}`,
    stop: 'Zusehen beenden',
  },
};

const SPANISH: WatchWords = {
  ask: {
    title: (technician, centre) => `${technician} de ${centre} también quiere ver la pantalla`,
    lead: (holder) =>
      `${holder} sigue en la sesión. Quien observa ve lo mismo y no puede hacer nada.`,
    allow: 'Permitir',
    refuse: 'Ahora no',
    timeLeft: 'Tiempo para responder',
    silenceMeansNo: 'Sin respuesta es un no.',
  },
  watched: {
    also: (technician) => `${technician} también observa`,
    title: (technician) => `${technician} también ve la pantalla`,
    since: (time) => `desde las ${time}`,
    stop: 'Quitar',
  },
};

const WORDS: Readonly<Record<Language, WatchWords>> = { en: ENGLISH, de: GERMAN, es: SPANISH };

/** Gives the words of a language. */
export function watchWords(language: Language): WatchWords {
  return WORDS[language];
}
