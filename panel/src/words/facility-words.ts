/** What the panel says of the facility's own rules: its hours, its policy, and the second person whom it wants. */
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { PolicyTrouble } from '@chaperone/domain/facility-policy/facility-policy.ts';

export interface FacilityWords {
  /** The facility allows no remote service now. */
  readonly closed: string;
  readonly opens: (when: string) => string;
  readonly opensNever: string;
  /** The policy is not in force. */
  readonly noPolicy: string;
  readonly troubles: Readonly<Record<PolicyTrouble, string>>;
  readonly byRule: (facility: string, version: number) => string;
  readonly endsIn: (minutes: number) => string;
  readonly endsSoon: string;
  readonly needsSecond: string;
  readonly approval: {
    readonly title: string;
    readonly statement: (technician: string) => string;
    readonly who: string;
    readonly pinOf: (name: string) => string;
    readonly length: string;
    readonly nobody: string;
    readonly approve: string;
    readonly refuse: string;
    readonly remove: string;
    readonly typed: (count: number) => string;
    readonly tooShort: string;
    readonly triesLeft: (count: number) => string;
    readonly timeLeft: string;
    readonly silenceMeansNo: string;
  };
}

const ENGLISH: FacilityWords = {
  closed: 'The hospital allows no remote service at this time.',
  opens: (when) => `It allows it again from ${when}.`,
  opensNever: 'No later time is known. Ask the hospital’s IT.',
  noPolicy: 'Remote service is off: the hospital’s own rules are not in force on this system.',
  troubles: {
    missing: 'They have not arrived yet.',
    damaged: 'They cannot be read.',
    'other-cart': 'They are meant for other systems.',
    'not-yet': 'They begin later.',
    expired: 'They have run out.',
  },
  byRule: (facility, version) => `Rules of ${facility}, version ${version}`,
  endsIn: (minutes) =>
    minutes === 1
      ? 'By the hospital’s hours this ends in 1 minute.'
      : `By the hospital’s hours this ends in ${minutes} minutes.`,
  endsSoon: 'By the hospital’s hours this ends in less than a minute.',
  needsSecond: 'A second person must agree',
  approval: {
    title: 'A second person must agree',
    statement: (technician) =>
      `The hospital wants one more person to agree before ${technician} may do this:`,
    who: 'Who agrees?',
    pinOf: (name) => `PIN of ${name}`,
    length: '6 to 12 digits',
    nobody: 'Nobody may agree by the hospital’s rules.',
    approve: 'Agree',
    refuse: 'Do not agree',
    remove: 'Remove the last digit',
    typed: (count) => `${count} digits typed`,
    tooShort: 'A PIN has at least 6 digits.',
    triesLeft: (count) => (count === 1 ? '1 try left' : `${count} tries left`),
    timeLeft: 'Time to agree',
    silenceMeansNo: 'No answer means no.',
  },
};

const GERMAN: FacilityWords = {
  closed: 'Das Krankenhaus erlaubt zu dieser Zeit keine Fernwartung.',
  opens: (when) => `Wieder erlaubt ab ${when}.`,
  opensNever: 'Eine spätere Zeit ist nicht bekannt. Fragen Sie die IT des Krankenhauses.',
  noPolicy:
    'Die Fernwartung ist aus: Die eigenen Regeln des Krankenhauses gelten auf diesem Gerät nicht.',
  troubles: {
    missing: 'Sie sind noch nicht angekommen.',
    damaged: 'Sie sind nicht lesbar.',
    'other-cart': 'Sie sind für andere Geräte bestimmt.',
    'not-yet': 'Sie beginnen später.',
    expired: 'Sie sind abgelaufen.',
  },
  byRule: (facility, version) => `Regeln von ${facility}, Version ${version}`,
  endsIn: (minutes) =>
    minutes === 1
      ? 'Nach den Zeiten des Krankenhauses endet dies in 1 Minute.'
      : `Nach den Zeiten des Krankenhauses endet dies in ${minutes} Minuten.`,
  endsSoon: 'Nach den Zeiten des Krankenhauses endet dies in weniger als einer Minute.',
  needsSecond: 'Eine zweite Person muss zustimmen',
  approval: {
    title: 'Eine zweite Person muss zustimmen',
    statement: (technician) =>
      `Das Krankenhaus will, dass noch jemand zustimmt, bevor ${technician} dies darf:`,
    who: 'Wer stimmt zu?',
    pinOf: (name) => `PIN von ${name}`,
    length: '6 bis 12 Ziffern',
    nobody: 'Nach den Regeln des Krankenhauses darf niemand zustimmen.',
    approve: 'Zustimmen',
    refuse: 'Nicht zustimmen',
    remove: 'Letzte Ziffer löschen',
    typed: (count) => `${count} Ziffern getippt`,
    tooShort: 'Eine PIN hat mindestens 6 Ziffern.',
    triesLeft: (count) => (count === 1 ? 'Noch 1 Versuch' : `Noch ${count} Versuche`),
    timeLeft: 'Zeit für die Antwort',
    silenceMeansNo: 'Keine Antwort heißt nein.',
  },
};

const SPANISH: FacilityWords = {
  closed: 'El hospital no permite el servicio remoto a esta hora.',
  opens: (when) => `Lo permite de nuevo desde ${when}.`,
  opensNever: 'No se conoce una hora posterior. Pregunte a informática del hospital.',
  noPolicy:
    'El servicio remoto está desactivado: las reglas propias del hospital no están en vigor en este equipo.',
  troubles: {
    missing: 'Todavía no han llegado.',
    damaged: 'No se pueden leer.',
    'other-cart': 'Son para otros equipos.',
    'not-yet': 'Empiezan más tarde.',
    expired: 'Han caducado.',
  },
  byRule: (facility, version) => `Reglas de ${facility}, versión ${version}`,
  endsIn: (minutes) =>
    minutes === 1
      ? 'Según el horario del hospital, esto termina en 1 minuto.'
      : `Según el horario del hospital, esto termina en ${minutes} minutos.`,
  endsSoon: 'Según el horario del hospital, esto termina en menos de un minuto.',
  needsSecond: 'Una segunda persona debe aceptar',
  approval: {
    title: 'Una segunda persona debe aceptar',
    statement: (technician) =>
      `El hospital quiere que alguien más acepte antes de que ${technician} pueda hacer esto:`,
    who: '¿Quién acepta?',
    pinOf: (name) => `PIN de ${name}`,
    length: 'De 6 a 12 cifras',
    nobody: 'Según las reglas del hospital, nadie puede aceptar.',
    approve: 'Aceptar',
    refuse: 'No aceptar',
    remove: 'Borrar la última cifra',
    typed: (count) => `${count} cifras escritas`,
    tooShort: 'Un PIN tiene al menos 6 cifras.',
    triesLeft: (count) => (count === 1 ? 'Queda 1 intento' : `Quedan ${count} intentos`),
    timeLeft: 'Tiempo para responder',
    silenceMeansNo: 'Sin respuesta es un no.',
  },
};

const WORDS: Readonly<Record<Language, FacilityWords>> = { en: ENGLISH, de: GERMAN, es: SPANISH };

/** Gives the words of a language. */
export function facilityWords(language: Language): FacilityWords {
  return WORDS[language];
}

/** Writes when it opens: the day and the time on the facility's own clock. */
export function openingText(language: Language, utcMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(utcMs);
}
