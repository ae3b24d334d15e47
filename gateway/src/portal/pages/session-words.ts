/** Words of the page of one session: each file that passed, and what became of it. */
import type { FileDirection, FileOutcome } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { Language } from './language.ts';

export interface SessionWords {
  readonly title: (number: string) => string;
  /** The link to the page. */
  readonly each: string;
  readonly files: string;
  readonly lead: string;
  readonly noFiles: string;
  /** The list is not kept: the case is destroyed, or the cart has not sent it. */
  readonly notKept: string;
  readonly when: string;
  readonly direction: string;
  readonly name: string;
  readonly size: string;
  readonly outcome: string;
  readonly directions: Readonly<Record<FileDirection, string>>;
  readonly outcomes: Readonly<Record<FileOutcome, string>>;
  readonly noDigest: string;
  readonly earlier: string;
  readonly later: string;
  readonly back: string;
}

const ENGLISH: SessionWords = {
  title: (number) => `Session of case ${number}`,
  each: 'Each file',
  files: 'Files of this session',
  lead: 'As the cart wrote them down and signed them, while the case lasts. A name may tell of a patient: keep this page as patient data. That you read it is written into the ledger.',
  noFiles: 'No file passed in this session.',
  notKept:
    'The list of files is not here: the cart has not sent it yet, or it was destroyed with the case. The receipt keeps their number and a digest over the list.',
  when: 'When (UTC)',
  direction: 'Direction',
  name: 'Name',
  size: 'Size',
  outcome: 'What became of it',
  directions: { 'from-cart': 'from the cart', 'to-cart': 'to the cart' },
  outcomes: {
    whole: 'whole',
    broken: 'broken off: cut, cancelled or failed',
    refused: 'refused by the cart',
  },
  noDigest: 'none: it did not pass whole',
  earlier: 'Earlier files',
  later: 'Later files',
  back: 'Back to the case',
};

const GERMAN: SessionWords = {
  title: (number) => `Sitzung zu Fall ${number}`,
  each: 'Jede Datei',
  files: 'Dateien dieser Sitzung',
  lead: 'Wie das Gerät sie aufgeschrieben und unterschrieben hat, solange der Fall besteht. Ein Name kann von einer Patientin oder einem Patienten erzählen: Behandeln Sie diese Seite wie Patientendaten. Dass Sie sie lesen, steht im Protokoll.',
  noFiles: 'In dieser Sitzung ging keine Datei hin oder her.',
  notKept:
    'Die Liste der Dateien ist nicht hier: Das Gerät hat sie noch nicht geschickt, oder sie wurde mit dem Fall vernichtet. Der Beleg behält ihre Anzahl und eine Prüfsumme über die Liste.',
  when: 'Wann (UTC)',
  direction: 'Richtung',
  name: 'Name',
  size: 'Größe',
  outcome: 'Was daraus wurde',
  directions: { 'from-cart': 'vom Gerät', 'to-cart': 'zum Gerät' },
  outcomes: {
    whole: 'vollständig',
    broken: 'abgebrochen: unterbrochen, zurückgenommen oder gescheitert',
    refused: 'vom Gerät abgelehnt',
  },
  noDigest: 'keine: nicht vollständig',
  earlier: 'Frühere Dateien',
  later: 'Spätere Dateien',
  back: 'Zurück zum Fall',
};

const SPANISH: SessionWords = {
  title: (number) => `Sesión del caso ${number}`,
  each: 'Cada archivo',
  files: 'Archivos de esta sesión',
  lead: 'Como el equipo los anotó y firmó, mientras dura el caso. Un nombre puede hablar de un paciente: trate esta página como datos de pacientes. Que usted la lee queda en el registro.',
  noFiles: 'En esta sesión no pasó ningún archivo.',
  notKept:
    'La lista de archivos no está aquí: el equipo aún no la ha enviado, o se destruyó con el caso. El recibo conserva su número y un resumen de la lista.',
  when: 'Cuándo (UTC)',
  direction: 'Dirección',
  name: 'Nombre',
  size: 'Tamaño',
  outcome: 'Qué fue de él',
  directions: { 'from-cart': 'desde el equipo', 'to-cart': 'al equipo' },
  outcomes: {
    whole: 'completo',
    broken: 'interrumpido: cortado, cancelado o fallido',
    refused: 'rechazado por el equipo',
  },
  noDigest: 'ninguno: no pasó completo',
  earlier: 'Archivos anteriores',
  later: 'Archivos posteriores',
  back: 'Volver al caso',
};

const WORDS: Readonly<Record<Language, SessionWords>> = {
  en: ENGLISH,
  de: GERMAN,
  es: SPANISH,
};

export function sessionWordsOf(language: Language): SessionWords {
  return WORDS[language];
}
