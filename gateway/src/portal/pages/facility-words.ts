/** Words of the pages about the whole facility: sessions, what is held, certificates, policy, patient data, export. */
import type { Language } from './language.ts';

export interface FacilityWords {
  readonly sessions: string;
  readonly held: string;
  readonly certificates: string;
  readonly policy: string;
  readonly phi: string;
  readonly sessionsLead: string;
  readonly heldLead: string;
  readonly certificatesLead: string;
  readonly policyLead: string;
  readonly nothingHeld: string;
  readonly noSessions: string;
  readonly noCertificates: string;
  readonly records: string;
  readonly size: string;
  readonly why: string;
  readonly caseOpen: string;
  readonly beingDestroyed: string;
  readonly notReleased: (count: number) => string;
  readonly infected: (count: number) => string;
  readonly exportsOwed: (count: number) => string;
  readonly ids: string;
  readonly receipt: string;
  readonly download: string;
  readonly destroyed: string;
  readonly carts: string;
  readonly version: string;
  readonly since: string;
  readonly key: string;
  readonly noPolicyTaken: string;
  readonly behind: (version: number) => string;
  readonly upToDate: string;
  readonly none: string;
  readonly brought: string;
  readonly noneBrought: string;
  readonly valid: (from: string, until: string) => string;
  readonly bring: string;
  readonly document: string;
  readonly exportAll: string;
  readonly exportLead: string;
  readonly phiLead: string;
  readonly phiUrl: string;
  readonly phiNoText: string;
  readonly phiDoes: string;
  readonly phiShown: (risks: string, test: string) => string;
}

const ENGLISH: FacilityWords = {
  sessions: 'Sessions',
  held: 'Held now',
  certificates: 'Certificates',
  policy: 'Policy',
  phi: 'Patient data',
  sessionsLead: 'Every remote session on a cart of this facility, the newest first.',
  heldLead:
    'What the service centre holds of this facility now, and why. Names of files are sealed with their case and are not shown here.',
  certificatesLead:
    'Each says that everything of a case was destroyed, and that nothing was found afterwards.',
  policyLead:
    'Your own rules for your carts, signed with your key. A cart keeps to them whatever the service centre asks; this portal only carries them.',
  nothingHeld: 'Nothing is held: every case of this facility is resolved and destroyed.',
  noSessions: 'Nobody was let in to a cart of this facility yet.',
  noCertificates: 'No case of this facility was destroyed yet.',
  records: 'Records',
  size: 'Size',
  why: 'Why',
  caseOpen: 'the case is open',
  beingDestroyed: 'it is being destroyed',
  notReleased: (count) => `${count} not released by the virus scanner`,
  infected: (count) => `${count} infected, held back`,
  exportsOwed: (count) => `${count} exported, deletion not attested yet`,
  ids: 'Technician and workstation, as a policy names them',
  receipt: 'Receipt (JWS)',
  download: 'Signed text (JWS)',
  destroyed: 'Destroyed',
  carts: 'Which cart has which version',
  version: 'Version',
  since: 'Since',
  key: 'Key on the cart (SHA-256)',
  noPolicyTaken: 'none reported',
  behind: (version) => `behind: version ${version} waits for its next connection`,
  upToDate: 'up to date',
  none: 'no policy is meant for it',
  brought: 'Policies that were brought',
  noneBrought: 'No policy was brought yet.',
  valid: (from, until) => `valid from ${from} until ${until}`,
  bring: 'Bring a signed policy',
  document: 'As it was signed',
  exportAll: 'Download all accounts of this facility (TAR)',
  exportLead:
    'Carts, cases, sessions, receipts, certificates, policies and the evidence of every case, as JSON and CSV; the evidence is what the verifier checks. It names no patient. The download is written into the ledger.',
  phiLead:
    'The service centre’s policy on patient data, and beside each sentence what this product does about it.',
  phiUrl: 'The policy in full',
  phiNoText: 'The service centre shows its sentences at the address above. What this product does:',
  phiDoes: 'What the product does',
  phiShown: (risks, test) => `Risk file ${risks}; shown by ${test}`,
};

const GERMAN: FacilityWords = {
  sessions: 'Sitzungen',
  held: 'Jetzt gehalten',
  certificates: 'Bescheinigungen',
  policy: 'Regeln',
  phi: 'Patientendaten',
  sessionsLead: 'Jede Fernsitzung auf einem Gerät dieser Einrichtung, die neueste zuerst.',
  heldLead:
    'Was das Servicezentrum jetzt von dieser Einrichtung hält, und warum. Dateinamen sind mit ihrem Fall versiegelt und stehen hier nicht.',
  certificatesLead:
    'Jede sagt, dass alles eines Falls vernichtet wurde und danach nichts mehr zu finden war.',
  policyLead:
    'Ihre eigenen Regeln für Ihre Geräte, mit Ihrem Schlüssel unterschrieben. Ein Gerät hält sich daran, was immer das Servicezentrum verlangt; dieses Portal befördert sie nur.',
  nothingHeld:
    'Nichts wird gehalten: Jeder Fall dieser Einrichtung ist abgeschlossen und vernichtet.',
  noSessions: 'Noch wurde niemand zu einem Gerät dieser Einrichtung zugelassen.',
  noCertificates: 'Noch wurde kein Fall dieser Einrichtung vernichtet.',
  records: 'Aufzeichnungen',
  size: 'Größe',
  why: 'Warum',
  caseOpen: 'der Fall ist offen',
  beingDestroyed: 'wird gerade vernichtet',
  notReleased: (count) => `${count} vom Virenscanner nicht freigegeben`,
  infected: (count) => `${count} infiziert, zurückgehalten`,
  exportsOwed: (count) => `${count} exportiert, Löschung noch nicht bestätigt`,
  ids: 'Techniker und Arbeitsplatz, wie Regeln sie nennen',
  receipt: 'Quittung (JWS)',
  download: 'Unterschriebener Text (JWS)',
  destroyed: 'Vernichtet',
  carts: 'Welches Gerät welche Version hat',
  version: 'Version',
  since: 'Seit',
  key: 'Schlüssel auf dem Gerät (SHA-256)',
  noPolicyTaken: 'keine gemeldet',
  behind: (version) => `zurück: Version ${version} wartet auf seine nächste Verbindung`,
  upToDate: 'aktuell',
  none: 'keine Regeln sind dafür bestimmt',
  brought: 'Gebrachte Regeln',
  noneBrought: 'Noch wurden keine Regeln gebracht.',
  valid: (from, until) => `gültig von ${from} bis ${until}`,
  bring: 'Unterschriebene Regeln bringen',
  document: 'Wie unterschrieben',
  exportAll: 'Alle Angaben zu dieser Einrichtung herunterladen (TAR)',
  exportLead:
    'Geräte, Fälle, Sitzungen, Quittungen, Bescheinigungen, Regeln und die Nachweise jedes Falls, als JSON und CSV; die Nachweise prüft der Verifizierer. Kein Patient wird genannt. Das Herunterladen steht im Hauptbuch.',
  phiLead:
    'Die Richtlinie des Servicezentrums zu Patientendaten, und neben jedem Satz, was dieses Produkt dafür tut.',
  phiUrl: 'Die ganze Richtlinie',
  phiNoText: 'Das Servicezentrum zeigt seine Sätze unter der Adresse oben. Was dieses Produkt tut:',
  phiDoes: 'Was das Produkt tut',
  phiShown: (risks, test) => `Risikoakte ${risks}; gezeigt von ${test}`,
};

const SPANISH: FacilityWords = {
  sessions: 'Sesiones',
  held: 'Guardado ahora',
  certificates: 'Certificados',
  policy: 'Reglas',
  phi: 'Datos de pacientes',
  sessionsLead: 'Cada sesión remota en un equipo de este centro, la más nueva primero.',
  heldLead:
    'Lo que el centro de servicio guarda ahora de este centro, y por qué. Los nombres de archivos están sellados con su caso y no se muestran aquí.',
  certificatesLead:
    'Cada uno dice que se destruyó todo lo de un caso y que después no se encontró nada.',
  policyLead:
    'Sus propias reglas para sus equipos, firmadas con su clave. Un equipo las cumple, pida lo que pida el centro de servicio; este portal solo las transporta.',
  nothingHeld: 'No se guarda nada: todos los casos de este centro están resueltos y destruidos.',
  noSessions: 'Aún no se ha dejado entrar a nadie a un equipo de este centro.',
  noCertificates: 'Aún no se ha destruido ningún caso de este centro.',
  records: 'Registros',
  size: 'Tamaño',
  why: 'Por qué',
  caseOpen: 'el caso está abierto',
  beingDestroyed: 'se está destruyendo',
  notReleased: (count) => `${count} sin liberar por el antivirus`,
  infected: (count) => `${count} infectados, retenidos`,
  exportsOwed: (count) => `${count} exportados, borrado aún sin certificar`,
  ids: 'Técnico y puesto, como los nombran las reglas',
  receipt: 'Recibo (JWS)',
  download: 'Texto firmado (JWS)',
  destroyed: 'Destruido',
  carts: 'Qué equipo tiene qué versión',
  version: 'Versión',
  since: 'Desde',
  key: 'Clave en el equipo (SHA-256)',
  noPolicyTaken: 'ninguna comunicada',
  behind: (version) => `atrasado: la versión ${version} espera su próxima conexión`,
  upToDate: 'al día',
  none: 'no hay reglas para él',
  brought: 'Reglas traídas',
  noneBrought: 'Aún no se han traído reglas.',
  valid: (from, until) => `válidas desde ${from} hasta ${until}`,
  bring: 'Traer reglas firmadas',
  document: 'Como se firmaron',
  exportAll: 'Descargar todos los datos de este centro (TAR)',
  exportLead:
    'Equipos, casos, sesiones, recibos, certificados, reglas y las pruebas de cada caso, en JSON y CSV; las pruebas son lo que comprueba el verificador. No nombra a ningún paciente. La descarga queda en el libro.',
  phiLead:
    'La política del centro de servicio sobre datos de pacientes y, junto a cada frase, lo que hace este producto.',
  phiUrl: 'La política completa',
  phiNoText:
    'El centro de servicio muestra sus frases en la dirección de arriba. Lo que hace este producto:',
  phiDoes: 'Lo que hace el producto',
  phiShown: (risks, test) => `Expediente de riesgos ${risks}; lo muestra ${test}`,
};

const WORDS: Readonly<Record<Language, FacilityWords>> = { en: ENGLISH, de: GERMAN, es: SPANISH };

export function facilityWordsOf(language: Language): FacilityWords {
  return WORDS[language];
}
