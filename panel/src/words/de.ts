/** The panel's words in German. */
import type { Words } from './words.ts';

export const de: Words = {
  name: 'Deutsch',
  product: 'Fernwartung',
  chooseLanguage: 'Sprache',
  demo: 'Vorführung – nicht mit einem echten Patientensystem verbunden',
  serial: 'Seriennummer',
  noIndicator: (reason) =>
    `Nur dieses Fenster zeigt, wenn jemand verbunden ist; der Bildschirm selbst nicht: ${reason}`,
  indicatorCovered: 'Die Warnung auf dem Bildschirm ist verdeckt.',
  journalFull:
    'Dieses Gerät kann sein Protokoll nicht schreiben (vielleicht ist die Festplatte voll). Bis dahin lässt sich nichts Neues erlauben. Anhalten und Beenden gehen immer.',
  moment: 'Einen Moment …',
  callCentre: (centre) => `${centre} anrufen`,

  idle: {
    title: 'Dieses Gerät ist geschlossen.',
    statement: 'Niemand kann sich verbinden.',
    callFirst: (centre) => `Zuerst anrufen: ${centre}`,
    thenTouch: 'Dann diese Taste berühren',
    begin: 'Fernwartung',
    licenceEndsSoon: (lastDay) =>
      `Die Lizenz für die Fernwartung endet nach dem ${lastDay}. Bitte sagen Sie es dem Servicezentrum.`,
    licenceExpired: (lastDay) =>
      `Die Lizenz für die Fernwartung ist nach dem ${lastDay} abgelaufen. Niemand kann eingelassen werden, bis das Servicezentrum sie verlängert.`,
    licenceNotYet: (firstDay) =>
      `Die Lizenz für die Fernwartung beginnt am ${firstDay}. Vorher kann niemand eingelassen werden. Stimmt das Datum dieses Geräts?`,
    certificateNotRenewed: (lastDay) =>
      `Das Zertifikat dieses Geräts gilt bis ${lastDay} und konnte noch nicht erneuert werden. Bitte sagen Sie es dem Servicezentrum.`,
    certificateExpired:
      'Das Zertifikat dieses Geräts ist abgelaufen. Niemand kann eingelassen werden, bis ein Servicetechniker das Gerät neu anmeldet.',
    certificateRefused:
      'Das Servicezentrum nimmt das Zertifikat dieses Geräts nicht mehr an. Bitte rufen Sie es an.',
  },
  service: 'Technik',
  notSetUp: {
    title: 'Dieses System ist noch nicht eingerichtet.',
    text: 'Fernhilfe ist noch nicht möglich. Ein Servicetechniker richtet sie ein.',
  },
  notice: {
    policy: 'Regeln für Patientendaten',
    policyShow: 'Adresse zeigen',
    policyHide: 'Adresse ausblenden',
    questions: 'Zweifel? Rufen Sie an',
    timeLeft: 'Zeit zum Antworten',
    silenceMeansNo: 'Keine Antwort heißt Nein.',
    secondsLeft: (seconds) => `Noch ${seconds} Sekunden zum Antworten. Keine Antwort heißt Nein.`,
    accept: 'Annehmen',
    decline: 'Ablehnen',
    unknownVersion:
      'Dieses Fenster kennt den Text nicht, der zuerst gelesen werden muss. Bitte lehnen Sie ab und rufen Sie das Servicezentrum an.',
  },
  dialling: {
    title: (centre) => `Verbindung zu ${centre}`,
    statement: 'Niemand kann dieses Gerät sehen.',
    keepsTrying: 'Das Gerät versucht es von selbst weiter.',
    triesUntil: 'Noch',
    failures: {
      GATEWAY_NAME_UNKNOWN: {
        title: 'Das Servicezentrum wurde im Netz nicht gefunden.',
        text: 'Steckt das Netzwerkkabel, ist das WLAN an? Wenn ja, hilft die IT des Krankenhauses.',
      },
      GATEWAY_UNREACHABLE: {
        title: 'Das Netz reicht nicht bis zum Servicezentrum.',
        text: 'Prüfen Sie Netzwerkkabel oder WLAN. Vielleicht sperrt eine Firewall: Fragen Sie Ihre IT.',
      },
      GATEWAY_TIMED_OUT: {
        title: 'Das Servicezentrum antwortet nicht.',
        text: 'Das Netz ist vielleicht langsam oder gesperrt. Warten Sie, oder rufen Sie an.',
      },
      GATEWAY_UNTRUSTED: {
        title: 'Die Gegenseite konnte nicht beweisen, wer sie ist.',
        text: 'Zur Sicherheit wurde nichts gesendet. Bitte sagen Sie es dem Servicezentrum und Ihrer IT.',
      },
      CART_REFUSED: {
        title: 'Das Servicezentrum nimmt dieses Gerät nicht an.',
        text: 'Die Erlaubnis zur Fernwartung ist vielleicht abgelaufen. Bitte rufen Sie an.',
      },
      GATEWAY_INCOMPATIBLE: {
        title: 'Statt des Servicezentrums antwortet etwas anderes.',
        text: 'Es wurde nichts gesendet. Vielleicht eine Anmeldeseite des WLANs oder eine Firewall: Fragen Sie Ihre IT.',
      },
      CART_CERTIFICATE_EXPIRED: {
        title: 'Die Erlaubnis dieses Geräts zur Fernwartung ist abgelaufen.',
        text: 'Bitte rufen Sie das Servicezentrum an. Dort kann sie erneuert werden.',
      },
      CART_ROOT_RETIRED: {
        title: 'Das Servicezentrum hat seine Schlüssel erneuert, während dieses Gerät aus war.',
        text: 'Bitte rufen Sie das Servicezentrum an: Dieses Gerät muss neu angemeldet werden.',
      },
      CLOCK_SKEWED: {
        title: 'Datum oder Uhrzeit dieses Geräts sind falsch.',
        text: 'Bitte stellen Sie sie richtig, oder rufen Sie das Servicezentrum an.',
      },
      PROXY_UNREACHABLE: {
        title: 'Der Proxy des Krankenhauses ist nicht zu erreichen.',
        text: 'Prüfen Sie Netzwerkkabel oder WLAN. Sind sie in Ordnung, fragen Sie Ihre IT nach dem Proxy.',
      },
      PROXY_NAME_UNKNOWN: {
        title: 'Der Proxy des Krankenhauses wurde im Netz nicht gefunden.',
        text: 'Steckt das Netzwerkkabel, ist das WLAN an? Wenn ja, fragen Sie Ihre IT nach dem Namen des Proxys.',
      },
      PROXY_CREDENTIALS_MISSING: {
        title: 'Der Proxy des Krankenhauses verlangt Name und Passwort.',
        text: 'Dieses Gerät hat keine dafür. Bitte sagen Sie es Ihrer IT.',
      },
      PROXY_CREDENTIALS_REFUSED: {
        title: 'Der Proxy des Krankenhauses nimmt das Passwort dieses Geräts nicht an.',
        text: 'Vielleicht wurde es geändert. Bitte sagen Sie es Ihrer IT.',
      },
      PROXY_AUTHENTICATION_UNKNOWN: {
        title: 'Der Proxy des Krankenhauses verlangt eine Anmeldung, die dieses Gerät nicht kann.',
        text: 'Bitten Sie Ihre IT, dieses Gerät durchzulassen oder Basic oder Digest zu erlauben.',
      },
      PROXY_PORT_REFUSED: {
        title: 'Der Proxy des Krankenhauses verbietet den Weg zum Servicezentrum.',
        text: 'Bitten Sie Ihre IT, ihn zu erlauben.',
      },
      PROXY_GATEWAY_UNREACHABLE: {
        title: 'Der Proxy des Krankenhauses erreicht das Servicezentrum nicht.',
        text: 'Bitte sagen Sie es Ihrer IT. Warten Sie, oder rufen Sie das Servicezentrum an.',
      },
      PROXY_SLOW: {
        title: 'Der Proxy des Krankenhauses antwortet nicht rechtzeitig.',
        text: 'Er ist vielleicht überlastet oder gesperrt. Warten Sie, oder sagen Sie es Ihrer IT.',
      },
      PROXY_NOT_A_PROXY: {
        title: 'Statt des Proxys des Krankenhauses antwortet etwas anderes.',
        text: 'Fragen Sie Ihre IT nach der richtigen Adresse und dem Port.',
      },
      PAC_UNREACHABLE: {
        title: 'Die Proxy-Liste des Krankenhauses (PAC) ist nicht abzurufen.',
        text: 'Prüfen Sie Netzwerkkabel oder WLAN. Sind sie in Ordnung, sagen Sie es Ihrer IT.',
      },
      PAC_BROKEN: {
        title: 'Die Proxy-Liste des Krankenhauses (PAC) ist fehlerhaft.',
        text: 'Bitte sagen Sie es Ihrer IT.',
      },
      PAC_NO_ROAD: {
        title: 'Die Proxy-Liste des Krankenhauses (PAC) nennt keinen Weg für dieses Gerät.',
        text: 'Bitte sagen Sie es Ihrer IT: Dieses Gerät braucht einen Proxy für Webseiten oder einen direkten Weg.',
      },
      SITE_SETTINGS_DAMAGED: {
        title: 'Die Netzeinstellungen dieses Geräts sind beschädigt.',
        text: 'Bitte rufen Sie das Servicezentrum an. Sie müssen neu gesetzt werden.',
      },
      other: {
        title: 'Das Servicezentrum war nicht zu erreichen.',
        text: 'Warten Sie, oder rufen Sie das Servicezentrum an.',
      },
    },
    stop: 'Abbrechen',
  },
  waiting: {
    nobodySees: 'Noch kann niemand dieses Gerät sehen.',
    noCase: {
      title: 'Für dieses Gerät ist kein Servicefall offen.',
      text: 'Bitte rufen Sie das Servicezentrum an und lassen Sie einen eröffnen. Diese Seite ändert sich von selbst.',
    },
    noRequest: {
      title: 'Warten auf die Technikerin oder den Techniker',
      text: 'Das Servicezentrum kennt Ihren Fall. Sobald jemand bereit ist, erscheint hier der Name.',
    },
    choose: 'Wer darf herein?',
    chooseFrom: (count) =>
      `${count} Personen sind bereit. Fragen Sie nach der Zahl, dann berühren Sie den Namen.`,
    caseNumber: 'Servicefall',
    facility: 'Krankenhaus',
    code: 'Fragen Sie am Telefon nach dieser Zahl',
    codeCompare: 'Eine andere Zahl? Nicht erlauben.',
    mayDo: 'Erbeten. Schalten Sie ein, was Sie erlauben.',
    notAsked: 'nicht erbeten',
    onlyLess: 'Während der Verbindung können Sie dies zurücknehmen, aber nichts hinzufügen.',
    allow: (technician) => `${technician} hereinlassen`,
    chooseOne: 'Schalten Sie zuerst mindestens eines ein.',
    back: 'Alle anzeigen',
    leave: 'Beenden',
    goneTechnician: 'Diese Person wartet nicht mehr.',
  },
  activities: {
    view: 'Bildschirm sehen',
    control: 'Gerät bedienen',
    'fetch-files': 'Dateien von hier kopieren',
    'send-files': 'Dateien hierher senden',
  },
  session: {
    active: 'Fernverbindung aktiv',
    paused: 'Angehalten',
    interrupted: 'Verbindung unterbrochen',
    pausing: 'Wird angehalten …',
    resuming: 'Geht weiter …',
    ending: 'Wird beendet …',
    sees: (technician) => `${technician} kann diesen Bildschirm sehen`,
    seesAndControls: (technician) =>
      `${technician} kann diesen Bildschirm sehen und das Gerät bedienen`,
    allowed: (technician) => `${technician} ist zugelassen, sieht aber gerade nicht zu`,
    pausedText: (technician) => `${technician} sieht nichts und kann nichts tun.`,
    lostText: (technician) =>
      `${technician} sieht nichts und kann nichts tun. Das Gerät versucht, sich neu zu verbinden.`,
    returnedText: (technician) =>
      `Das Netz ist zurück. Nur ${technician} kann weitermachen, ohne mehr Rechte.`,
    endsByItselfIn: 'Endet von selbst in',
    mayDo: (technician) => `${technician} darf`,
    mayNotDo: 'nein',
    withdraw: 'Zurücknehmen',
    withdrawLabel: (activity) => `Zurücknehmen: ${activity}`,
    timeLeft: 'Verbleibende Zeit',
    since: (time) => `seit ${time}`,
    code: 'Zahl zum Vergleichen',
    deidentifies: 'Dateien gehen nur anonymisiert hinaus.',
    recordsScreen: 'Das Servicezentrum zeichnet den Bildschirm auf.',
    recorded: 'aufgezeichnet',
    inputRefused: (count) =>
      count === 1
        ? '1 Versuch, das Gerät zu bedienen, wurde abgewehrt.'
        : `${count} Versuche, das Gerät zu bedienen, wurden abgewehrt.`,
    files: 'Dateien',
    noFiles: 'Es wurde keine Datei kopiert.',
    moreFiles: (count) => `und ${count} weitere`,
    waitingFiles: (count) => `${count} warten`,
    pause: 'Anhalten',
    resume: 'Weiter',
    end: 'Beenden',
  },
  transfers: {
    fromCart: 'Von hier',
    toCart: 'Hierher',
    states: {
      preparing: 'Wird anonymisiert',
      moving: 'Läuft',
      interrupted: 'Unterbrochen',
      paused: 'Angehalten',
      done: 'Fertig',
      failed: 'Fehlgeschlagen',
      cancelled: 'Abgebrochen',
    },
    timeLeft: (time) => `noch ${time}`,
  },
  ended: {
    closed: 'Dieses Gerät ist wieder geschlossen. Niemand kann sich verbinden.',
    reasons: {
      'operator-ended': {
        title: 'Sie haben die Verbindung beendet.',
        text: 'Die Verbindung wurde sofort getrennt.',
      },
      'notice-declined': { title: 'Sie haben abgelehnt.', text: 'Es wurde nichts verbunden.' },
      'notice-timed-out': {
        title: 'Keine Antwort, also Nein.',
        text: 'Es wurde nichts verbunden. Sie können jederzeit neu beginnen.',
      },
      'gateway-unreachable': {
        title: 'Das Servicezentrum war nicht zu erreichen.',
        text: 'Bitte rufen Sie dort an, oder versuchen Sie es später noch einmal.',
      },
      'gateway-refused': {
        title: 'Das Servicezentrum nimmt dieses Gerät nicht an.',
        text: 'Bitte rufen Sie das Servicezentrum an.',
      },
      'nobody-granted': {
        title: 'Niemand wurde hereingelassen.',
        text: 'Die Wartezeit ist vorbei. Sie können jederzeit neu beginnen.',
      },
      'technician-left': {
        title: 'Die Technikerin oder der Techniker ist gegangen.',
        text: 'Die Verbindung ist geschlossen.',
      },
      'case-resolved': {
        title: 'Der Servicefall ist abgeschlossen.',
        text: 'Alles, was dafür von hier kopiert wurde, wird vernichtet.',
      },
      'gateway-ended': {
        title: 'Das Servicezentrum hat die Verbindung beendet.',
        text: 'Rufen Sie dort an, wenn Sie das nicht erwartet haben.',
      },
      'connection-lost': {
        title: 'Das Netz kam nicht rechtzeitig zurück.',
        text: 'Zur Sicherheit wurde die Verbindung beendet. Sie können jederzeit neu beginnen.',
      },
      'grant-expired': {
        title: 'Die erlaubte Zeit ist vorbei.',
        text: 'Um weiterzumachen, beginnen Sie neu und erlauben es noch einmal.',
      },
      'session-idle': {
        title: 'Eine Zeit lang geschah nichts.',
        text: 'Zur Sicherheit wurde die Verbindung beendet. Sie können jederzeit neu beginnen.',
      },
      'consent-withdrawn': {
        title: 'Sie haben alles Erlaubte zurückgenommen.',
        text: 'Die Verbindung wurde sofort getrennt.',
      },
      'indicator-lost': {
        title: 'Die Warnung auf dem Bildschirm war nicht zu zeigen.',
        text: 'Darum wurde die Verbindung nach wenigen Sekunden getrennt. Bitte rufen Sie das Servicezentrum an.',
      },
      'facility-closed': {
        title: 'Die Zeiten des Krankenhauses für Fernwartung sind vorbei.',
        text: 'Darum wurde die Verbindung getrennt. Sie können neu beginnen, wenn das Krankenhaus es erlaubt.',
      },
      'agent-stopped': {
        title: 'Das Fernwartungsprogramm wurde angehalten.',
        text: 'Die Verbindung wurde getrennt. Sie können jederzeit neu beginnen.',
      },
    },
    technician: 'Technikerin, Techniker',
    nobody: 'Niemand war hier',
    fetched: 'Von hier kopiert',
    placed: 'Hierher gesendet',
    files: (count) => (count === 0 ? 'nichts' : count === 1 ? '1 Datei' : `${count} Dateien`),
    ok: 'OK',
  },
  problems: {
    AGENT_SILENT:
      'Das Fernwartungsprogramm dieses Geräts antwortet nicht. Berühren Sie noch einmal. Um sicher zu trennen, ziehen Sie das Netzwerkkabel oder schalten das WLAN aus.',
    CREDENTIAL_REFUSED:
      'Dieses Fenster gilt nicht mehr. Schließen Sie es und öffnen Sie die Fernwartung neu.',
    LICENCE_NOT_IN_FORCE:
      'Die Lizenz für die Fernwartung gilt nicht, darum wurde nichts begonnen. Bitte rufen Sie das Servicezentrum an.',
    FEATURE_NOT_LICENSED:
      'Niemand wurde eingelassen: Die Lizenz dieses Geräts enthält das nicht. Bitte rufen Sie das Servicezentrum an.',
    FACILITY_CLOSED:
      'Das Krankenhaus erlaubt zu dieser Zeit keine Fernwartung; es wurde nichts begonnen.',
    FACILITY_POLICY_NOT_IN_FORCE:
      'Die eigenen Regeln des Krankenhauses gelten auf diesem Gerät nicht; es wurde nichts begonnen. Bitte rufen Sie das Servicezentrum an.',
    ACTIVITY_NOT_ALLOWED: 'Niemand wurde zugelassen: Das Krankenhaus erlaubt das nicht.',
    APPROVER_PIN_WRONG: 'Diese PIN ist falsch. Niemand wurde zugelassen.',
    APPROVER_LOCKED: 'Zu viele falsche PINs. Bitte warten Sie. Niemand wurde zugelassen.',
    APPROVER_PIN_NOT_SET: 'Diese Person hat auf diesem Gerät keine PIN. Niemand wurde zugelassen.',
    APPROVAL_NOT_ASKED: 'Die Zeit für die Zustimmung ist vorbei. Niemand wurde zugelassen.',
    APPROVER_UNKNOWN:
      'Das Krankenhaus lässt eine andere Person dem zustimmen. Niemand wurde zugelassen.',
    SECOND_APPROVAL_NEEDED:
      'Das Krankenhaus verlangt, dass eine zweite Person dem zustimmt. Niemand wurde zugelassen. Bitte tippen Sie die Person noch einmal an.',
    CART_NOT_SET_UP:
      'Die Fernwartung ist auf diesem Gerät noch nicht eingerichtet, daher wurde nichts begonnen.',
    COMMISSIONING_UNDER_WAY:
      'Auf diesem Gerät wird gerade etwas eingerichtet, daher wurde nichts begonnen. Bitte warten Sie kurz und tippen Sie noch einmal.',
    OUT_OF_TURN: 'Das ist nicht mehr möglich. Bitte sehen Sie die Seite noch einmal an.',
    NOTICE_OUTDATED:
      'Der Text hat sich geändert. Bitte lesen Sie ihn noch einmal, bevor Sie annehmen.',
    REQUEST_UNKNOWN:
      'Diese Person wartet nicht mehr. Niemand wurde hereingelassen. Bitte sehen Sie die Liste noch einmal an.',
    CONSENT_INVALID:
      'Niemand wurde hereingelassen: Die Anfrage hat sich geändert oder ist abgelaufen. Bitte sehen Sie die Liste noch einmal an.',
    INDICATOR_UNAVAILABLE:
      'Niemand wurde hereingelassen, weil die Warnung auf dem Bildschirm nicht zu sehen ist. Schließen Sie, was davor liegt, oder rufen Sie das Servicezentrum an.',
    JOURNAL_UNWRITABLE:
      'Es wurde nichts erlaubt, weil dieses Gerät sein Protokoll nicht schreiben kann (vielleicht ist die Festplatte voll). Bitte rufen Sie das Servicezentrum an.',
    SESSION_INTERLOCKED: 'Die Fernwartung wird ferngehalten. Erlauben Sie sie zuerst wieder.',
    SESSION_CONTENDED:
      'Im selben Moment hat sich etwas geändert, darum wurde nichts erlaubt. Bitte sehen Sie noch einmal hin und berühren Sie noch einmal.',
    UNMASK_NOT_ASKED:
      'Die Zeit für die Antwort ist vorbei: Es ist nichts weiter zu sehen. Der Techniker kann noch einmal fragen.',
    WATCH_NOT_ASKED:
      'Die Zeit für die Antwort ist vorbei: Niemand sonst sieht zu. Der Techniker kann noch einmal fragen.',
    other: (code) =>
      `Das hat nicht geklappt. Versuchen Sie es noch einmal, oder rufen Sie das Servicezentrum an. (${code})`,
  },
  lost: {
    title: 'Dieses Fenster erreicht das Fernwartungsprogramm nicht mehr.',
    text: 'Es kann nicht sagen, ob jemand verbunden ist.',
    inDoubt: 'Im Zweifel ziehen Sie das Netzwerkkabel oder schalten das WLAN aus.',
    trying: 'Es wird von selbst neu versucht …',
    wasConnected: (technician) => `${technician} war zu diesem Zeitpunkt verbunden.`,
  },
  refused: {
    title: 'Dieses Fenster gilt nicht mehr.',
    text: 'Das Fernwartungsprogramm wurde neu gestartet (das beendet jede Verbindung), oder es wurde ein anderes Fenster geöffnet. Schließen Sie dieses Fenster und öffnen Sie die Fernwartung neu.',
  },
  noCredential: {
    title: 'Bitte öffnen Sie die Fernwartung an diesem Gerät.',
    text: 'Diese Seite geht nur in dem Fenster, das das Gerät selbst öffnet.',
    how: [
      'Schließen Sie diese Seite.',
      'Öffnen Sie die Fernwartung mit der Taste oder dem Menüpunkt dieses Geräts.',
      'Bei einer Vorführung nehmen Sie die ganze Adresse, die beim Start ausgegeben wurde.',
    ],
  },
  unreadable: {
    title: 'Dieses Fenster und das Fernwartungsprogramm passen nicht zusammen.',
    text: 'Es kann nicht sagen, ob jemand verbunden ist. Schließen Sie dieses Fenster und öffnen Sie die Fernwartung neu. Im Zweifel ziehen Sie das Netzwerkkabel oder schalten das WLAN aus.',
  },
  tryAgain: 'Noch einmal',
  minutes: (count) => `${count} Min.`,
};
