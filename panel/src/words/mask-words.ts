/** What the panel says of the parts of the screen that are covered, and of showing one of them. */
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { PanelMask } from '@chaperone/protocol/panel-api/schema.ts';

export interface MaskWords {
  /** No templates are installed: the technician sees all of the screen. */
  readonly nothingCovered: string;
  /** The templates do not know this system. */
  readonly allCovered: string;
  /** The screen that is open is not recognised. */
  readonly notRecognised: string;
  readonly wholeScreen: string;
  readonly ask: {
    readonly title: (technician: string) => string;
    readonly part: string;
    readonly reason: string;
    readonly allow: (minutes: number) => string;
    readonly refuse: string;
    readonly timeLeft: string;
    readonly silenceMeansNo: string;
  };
  readonly open: {
    readonly title: string;
    readonly cover: string;
    /** For a screen reader. */
    readonly coverLabel: (part: string) => string;
  };
}

const ENGLISH: MaskWords = {
  nothingCovered:
    'Nothing is covered: the technician sees everything on this screen, patient data too.',
  allCovered:
    'All of this screen is covered: what may be seen of it is not set up for this system.',
  notRecognised: 'The technician does not see this screen: it may hold patient data.',
  wholeScreen: 'the whole screen',
  ask: {
    title: (technician) => `${technician} asks to see a covered part of the screen`,
    part: 'Which part',
    reason: 'Why',
    allow: (minutes) => (minutes === 1 ? 'Show for 1 minute' : `Show for ${minutes} minutes`),
    refuse: 'Keep covered',
    timeLeft: 'Time to answer',
    silenceMeansNo: 'No answer means no.',
  },
  open: {
    title: 'The technician sees what is otherwise covered',
    cover: 'Cover again',
    coverLabel: (part) => `Cover again: ${part}`,
  },
};

const GERMAN: MaskWords = {
  nothingCovered:
    'Nichts ist abgedeckt: Der Techniker sieht alles auf diesem Bildschirm, auch Patientendaten.',
  allCovered:
    'Der ganze Bildschirm ist abgedeckt: Was davon zu sehen sein darf, ist für dieses Gerät nicht eingerichtet.',
  notRecognised: 'Der Techniker sieht diesen Bildschirm nicht: Er kann Patientendaten zeigen.',
  wholeScreen: 'der ganze Bildschirm',
  ask: {
    title: (technician) => `${technician} möchte einen abgedeckten Teil des Bildschirms sehen`,
    part: 'Welcher Teil',
    reason: 'Warum',
    allow: (minutes) => (minutes === 1 ? '1 Minute zeigen' : `${minutes} Minuten zeigen`),
    refuse: 'Abgedeckt lassen',
    timeLeft: 'Zeit für die Antwort',
    silenceMeansNo: 'Keine Antwort heißt nein.',
  },
  open: {
    title: 'Der Techniker sieht, was sonst abgedeckt ist',
    cover: 'Wieder abdecken',
    coverLabel: (part) => `Wieder abdecken: ${part}`,
  },
};

const SPANISH: MaskWords = {
  nothingCovered:
    'Nada está tapado: el técnico ve todo lo que hay en esta pantalla, también datos de pacientes.',
  allCovered:
    'Toda la pantalla está tapada: no está configurado qué se puede ver de ella en este equipo.',
  notRecognised: 'El técnico no ve esta pantalla: puede contener datos de pacientes.',
  wholeScreen: 'toda la pantalla',
  ask: {
    title: (technician) => `${technician} pide ver una parte tapada de la pantalla`,
    part: 'Qué parte',
    reason: 'Por qué',
    allow: (minutes) => (minutes === 1 ? 'Mostrar 1 minuto' : `Mostrar durante ${minutes} minutos`),
    refuse: 'Dejar tapada',
    timeLeft: 'Tiempo para responder',
    silenceMeansNo: 'Sin respuesta es un no.',
  },
  open: {
    title: 'El técnico ve lo que normalmente está tapado',
    cover: 'Tapar de nuevo',
    coverLabel: (part) => `Tapar de nuevo: ${part}`,
  },
};

const WORDS: Readonly<Record<Language, MaskWords>> = { en: ENGLISH, de: GERMAN, es: SPANISH };

/** Gives the words of a language. */
export function maskWords(language: Language): MaskWords {
  return WORDS[language];
}

/** Names a part of the screen: as the cart's template says it in this language, otherwise by its name. */
export function partText(
  language: Language,
  { name, label }: Pick<PanelMask, 'name' | 'label'>,
): string {
  if (name === 'whole-screen') return maskWords(language).wholeScreen;
  return label?.[language] ?? label?.en ?? name.slice(name.indexOf('/') + 1).replaceAll('-', ' ');
}
