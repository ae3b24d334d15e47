/** The words of the page itself; what a check found is in `findings/`. */
export const LANGUAGES = ['en', 'de', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Words {
  readonly code: Language;
  readonly name: string;
  readonly title: string;
  readonly lead: string;
  readonly language: string;
  readonly drop: string;
  readonly choose: string;
  readonly kinds: string;
  readonly kept: string;
  readonly keptLead: string;
  readonly key: string;
  readonly root: string;
  readonly seen: string;
  readonly witness: string;
  readonly holds: (checks: number) => string;
  readonly fails: (failed: number, checks: number) => string;
  readonly unusable: string;
  readonly trusted: string;
  readonly untrusted: string;
  readonly otherKept: string;
  readonly print: string;
  readonly clear: string;
  readonly checking: string;
  /** What the mark of a check means: it holds, it does not. */
  readonly marks: readonly [string, string];
}

const EN: Words = {
  code: 'en',
  name: 'English',
  title: 'Check the evidence yourself',
  lead: 'Nothing leaves this page: it may connect nowhere, and works with the network unplugged.',
  language: 'Language',
  drop: 'Drop files here',
  choose: 'Choose files',
  kinds:
    'Evidence of a case or of the whole ledger, session receipts, certificates of destruction, acceptance reports, a cart’s journal.',
  kept: 'What you keep yourself',
  keptLead:
    'Without these the page believes the key and the root that came with the file, which whoever made the file could have chosen. They may be dropped as files, too.',
  key: 'The ledger’s key (name+hash+base64)',
  root: 'The root of the carts’ certificates (PEM)',
  seen: 'Checkpoints of the ledger from earlier',
  witness: 'Keys of witnesses of your own, one a line',
  holds: (checks) => `All ${checks} checks hold`,
  fails: (failed, checks) => `${failed} of ${checks} checks do not hold`,
  unusable: 'This cannot be checked',
  trusted: 'Checked against the key and root that you keep.',
  untrusted:
    'Checked against what came with the files; compare the key and the root with what you keep.',
  otherKept: 'This is another key or root than the one you keep. It was not taken.',
  print: 'Print',
  clear: 'Start again',
  checking: 'Checking …',
  marks: ['holds', 'does not hold'],
};

const DE: Words = {
  code: 'de',
  name: 'Deutsch',
  title: 'Prüfen Sie die Nachweise selbst',
  lead: 'Nichts verlässt diese Seite: Sie darf sich nirgendwohin verbinden und arbeitet auch ohne Netz.',
  language: 'Sprache',
  drop: 'Dateien hier ablegen',
  choose: 'Dateien wählen',
  kinds:
    'Nachweise eines Falls oder des ganzen Protokolls, Sitzungsquittungen, Vernichtungsbescheinigungen, Abnahmeberichte, das Journal eines Geräts. Neben jedem Befund stehen die englischen Worte des Programms.',
  kept: 'Was Sie selbst aufbewahren',
  keptLead:
    'Ohne diese Angaben glaubt die Seite dem Schlüssel und der Wurzel aus der Datei; die hätte sich aussuchen können, wer die Datei gemacht hat. Sie lassen sich auch als Dateien ablegen.',
  key: 'Schlüssel des Protokolls (Name+Hash+Base64)',
  root: 'Wurzel der Gerätezertifikate (PEM)',
  seen: 'Frühere Prüfpunkte des Protokolls',
  witness: 'Schlüssel eigener Zeugen, einer je Zeile',
  holds: (checks) => `Alle ${checks} Prüfungen bestanden`,
  fails: (failed, checks) => `${failed} von ${checks} Prüfungen nicht bestanden`,
  unusable: 'Das lässt sich nicht prüfen',
  trusted: 'Geprüft gegen Schlüssel und Wurzel, die Sie aufbewahren.',
  untrusted:
    'Geprüft gegen das, was mit den Dateien kam; vergleichen Sie Schlüssel und Wurzel mit denen, die Sie aufbewahren.',
  otherKept:
    'Dies ist ein anderer Schlüssel oder eine andere Wurzel, als Sie aufbewahren. Nicht übernommen.',
  print: 'Drucken',
  clear: 'Von vorn beginnen',
  checking: 'Wird geprüft …',
  marks: ['bestanden', 'nicht bestanden'],
};

const ES: Words = {
  code: 'es',
  name: 'Español',
  title: 'Compruebe usted mismo las pruebas',
  lead: 'Nada sale de esta página: no puede conectarse a ningún sitio y funciona sin red.',
  language: 'Idioma',
  drop: 'Suelte aquí los archivos',
  choose: 'Elegir archivos',
  kinds:
    'Pruebas de un caso o de todo el registro, recibos de sesión, certificados de destrucción, informes de aceptación, el diario de un equipo. Junto a cada resultado están las palabras del programa, en inglés.',
  kept: 'Lo que usted conserva',
  keptLead:
    'Sin esto, la página cree la clave y la raíz que vienen en el archivo, que pudo elegir quien lo hizo. También puede soltarlos como archivos.',
  key: 'Clave del registro (nombre+hash+base64)',
  root: 'Raíz de los certificados de los equipos (PEM)',
  seen: 'Puntos de control anteriores del registro',
  witness: 'Claves de testigos propios, una por línea',
  holds: (checks) => `Las ${checks} comprobaciones se cumplen`,
  fails: (failed, checks) => `${failed} de ${checks} comprobaciones no se cumplen`,
  unusable: 'Esto no se puede comprobar',
  trusted: 'Comprobado con la clave y la raíz que usted conserva.',
  untrusted:
    'Comprobado con lo que venía con los archivos; compare la clave y la raíz con las que usted conserva.',
  otherKept: 'Es otra clave u otra raíz que la que usted conserva. No se ha tomado.',
  print: 'Imprimir',
  clear: 'Empezar de nuevo',
  checking: 'Comprobando …',
  marks: ['se cumple', 'no se cumple'],
};

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, de: DE, es: ES };

/** The first language of the browser that there are words in. */
export function languageOf(wanted: readonly string[]): Language {
  for (const each of wanted) {
    const found = LANGUAGES.find((language) => each.toLowerCase().startsWith(language));
    if (found !== undefined) return found;
  }
  return 'en';
}
