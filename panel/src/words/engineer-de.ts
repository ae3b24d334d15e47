/** The engineer page in German. */
import type { EngineerWords } from './engineer-words.ts';
import { SHORT_DE } from './finding-de.ts';
import { maskEditorDe } from './mask-editor-de.ts';

const DAY = new Intl.DateTimeFormat('de-DE', { dateStyle: 'long', timeZone: 'UTC' });
const MOMENT = new Intl.DateTimeFormat('de-DE', { dateStyle: 'long', timeStyle: 'short' });

export const engineerDe: EngineerWords = {
  steps: 'Schritte',
  stepNames: {
    licence: 'Lizenz',
    network: 'Netzwerk',
    gateway: 'Gateway und Proxy',
    validation: 'Prüfung',
    acceptance: 'Abnahme',
  },
  standings: { done: 'erledigt', open: 'offen', trouble: 'nicht in Ordnung', outdated: 'veraltet' },
  close: 'Seite schließen',
  next: 'Weiter',
  moment: 'Einen Moment …',
  day: (utcMs) => DAY.format(utcMs),
  moments: (utcMs) => MOMENT.format(utcMs),
  seconds: (count) => `${count} Sek.`,
  showSecret: (label) => `Anzeigen: ${label}`,
  hideSecret: (label) => `Verbergen: ${label}`,
  fieldsRefused: 'Etwas ist so nicht verwendbar. Siehe die Felder oben.',
  ledgerDiverged: (moment) =>
    `${moment}: Das Protokoll des Servicezentrums setzt das hier bekannte nicht fort. Melden Sie es ihm und der Einrichtung; „chaperone cart checkpoints“ gibt den Beweis.`,
  pin: {
    title: 'Für Servicetechniker',
    statement: 'Geben Sie die PIN dieses Geräts ein.',
    typed: (digits) => (digits === 1 ? '1 Ziffer eingegeben' : `${digits} Ziffern eingegeben`),
    remove: 'Letzte Ziffer löschen',
    length: 'Sie hat 6 bis 12 Ziffern.',
    tooShort: 'Das ist zu kurz: Die PIN hat 6 bis 12 Ziffern.',
    open: 'Öffnen',
  },
  licence: {
    title: 'Lizenz dieses Geräts',
    statement:
      'Geben Sie die Lizenz so ein, wie sie auf dem Papier steht. Ein Tippfehler fällt auf, bevor etwas gesendet wird.',
    enrolled: 'Dieses Gerät ist angemeldet.',
    certificate: 'Zertifikat',
    certificateUntil: 'Zertifikat bis',
    renewalFrom: 'Erneuerung ab',
    renewalFailed: 'Das Zertifikat konnte nicht erneuert werden:',
    until: 'Lizenz bis',
    noEnd: 'unbefristet',
    features: 'Erlaubt',
    waits: 'Auf diesem Gerät wartet eine Lizenz.',
    waitsWhy: 'Sie wird nach jeder Änderung des Netzwerks und bei jeder Prüfung wieder versucht.',
    lastTry: 'Beim letzten Versuch:',
    tryNow: 'Jetzt versuchen',
    code: 'Lizenzcode',
    codeHint: '20 Zeichen. Groß und klein, Leerzeichen und Bindestriche sind egal.',
    fingerprint: 'Fingerabdruck der Wurzel',
    fingerprintHint:
      'Mindestens die ersten 20 Zeichen. Leer lassen, wenn das Gerät im Lager vorbereitet wurde.',
    enrol: 'Gerät anmelden',
    enrolling: 'Wird angemeldet …',
    fingerprintNeeded: 'Mindestens die ersten 20 Zeichen.',
    another: 'Andere Lizenz verwenden',
    keep: 'Bisherige Lizenz behalten',
  },
  network: {
    title: 'Netzwerk',
    trouble: 'Das Netzwerk dieses Geräts kann hier nicht eingestellt werden.',
    nothing: 'Es gibt keine Netzwerkschnittstelle.',
    asItIs: 'So lassen, wie es ist',
    addressing: 'IPv4-Adresse',
    dhcp: 'Von DHCP',
    fixed: 'Fest',
    address: 'Adresse',
    prefix: 'Präfixlänge oder Maske',
    router: 'Router (Standardgateway)',
    nameServer: (number) => `DNS-Server ${number}`,
    nameServerInstead: (number) => `DNS-Server ${number}, statt dem von DHCP`,
    login: 'Die Dose verlangt eine Anmeldung (802.1X)',
    peap: 'PEAP mit MSCHAPv2. Dem Anmeldeserver wird anhand von Zertifizierungsstelle und Name vertraut.',
    identity: 'Konto',
    password: 'Kennwort',
    anonymous: 'Äußerer Name (freiwillig)',
    loginServer: 'Name des Anmeldeservers',
    ca: 'CA-Zertifikat des Anmeldeservers (PEM)',
    caFile: 'Aus einer Datei nehmen',
    apply: 'Diese Einstellungen erproben',
    trying: 'Wird erprobt …',
    wayBack:
      'Wird das Gateway nicht rechtzeitig erreicht, kommen die bisherigen Einstellungen von selbst zurück.',
    goBack: 'Jetzt zurück',
    tryingOn: (name) => `Wird auf ${name} erprobt`,
    kept: (name) => `${name} ist eingestellt, und das Gateway wird erreicht.`,
    rolledBack: (name) => `${name} hat wieder die bisherigen Einstellungen.`,
    keepAnyway: 'Diese Einstellung trotzdem behalten',
    keepAnywayMeans:
      'Verbindung, Adresse und Router waren da: Die Einstellung bleibt, obwohl das Gateway nicht erreicht wird, und das Gerät kann erst betreut werden, wenn die IT den Weg öffnet.',
    wayBackAnyway:
      'Fehlt die Verbindung, die Adresse oder ein Router, der antwortet, kommen die bisherigen Einstellungen von selbst zurück.',
    keptAnyway: (name) =>
      `${name} ist eingestellt. Ob das Gateway erreicht wird, wurde nicht geprüft: Prüfen Sie die Strecke, wenn die IT den Weg geöffnet hat.`,
    noAddress: 'keine Adresse',
    states: {
      up: 'verbunden',
      connecting: 'wird verbunden',
      down: 'keine Verbindung',
      off: 'nicht verwaltet',
    },
    scan: 'WLANs suchen',
    scanning: 'Wird gesucht …',
    inReach: 'WLANs in Reichweite',
    noneInReach: 'Kein WLAN ist in Reichweite.',
    noName: '(Name nicht gesendet)',
    notUsable: 'Dieses WLAN ist nicht verwendbar.',
    signal: 'Signalstärke',
    ssid: 'Name des WLANs (SSID)',
    band: 'Frequenzband',
    anyBand: 'Beide',
    hidden: 'Das WLAN sendet seinen Namen nicht',
    security: 'Sicherheit',
    personal: 'WPA2-Personal (Passwort)',
    enterprise: 'WPA2-Enterprise (Konto)',
    passphrase: 'WLAN-Passwort',
    securities: {
      open: 'offen',
      wep: 'WEP',
      wpa: 'WPA',
      'wpa2-personal': 'WPA2-Personal',
      'wpa2-enterprise': 'WPA2-Enterprise',
      other: 'andere',
    },
  },
  gateway: {
    title: 'Gateway und Proxy',
    host: 'Gateway: Name oder IP-Adresse',
    port: 'Portnummer',
    serverName: 'Name im Zertifikat des Gateways',
    serverNameHint: 'Er wird auch geprüft, wenn das Gateway über seine Adresse erreicht wird.',
    save: 'Speichern und weiter',
  },
  proxy: {
    title: 'Proxy des Krankenhauses',
    none: 'Keiner',
    manual: 'Mit Adresse',
    pac: 'PAC-Datei',
    host: 'Proxy: Name oder IP-Adresse',
    url: 'Adresse der PAC-Datei',
    login: 'Der Proxy verlangt Name und Kennwort',
    name: 'Benutzername',
    password: 'Kennwort',
  },
  validation: {
    title: 'Prüfung',
    statement: 'Der ganze Weg zur Servicezentrale wird angesehen. Das dauert etwa zehn Sekunden.',
    idle: 'Auch eine ungenutzte Verbindung beobachten',
    idleFor: (seconds) => (seconds === 0 ? 'Nein' : `${Math.round(seconds / 60)} Min.`),
    begin: 'Prüfen',
    again: 'Noch einmal prüfen',
    stop: 'Abbrechen',
    passed: 'Dieses Gerät erreicht die Servicezentrale.',
    incomplete:
      'Der Weg wurde nicht bis zum Ende geprüft: Auf Zertifikat, Lizenz und Tunnel kommt es an.',
    failed:
      'Dieses Gerät erreicht die Servicezentrale noch nicht. Lesen Sie das der IT des Krankenhauses vor:',
    steps: {
      link: 'Verbindung zur Dose',
      address: 'IP-Adresse',
      route: 'Weg nach außen',
      names: 'Namen (DNS)',
      port: 'TCP-Port',
      proxy: 'Proxyserver',
      inspection: 'TLS-Inspektion',
      certificate: 'Zertifikate',
      clock: 'Uhr',
      'path-mtu': 'Lange Pakete (Pfad-MTU)',
      licence: 'Lizenz',
      tunnel: 'Tunnelverbindung',
      idle: 'Ungenutzte Verbindung',
    },
    results: {
      passed: 'gut',
      warned: 'geht, aber',
      failed: 'geht nicht',
      'left-out': 'ausgelassen',
    },
  },
  acceptance: {
    title: 'Abnahme',
    statement:
      'Der Bericht wird mit dem Schlüssel dieses Geräts unterschrieben und an die Servicezentrale gesendet.',
    anew: 'Nach einer Änderung: noch einmal prüfen und einen neuen Bericht unterschreiben.',
    facility: 'Krankenhaus',
    signedBy: 'Unterschrieben von',
    outOfDate:
      'Dieser Bericht gilt für frühere Einstellungen. Prüfen Sie, und unterschreiben Sie einen neuen.',
    by: 'Ihr Name',
    sign: 'Bericht unterschreiben',
    signed: 'Der Abnahmebericht ist unterschrieben.',
    report: 'Bericht',
    when: 'Unterschrieben',
    received: 'Bei der Servicezentrale eingegangen',
    worthless: 'Der zuletzt unterschriebene Bericht gilt nicht',
    notReceived: 'noch nicht; er wird von selbst erneut gesendet',
    show: 'Bericht zeigen',
    hide: 'Bericht verbergen',
    print: 'Bericht drucken',
    savePage: 'Bericht speichern',
    firewall: 'Text für das Firewall-Team',
    copy: 'Kopieren',
    copied: 'Kopiert',
    saveText: 'Text speichern',
  },
  refusals: {
    ...maskEditorDe.refusals,
    ACCEPTANCE_FILE_DAMAGED:
      'Ein Bericht auf dem Gerät ist beschädigt und wird nicht verwendet. Prüfen Sie, und unterschreiben Sie einen neuen.',
    ACCEPTANCE_REFUSED:
      'Das Gateway hat ihn abgelehnt; er wird nicht erneut gesendet. Prüfen Sie, und unterschreiben Sie einen neuen. Wird auch der abgelehnt, fragen Sie das Servicezentrum.',
    FIELDS_REFUSED: 'Eine Angabe ist nicht verwendbar. Sehen Sie sich die Felder an.',
    IDENTITY_DAMAGED:
      'Die Identität des Geräts auf seinem Datenträger ist beschädigt. Es braucht eine neue Lizenz.',
    LICENCE_EXPIRED:
      'Dieser Code wurde nicht rechtzeitig verwendet. Bitten Sie die Servicezentrale um eine neue Lizenz.',
    LICENCE_FOR_ANOTHER_CART:
      'Diese Lizenz gehört zu einem anderen Gerät. Vergleichen Sie die Seriennummer mit dem Typenschild.',
    LICENCE_RETIRED: 'Die Servicezentrale hat diese Lizenz zurückgezogen. Bitten Sie um eine neue.',
    MALFORMED_LICENCE:
      'Diese Lizenz ist nicht lesbar. Bitten Sie die Servicezentrale noch einmal darum.',
    NETWORK_CHANGE_UNDONE: 'Diese Einstellungen hielten nicht: Die bisherigen sind wieder da.',
    NETWORK_PROFILE_REFUSED:
      'Diese Netzwerkeinstellungen sind nicht verwendbar. Sehen Sie sich die Felder an.',
    NOT_ENROLLED: 'Dieses Gerät hat noch kein Zertifikat. Zuerst kommt seine Lizenz.',
    PANEL_BUSY: 'Es sind zu viele Seiten dieses Geräts offen. Schließen Sie eine.',
    RATE_LIMITED: 'Das war zu viel auf einmal. Warten Sie kurz, und versuchen Sie es noch einmal.',
    REQUEST_MALFORMED:
      'Das Gerät hat nicht verstanden, was diese Seite gesendet hat. Laden Sie die Seite neu.',
    REQUEST_TOO_LARGE: 'Das ist mehr, als das Gerät annimmt. Ist es die richtige Datei?',
    REQUEST_TOO_SLOW: 'Das kam nicht rechtzeitig beim Gerät an. Versuchen Sie es noch einmal.',
    SITE_SETTINGS_DAMAGED:
      'Die Einstellungen dieses Ortes auf dem Datenträger sind beschädigt. Geben Sie Gateway und Proxy neu ein.',
    VALIDATION_STOPPED: 'Die Prüfung wurde abgebrochen.',
    WAITING_LICENCE_DAMAGED:
      'Die Lizenz, die auf dem Gerät wartete, ist beschädigt. Geben Sie ihren Code ein, oder bringen Sie die Datei noch einmal.',
    AGENT_SILENT: 'Das Gerät antwortet nicht. Versuchen Sie es noch einmal.',
    ALREADY_ENROLLED: 'Dieses Gerät ist schon angemeldet.',
    CART_NOT_SET_UP: 'Dieses Gerät hat noch kein Zertifikat. Geben Sie zuerst seine Lizenz ein.',
    COMMISSIONING_UNDER_WAY: 'Es läuft schon etwas. Warten Sie, bis es zu Ende ist.',
    ENGINEER_CLOSED: 'Diese Seite wurde geschlossen. Öffnen Sie sie mit der PIN.',
    ENGINEER_LOCKED: 'Zu viele falsche PINs. Warten Sie:',
    ENGINEER_PIN_NOT_SET:
      'Auf diesem Gerät ist keine PIN gesetzt. Setzen Sie eine als root: chaperone cart engineer-pin --pin-file DATEI --config DATEI',
    ENGINEER_PIN_WRONG: 'Diese PIN ist falsch.',
    ENROLMENT_ANSWER_REFUSED:
      'Die Antwort des Gateways ist nicht verwendbar. Das Gerät ist, wie es war.',
    ENROLMENT_REFUSED: 'Das Gateway hat die Anmeldung abgelehnt. Fragen Sie die Servicezentrale.',
    ENROLMENT_UNREACHABLE:
      'Das Gateway ist nicht erreichbar. Stellen Sie zuerst das Netzwerk ein; nichts geht verloren.',
    GATEWAY_BY_OTHER_INTERFACE:
      'Das Gateway wird über einen anderen Anschluss erreicht: Über diesen ist nichts bewiesen. Trennen Sie den anderen und versuchen Sie es noch einmal.',
    GATEWAY_NOT_VERIFIED:
      'Das Zertifikat des Gateways wird nicht anerkannt. Prüfen Sie die Uhr dieses Geräts und den Namen des Gateways.',
    INTERNAL_FAULT: 'Auf dem Gerät ging etwas schief. Sein Protokoll sagt, was.',
    JOURNAL_UNWRITABLE: 'Der Datenträger ist voll: Nichts kann geändert werden, bis Platz ist.',
    LICENCE_SERIAL_MISMATCH:
      'Diese Lizenz ist für ein anderes Gerät. Vergleichen Sie die Seriennummer.',
    LICENCE_UNKNOWN:
      'Das Gateway kennt diese Lizenz nicht. Vergleichen Sie sie, oder fragen Sie die Servicezentrale.',
    LICENCE_USED: 'Diese Lizenz ist verbraucht. Bitten Sie die Servicezentrale um eine neue.',
    LOGIN_METHOD_REFUSED: 'Der Anmeldeserver nimmt kein PEAP mit MSCHAPv2.',
    LOGIN_NO_ANSWER: 'Der Anmeldeserver hat nicht geantwortet.',
    LOGIN_REFUSED:
      'Das Netz hat Konto oder Kennwort zurückgewiesen; es wurde nicht noch einmal versucht, damit kein Konto gesperrt wird.',
    LOGIN_SERVER_UNTRUSTED:
      'Der Anmeldeserver zeigte ein Zertifikat einer anderen Stelle oder eines anderen Namens.',
    LOGIN_TLS_TOO_OLD: 'Der Anmeldeserver spricht nur altes TLS.',
    NETWORK_CHANGE_UNDER_WAY:
      'Es werden schon Einstellungen erprobt. Warten Sie, bis das zu Ende ist.',
    NETWORK_INTERFACE_UNKNOWN: 'Diese Schnittstelle gibt es nicht mehr.',
    NETWORK_MANAGER_AWAY:
      'NetworkManager läuft auf diesem Gerät nicht. Das Netzwerk wird anders eingestellt; weiter mit dem Gateway.',
    NETWORK_MANAGER_REFUSED: 'NetworkManager hat abgelehnt. Sein eigenes Protokoll sagt, warum.',
    NETWORK_MANAGER_SILENT:
      'NetworkManager antwortet nicht. Versuchen Sie es noch einmal, oder starten Sie das Gerät neu.',
    NETWORK_FIXED_IN_DEMO:
      'Die Vorführung lässt das Netzwerk dieses Rechners in Ruhe; weiter mit dem Gateway.',
    NETWORK_PROFILE_NOT_ACTIVATED: 'Mit diesen Einstellungen kam keine Verbindung zustande.',
    NETWORK_PROFILE_NOT_TAKEN: 'NetworkManager hat diese Einstellungen nicht angenommen.',
    NOT_ACTIVATED: 'Mit diesen Einstellungen kam keine Verbindung zustande.',
    NOT_APPLIED: 'Diese Einstellungen konnten nicht angewendet werden.',
    NOT_KEPT: 'Diese Einstellungen gingen, konnten aber nicht behalten werden.',
    REPORT_MISSING: 'Es gibt noch keinen Bericht.',
    RESTARTED:
      'Das Gerät wurde mittendrin neu gestartet, deshalb kamen die bisherigen Einstellungen zurück.',
    ROOT_FINGERPRINT_MISMATCH:
      'Das ist nicht das Gateway der Lizenz. Der Code wurde nicht gesendet. Vergleichen Sie die Adresse des Gateways und den Fingerabdruck.',
    SESSION_UNDER_WAY: 'Auf diesem Gerät läuft eine Fernsitzung. Beenden Sie sie zuerst.',
    TIMED_OUT: 'Das Gateway wurde nicht rechtzeitig erreicht.',
    VALIDATION_INCOMPLETE:
      'Die letzte Prüfung kam nicht bis zu Zertifikat, Lizenz und Tunnel. Prüfen Sie noch einmal, bis zum Ende.',
    VALIDATION_MISSING: 'Seit der letzten Änderung wurde nichts geprüft. Prüfen Sie zuerst.',
    VALIDATION_NOT_PASSED:
      'Die letzte Prüfung ging nicht gut aus. Beheben Sie, was sie sagt, und prüfen Sie noch einmal.',
    VALIDATION_OVERTAKEN:
      'Während der Prüfung wurde etwas geändert, deshalb zählt sie nicht. Prüfen Sie noch einmal.',
    WIFI_ADAPTER_AWAY: 'Der WLAN-Adapter antwortet nicht.',
    WIFI_SCAN_FAILED: 'Der Adapter konnte nicht nach WLANs suchen. Versuchen Sie es noch einmal.',
    WITHDRAWN: 'Es wurde zurückgenommen, bevor es behalten wurde.',
  },
  otherRefusal: (code) => `Das ging nicht (${code}).`,
  fields: {
    ACCEPTED_BY_MISSING: 'Geben Sie Ihren Namen ein, höchstens 100 Zeichen.',
    EAP_ANONYMOUS_IDENTITY_WRONG:
      'Der äußere Name hat 1 bis 253 Byte ohne Steuerzeichen. Geben Sie ihn neu ein, oder lassen Sie ihn weg.',
    EAP_CA_HAS_KEY:
      'In dieser Datei ist ein privater Schlüssel. Er gehört nicht auf das Gerät: Sagen Sie es der IT, und bitten Sie um das Zertifikat allein.',
    EAP_CA_MALFORMED:
      'Das sind keine Zertifikate in PEM (BEGIN CERTIFICATE … END CERTIFICATE). Bitten Sie die IT um das CA-Zertifikat als PEM.',
    EAP_CA_MISSING:
      'Ohne das CA-Zertifikat des Anmeldeservers kann sich jeder dafür ausgeben. Bitten Sie die IT um das CA-Zertifikat (PEM).',
    EAP_CA_TOO_MANY: 'Das sind mehr Zertifikate, als ein Server braucht: höchstens 16, in 64 KiB.',
    EAP_IDENTITY_MISSING: 'Geben Sie den Namen des Kontos ein.',
    EAP_IDENTITY_WRONG:
      'Der Name hat höchstens 253 Byte ohne Steuerzeichen. Geben Sie ihn ein, wie die IT ihn geschrieben hat.',
    EAP_METHOD_REFUSED:
      'Nur PEAP mit MSCHAPv2 geht. Bitten Sie die IT um ein Konto, das sich so anmeldet.',
    EAP_PASSWORD_MISSING: 'Geben Sie das Kennwort des Kontos ein.',
    EAP_PASSWORD_WRONG: 'Ein Kennwort hat höchstens 256 Zeichen, ohne Steuerzeichen.',
    EAP_SERVER_NAME_MISSING:
      'Geben Sie den Namen im Zertifikat des Anmeldeservers ein, etwa radius.klinik.example.',
    EAP_SERVER_NAME_TOO_WIDE:
      'Dieser Name gilt für weit mehr als ein Krankenhaus. Geben Sie den Namen des Anmeldeservers ein.',
    EAP_SERVER_NAME_WRONG:
      'Das ist kein vollständiger DNS-Name wie radius.klinik.example: keine Adresse, kein Platzhalter, keine Liste.',
    FACILITY_MISSING: 'Geben Sie den Namen des Krankenhauses ein, höchstens 200 Zeichen.',
    FINGERPRINT_MALFORMED:
      'Der Fingerabdruck hat 64 Zeichen aus 0–9 und a–f; geben Sie alle oder mindestens die ersten 20 ein.',
    FINGERPRINT_MISSING:
      'Geben Sie den Fingerabdruck von der Lizenz ein: mindestens die ersten 20 Zeichen.',
    FINGERPRINT_NOT_CONFIGURED:
      'Die Konfiguration dieses Wagens nennt eine andere Wurzel; eine andere wählt nur, wer diese Datei ändern darf. Vergleichen Sie die Lizenz mit dem Servicezentrum.',
    HOST_MALFORMED:
      'Geben Sie einen Namen wie gateway.example.com oder eine IP-Adresse ein, ohne „https://“ und ohne Port.',
    IPV4_IS_A_NAME: 'Geben Sie die Adresse als Zahl ein, nicht als Namen: etwa 192.0.2.7.',
    IPV4_IS_BROADCAST:
      'Das ist die Broadcast-Adresse des Netzes. Geben Sie die Adresse ein, die die IT nannte.',
    IPV4_IS_IPV6:
      'Das sieht nach IPv6 aus oder hat einen Port. Geben Sie eine IPv4-Adresse wie 192.0.2.7 ein.',
    IPV4_IS_SUBNET:
      'Das ist der Name des ganzen Netzes. Geben Sie die Adresse ein, die die IT nannte.',
    IPV4_LINK_LOCAL:
      'Adressen mit 169.254. vergeben Geräte sich selbst. Geben Sie die Adresse ein, die die IT nannte.',
    IPV4_LOOPBACK:
      'Adressen mit 127. meinen das Gerät selbst. Geben Sie die Adresse ein, die die IT nannte.',
    IPV4_MALFORMED: 'Geben Sie vier Zahlen von 0 bis 255 mit Punkten ein: etwa 192.0.2.7.',
    IPV4_MISSING: 'Geben Sie hier eine Adresse ein: etwa 192.0.2.7.',
    IPV4_MULTICAST: 'Das ist eine Multicast-Adresse. Geben Sie die Adresse ein, die die IT nannte.',
    IPV4_RESERVED: 'Diese Adresse ist reserviert. Geben Sie die Adresse ein, die die IT nannte.',
    IPV4_UNSPECIFIED:
      'Diese Adresse bedeutet „keine“. Geben Sie die Adresse ein, die die IT nannte.',
    IPV4_WITH_PREFIX: 'Ohne „/“ und was danach kommt: Die Präfixlänge hat ein eigenes Feld.',
    LICENCE_CODE_MISTYPED:
      'Dieser Lizenzcode hat einen Tippfehler. Vergleichen Sie ihn mit der Lizenz; nichts ist verbraucht.',
    NAME_SERVERS_TOO_MANY: 'Höchstens drei DNS-Server.',
    NAME_SERVER_IS_OWN_ADDRESS: 'Geben Sie die Adresse des DNS-Servers ein, nicht die des Geräts.',
    NAME_SERVER_TWICE: 'Dieser DNS-Server steht zweimal da: Lassen Sie einen weg.',
    PAC_URL_MALFORMED:
      'Geben Sie die ganze Adresse der PAC-Datei ein, etwa http://proxy.example/proxy.pac.',
    PORT_MALFORMED: 'Ein Port ist eine Zahl von 1 bis 65535.',
    PREFIX_OUT_OF_RANGE: 'Geben Sie eine Präfixlänge von 1 bis 30 ein, etwa 24 für 255.255.255.0.',
    PROXY_NAME_MALFORMED:
      'Geben Sie den Namen für den Proxy ein, ohne Doppelpunkt; oder wählen Sie, dass er keinen verlangt.',
    PROXY_PASSWORD_MISSING: 'Geben Sie das Kennwort für den Proxy ein.',
    ROUTER_IS_OWN_ADDRESS: 'Das ist die Adresse des Geräts selbst. Geben Sie die des Routers ein.',
    ROUTER_OUTSIDE_SUBNET:
      'Der Router muss im Netz des Geräts liegen. Prüfen Sie Adresse, Präfixlänge und Router.',
    SERVER_NAME_MALFORMED:
      'Geben Sie den Namen im Zertifikat des Gateways ein, etwa gateway.example.com; eine IP-Adresse ist es nicht.',
    WIFI_ADAPTER_LACKS_AES: 'Der Adapter dieses Geräts kann kein WPA2 mit AES.',
    WIFI_BAND_LACKING: 'Der Adapter dieses Geräts hat dieses Frequenzband nicht.',
    WIFI_OPEN:
      'Ein offenes WLAN ist nicht erlaubt: Jeder könnte mithören. Bitten Sie um eines mit WPA2.',
    WIFI_PASSPHRASE_CHARACTER:
      'Ein WPA2-Passwort hat nur Buchstaben ohne Umlaute und Akzente, Ziffern, Leerzeichen und Satzzeichen.',
    WIFI_PASSPHRASE_LONG:
      'Ein WPA2-Passwort hat höchstens 63 Zeichen, oder es ist ein Schlüssel aus 64 hexadezimalen Ziffern.',
    WIFI_PASSPHRASE_MISSING: 'Geben Sie das WLAN-Passwort ein.',
    WIFI_PASSPHRASE_SHORT:
      'Ein WPA2-Passwort hat mindestens 8 Zeichen. Fragen Sie die IT nach dem richtigen.',
    WIFI_SECURITY_UNKNOWN: 'Diese Sicherheit kennt das Gerät nicht. Bitten Sie um WPA2 mit AES.',
    WIFI_SSID_INVISIBLE:
      'In diesem Namen sind unsichtbare Zeichen. Er könnte ein anderes WLAN nachahmen: Fragen Sie die IT.',
    WIFI_SSID_LONG: 'Der Name eines WLANs hat höchstens 32 Byte.',
    WIFI_SSID_MISSING: 'Der Name des WLANs fehlt. Wählen Sie eines, oder geben Sie ihn ein.',
    WIFI_TKIP: 'TKIP ist gebrochen und nicht erlaubt. Bitten Sie um WPA2 mit AES allein.',
    WIFI_WEP: 'WEP ist gebrochen und nicht erlaubt. Bitten Sie um WPA2 mit AES.',
    WIFI_WPA3_ONLY: 'Dieses WLAN nimmt nur WPA3. Bitten Sie um WPA2 mit AES.',
    WIFI_WPA_ONE: 'Das alte WPA ist nicht erlaubt. Bitten Sie um WPA2 mit AES.',
  },
  findings: SHORT_DE,
};
