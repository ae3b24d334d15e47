/** The mask editor in German. */
import type { MaskEditorWords } from './mask-editor-words.ts';

export const maskEditorDe: MaskEditorWords = {
  title: 'Patientendaten auf dem Bildschirm',
  statement:
    'Was ein Techniker nie ohne ein Ja des Bedieners sieht: auf einem Bild dieser Anzeige eingezeichnet, für jede Ansicht, die sie hat. Ein Bildschirm, der nicht erkannt wird, ist abgedeckt.',
  modes: {
    off: 'In der Konfiguration ist das Abdecken aus: Was hier gezeichnet wird, deckt nichts ab, bis es eingeschaltet ist.',
    configured: 'Abgedeckt ist, was hier gezeichnet ist; von einer unbekannten Ansicht alles.',
    strict: 'Alles ist abgedeckt, außer was als unbedenklich gezeichnet ist.',
  },
  relayed:
    'Dieses Gerät gibt seinen Bildschirm unverändert weiter („screen.encoder.mode“ ist „relay“), deshalb kann nichts abgedeckt werden. Zuerst die Konfiguration ändern.',
  damaged:
    'Die hier gezeichneten Abdeckungen sind nicht lesbar, deshalb ist der ganze Bildschirm abgedeckt. Neu zeichnen oder einlesen.',
  otherSize:
    'Dieses Bild hat eine andere Größe als die vorhandenen Ansichten. Die Anzeige wie zuvor einstellen.',
  when: 'Bild aufnehmen',
  after: (seconds) => (seconds === 0 ? 'jetzt' : `in ${seconds} s`),
  take: 'Bild dieser Anzeige aufnehmen',
  taking: 'Den gemeinten Bildschirm nach vorn holen …',
  staysHere:
    'Das Bild zeigt alles, auch Patientendaten. Es bleibt im Arbeitsspeicher dieses Geräts und wird mit dem Schließen dieser Seite vergessen.',
  layouts: 'Ansichten',
  noLayouts: 'Noch ist keine Ansicht gezeichnet.',
  installed: 'mit der Konfiguration installiert',
  counts: (covered, anchors) => `${covered} abgedeckt · erkannt an ${anchors}`,
  edit: 'Ändern',
  editLabel: (layout) => `Ändern: ${layout}`,
  remove: 'Entfernen',
  removeLabel: (layout) => `Entfernen: ${layout}`,
  removeReally: 'Wirklich entfernen',
  toFile: 'Als Datei sichern',
  fromFile: 'Datei einlesen',
  picture: 'Bild der Anzeige',
  views: { draw: 'Zeichnen', now: 'So ist es zu sehen', unknown: 'Unbekannte Ansicht' },
  viewsLegend: 'Was gezeigt wird',
  done: 'Fertig',
  layoutName: 'Name dieser Ansicht',
  draws: 'Was der nächste Bereich ist',
  kinds: {
    mask: 'Abdecken',
    anchor: 'Erkennen an',
    clear: 'Hier frei',
    always: 'Immer frei',
  },
  kindHints: {
    mask: 'Kann Patientendaten zeigen: Niemand sieht es ohne ein Ja.',
    anchor:
      'Sieht nur in dieser Ansicht so aus, etwa eine Überschrift. Alle müssen übereinstimmen.',
    clear: 'Zeigt in dieser Ansicht nie Patientendaten. Gilt in der Betriebsart „strict“.',
    always: 'Zeigt nie Patientendaten, was immer auf dem Bildschirm ist.',
  },
  add: 'In der Mitte einfügen',
  keys: 'Pfeiltasten bewegen einen Bereich, mit Umschalt ändern sie die Größe, mit Strg je zehn Pixel; Entf löscht ihn.',
  regions: 'Bereiche',
  region: (kind, number) => `${kind}: Nr. ${number}`,
  text: 'Was dort steht',
  numbers: { x: 'Links', y: 'Oben', width: 'Breite', height: 'Höhe' },
  deleteRegion: 'Diesen Bereich löschen',
  lacks: {
    layout: 'Der Ansicht einen Namen mit Buchstaben oder Ziffern geben.',
    anchor: 'Mindestens einen Bereich zeichnen, an dem diese Ansicht erkannt wird.',
    'mask-name': 'Zu jedem abgedeckten Bereich schreiben, was dort steht.',
    'mask-name-twice': 'Zwei abgedeckte Bereiche heißen gleich.',
  },
  tryIt: 'Ausprobieren',
  recognised: (layouts) => `Dieses Bild wird erkannt als: ${layouts}.`,
  notRecognised: 'Dieses Bild wird nicht erkannt.',
  save: 'Speichern',
  saved: (layout) => `Die Ansicht „${layout}“ ist gespeichert und gilt ab der nächsten Sitzung.`,
  refusals: {
    MASKS_PASSED_BY:
      'Dieses Gerät gibt seinen Bildschirm unverändert weiter, deshalb kann nichts abgedeckt werden. Zuerst „screen.encoder.mode“ ändern.',
    MASK_DRAWING_REFUSED:
      'Die Zeichnung ist nicht brauchbar: Ein Bereich zum Erkennen braucht mindestens drei Farben; es gibt höchstens 8 davon und 32 Bereiche einer Art.',
    MASK_FILE_REFUSED: 'Das ist keine Datei mit Abdeckungen für dieses Modell.',
    MASK_LAYOUT_INSTALLED: 'Eine Ansicht dieses Namens ist mit der Konfiguration installiert.',
    MASK_LAYOUT_MISSING: 'Diese Ansicht gibt es nicht mehr.',
    SCREEN_SOURCE_UNREACHABLE: 'Die Anzeige dieses Geräts liefert kein Bild.',
    SNAPSHOT_MISSING: 'Es gibt kein Bild der Anzeige mehr. Noch eines aufnehmen.',
  },
};
