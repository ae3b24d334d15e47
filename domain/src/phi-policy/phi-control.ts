/**
 * What the product does about patient data: a closed list of facts, each with the row of docs/risk.md that says how and the test that
 * shows it. Beside each sentence of a service centre's policy stand those that keep it; a policy that names one that is not here does not
 * start, so that nothing is promised that nothing does. Decision 0040.
 */
import type { Language } from '../notice/notice.ts';

export const PHI_CONTROL_IDS = [
  'consent',
  'visible',
  'known-people',
  'encrypted-road',
  'sealed-at-rest',
  'scan',
  'no-copies',
  'de-identification',
  'destruction',
  'evidence',
  'facility-policy',
] as const;
export type PHIControlId = (typeof PHI_CONTROL_IDS)[number];

export interface PHIControl {
  readonly does: Readonly<Record<Language, string>>;
  /** Rows of docs/risk.md. */
  readonly risks: readonly string[];
  /** A path of the repository. */
  readonly test: string;
}

export const PHI_CONTROLS: Readonly<Record<PHIControlId, PHIControl>> = {
  consent: {
    does: {
      en: 'Nothing is dialled before the operator accepts the notice, and nobody is in before the operator touches a name. Seeing, controlling and copying are switched on one by one.',
      de: 'Nichts wird gewählt, bevor die Bedienperson den Hinweis annimmt, und niemand ist verbunden, bevor sie einen Namen berührt. Sehen, Steuern und Kopieren werden einzeln erlaubt.',
      es: 'No se marca nada antes de que el operador acepte el aviso, y nadie entra antes de que toque un nombre. Ver, controlar y copiar se permiten por separado.',
    },
    risks: ['P1', 'P5', 'P6'],
    test: 'domain/src/session/session.test.ts',
  },
  visible: {
    does: {
      en: 'While somebody is in, the cart’s own screen says who and what for, shows every file that is copied, and has Pause and End one touch away.',
      de: 'Solange jemand verbunden ist, nennt der Bildschirm des Geräts Person und Zweck, zeigt jede kopierte Datei, und Anhalten und Beenden sind eine Berührung entfernt.',
      es: 'Mientras alguien está conectado, la pantalla del equipo dice quién y para qué, muestra cada archivo copiado, y Pausar y Terminar están a un toque.',
    },
    risks: ['P8', 'P13'],
    test: 'test/pages/panel.test.ts',
  },
  'known-people': {
    does: {
      en: 'Only a technician who is designated for the case, signed in at two gates, at a licensed workstation, can ask to come in. The cart checks the workstation’s signature itself.',
      de: 'Nur wer für den Fall benannt und an zwei Stellen angemeldet ist, an einem lizenzierten Arbeitsplatz, kann um Einlass bitten. Das Gerät prüft die Unterschrift des Arbeitsplatzes selbst.',
      es: 'Solo puede pedir entrada un técnico designado para el caso, identificado en dos puertas, en un puesto con licencia. El equipo comprueba por sí mismo la firma del puesto.',
    },
    risks: ['D13', 'D15'],
    test: 'test/hostile/gateway/statements.test.ts',
  },
  'encrypted-road': {
    does: {
      en: 'Everything travels over one connection that the cart itself opens, with TLS 1.3 and certificates on both sides. Nothing can connect to a cart.',
      de: 'Alles läuft über eine Verbindung, die das Gerät selbst öffnet, mit TLS 1.3 und Zertifikaten auf beiden Seiten. Nichts kann sich mit einem Gerät verbinden.',
      es: 'Todo viaja por una conexión que abre el propio equipo, con TLS 1.3 y certificados en ambos lados. Nada puede conectarse a un equipo.',
    },
    risks: ['D14'],
    test: 'cart/src/tunnel/tunnel.test.ts',
  },
  'sealed-at-rest': {
    does: {
      en: 'What is copied is sealed under a key of its case before it touches a disk, and opens for no other case.',
      de: 'Was kopiert wird, ist mit einem Schlüssel seines Falls versiegelt, bevor es einen Datenträger berührt, und öffnet sich für keinen anderen Fall.',
      es: 'Lo copiado se sella con una clave de su caso antes de tocar un disco, y no se abre para ningún otro caso.',
    },
    risks: ['D1', 'D4'],
    test: 'gateway/src/vault/vault.test.ts',
  },
  scan: {
    does: {
      en: 'Every file is held back until a virus scanner with current definitions has found it clean, on its way to a technician and on its way to a cart.',
      de: 'Jede Datei wird zurückgehalten, bis ein Virenscanner mit aktuellen Definitionen sie sauber fand, auf dem Weg zu Technikern und auf dem Weg zum Gerät.',
      es: 'Cada archivo se retiene hasta que un antivirus con definiciones actuales lo da por limpio, camino del técnico y camino del equipo.',
    },
    risks: ['D12'],
    test: 'gateway/src/vault/record/quarantine.test.ts',
  },
  'no-copies': {
    does: {
      en: 'Technicians look at records in the console. A copy that leaves it is a permission of its own with a reason, is counted, and its deletion is attested before the case can be resolved.',
      de: 'Techniker sehen Aufzeichnungen in der Konsole an. Eine Kopie nach außen ist eine eigene Erlaubnis mit Grund, wird gezählt, und ihre Löschung wird bestätigt, bevor der Fall abgeschlossen wird.',
      es: 'Los técnicos miran los registros en la consola. Una copia fuera de ella es un permiso propio con motivo, se cuenta, y su borrado se certifica antes de resolver el caso.',
    },
    risks: ['D2'],
    test: 'domain/src/record-export/record-export.test.ts',
  },
  'de-identification': {
    does: {
      en: 'Where the case or the facility wants it, what tells who the patient is is taken out before a file is used: tags, nested items and text in the picture. What has no rule is refused.',
      de: 'Wo Fall oder Einrichtung es wollen, wird vor der Nutzung entfernt, was den Patienten erkennen lässt: Merkmale, verschachtelte Einträge und Text im Bild. Wofür es keine Regel gibt, wird abgelehnt.',
      es: 'Cuando el caso o el centro lo piden, se quita lo que identifica al paciente antes de usar un archivo: etiquetas, elementos anidados y texto en la imagen. Lo que no tiene regla se rechaza.',
    },
    risks: ['D9'],
    test: 'domain/src/deidentification/deidentification.test.ts',
  },
  destruction: {
    does: {
      en: 'Resolving a case destroys its key in all copies and everything under it at once, looks for what could be left, and only then certifies it with a signature.',
      de: 'Wird ein Fall abgeschlossen, werden sein Schlüssel in allen Kopien und alles darunter sofort vernichtet; es wird nach Resten gesucht und erst dann mit Unterschrift bescheinigt.',
      es: 'Al resolver un caso se destruyen enseguida su clave en todas las copias y todo lo que cubre, se busca lo que pudiera quedar, y solo entonces se certifica con firma.',
    },
    risks: ['D2', 'D3'],
    test: 'domain/src/destruction/destruction.test.ts',
  },
  evidence: {
    does: {
      en: 'Cart and service centre each keep a log that cannot be changed unseen. The facility can check every session and certificate with a program of its own, offline.',
      de: 'Gerät und Servicezentrum führen je ein Protokoll, das sich nicht unbemerkt ändern lässt. Die Einrichtung prüft jede Sitzung und Bescheinigung mit einem eigenen Programm, ohne Netz.',
      es: 'El equipo y el centro de servicio llevan cada uno un registro que no se puede cambiar sin que se note. El centro sanitario comprueba cada sesión y certificado con un programa propio, sin red.',
    },
    risks: ['D7', 'D8'],
    test: 'verify/src/verify.test.ts',
  },
  'facility-policy': {
    does: {
      en: 'A facility can sign rules of its own: hours, people, activities, types of files, a second approval. The cart keeps to them whatever the service centre asks.',
      de: 'Eine Einrichtung kann eigene Regeln unterschreiben: Zeiten, Personen, Tätigkeiten, Dateiarten, eine zweite Zustimmung. Das Gerät hält sich daran, was immer das Servicezentrum verlangt.',
      es: 'Un centro puede firmar reglas propias: horario, personas, actividades, tipos de archivo, una segunda aprobación. El equipo las cumple, pida lo que pida el centro de servicio.',
    },
    risks: ['D39'],
    test: 'test/hostile/gateway/facility-policy.test.ts',
  },
};
