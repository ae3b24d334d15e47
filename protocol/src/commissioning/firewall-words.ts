/** The sentences of the request to a firewall team, in each language of the panel. English is what commands and reports use. */
import type { Language } from '@chaperone/domain/notice/notice.ts';

export interface FirewallWords {
  readonly title: string;
  readonly device: string;
  readonly deviceIs: (model: string, serial: string) => string;
  readonly place: string;
  readonly address: string;
  readonly adapter: string;
  readonly gateway: string;
  readonly report: string;
  /** In the place of what nobody knows yet. */
  readonly fillIn: string;
  readonly notAccepted: string;
  readonly static: (address: string, subnet: string) => string;
  readonly dhcp: (address: string, subnet: string) => string;
  readonly wired: string;
  readonly wifi: string;
  readonly allow: string;
  readonly columns: readonly [string, string, string, string, string];
  readonly outbound: string;
  /** By how the purpose of a rule begins in a report. */
  readonly purposes: Readonly<Record<string, string>>;
  readonly optional: string;
  readonly addressMissing: string;
  readonly draft: string;
  readonly opensAll: string;
  readonly forAll: string;
  readonly serversUnseen: string;
  readonly serversUnknown: string;
  readonly proxyUnknown: string;
  readonly proxyLets: (gateway: string) => string;
  readonly clock: string;
  readonly never: string;
  readonly neverNeeded: readonly string[];
  readonly noInspection: (fingerprint: string | null) => string;
  readonly signed: string;
}

export const FIREWALL_WORDS: Readonly<Record<Language, FirewallWords>> = {
  en: {
    title: 'FIREWALL RULES FOR ONE MEDICAL DEVICE',
    device: 'Device',
    deviceIs: (model, serial) => `${model}, serial ${serial}`,
    place: 'Place',
    address: 'Address',
    adapter: 'Adapter',
    gateway: 'Gateway',
    report: 'Report',
    fillIn: '(fill in)',
    notAccepted: 'not accepted yet with these settings',
    static: (address, subnet) => `${address} (fixed), in ${subnet}`,
    dhcp: (address, subnet) => `${address} at the moment, by DHCP from ${subnet}`,
    wired: 'wired',
    wifi: 'wifi',
    allow: 'PLEASE ALLOW',
    columns: ['Source', 'Destination', 'Port', 'Direction', 'For'],
    outbound: 'outbound',
    purposes: {},
    optional: '* The device works without it today; it is the other way of asking for names.',
    addressMissing:
      'The address of the device is not known yet: please fill in the one that it gets, or its subnet.',
    draft:
      'These rules follow from what is set on the device now. Whether they are enough shows when it is validated.',
    opensAll: 'The device opens every connection. Answers belong to the same connection.',
    forAll:
      'Setting up, renewing its certificate, reports and every session go by the rules above: nothing is to be added for them later.',
    serversUnseen:
      'The device asks for names through a service of its own, whose name servers it could not see: ' +
      'please allow UDP and TCP 53 to those that this network uses.',
    serversUnknown:
      'The name servers are not known yet: please allow UDP and TCP 53 to those that this network uses.',
    proxyUnknown:
      'Which proxy the PAC file names is not known yet: please allow its address and port as well.',
    proxyLets: (gateway) =>
      `The proxy lets the device CONNECT to ${gateway}, and does not look into it.`,
    clock:
      'Optional: where the clock of the device is set from the network, UDP 123 (NTP) to the time server of the hospital.',
    never: 'WHAT IS NEVER NEEDED',
    neverNeeded: [
      'No rule inwards: nothing connects to the device.',
      'No other port, and no UDP but for names where they are listed above, and for the clock.',
      'No ICMP from the device, and no answer to ping from the gateway. ' +
        'Routers on the way may send "fragmentation needed" (ICMP type 3 code 4) as for any connection: please let it pass.',
    ],
    noInspection: (fingerprint) =>
      `No TLS inspection. The device believes one root only${fingerprint === null ? '' : ` (SHA-256 ${fingerprint}...)`}; ` +
      'what opens its TLS is refused as a stranger.',
    signed:
      'The report is signed by the device. "chaperone verify FILE" checks it, and that these rules are the ones in it.',
  },
  de: {
    title: 'FIREWALL-REGELN FÜR EIN MEDIZINGERÄT',
    device: 'Gerät',
    deviceIs: (model, serial) => `${model}, Seriennummer ${serial}`,
    place: 'Ort',
    address: 'Adresse',
    adapter: 'Adapter',
    gateway: 'Gateway',
    report: 'Bericht',
    fillIn: '(ergänzen)',
    notAccepted: 'mit diesen Einstellungen noch nicht abgenommen',
    static: (address, subnet) => `${address} (fest), in ${subnet}`,
    dhcp: (address, subnet) => `zurzeit ${address}, von DHCP aus ${subnet}`,
    wired: 'Kabel',
    wifi: 'WLAN',
    allow: 'BITTE ERLAUBEN',
    columns: ['Quelle', 'Ziel', 'Port', 'Richtung', 'Wofür'],
    outbound: 'ausgehend',
    purposes: {
      'service gateway': 'Service-Gateway',
      'HTTP proxy, asked to CONNECT to': 'HTTP-Proxy, mit CONNECT zu',
      'proxy configuration file (PAC)': 'Proxy-Konfigurationsdatei (PAC)',
      'names (DNS)': 'Namen (DNS)',
    },
    optional: '* Das Gerät kommt heute ohne aus; es ist der andere Weg, nach Namen zu fragen.',
    addressMissing:
      'Die Adresse des Geräts ist noch nicht bekannt: Bitte ergänzen Sie die, die es bekommt, oder ihr Subnetz.',
    draft:
      'Diese Regeln folgen aus dem, was am Gerät jetzt eingestellt ist. Ob sie genügen, zeigt seine Prüfung.',
    opensAll: 'Das Gerät baut jede Verbindung selbst auf. Antworten gehören zur selben Verbindung.',
    forAll:
      'Einrichtung, Erneuerung des Zertifikats, Berichte und jede Sitzung gehen über die Regeln oben: Später kommt für sie nichts hinzu.',
    serversUnseen:
      'Das Gerät fragt nach Namen über einen eigenen Dienst, dessen DNS-Server es nicht sehen konnte: ' +
      'Bitte erlauben Sie UDP und TCP 53 zu denen, die dieses Netz benutzt.',
    serversUnknown:
      'Die DNS-Server sind noch nicht bekannt: Bitte erlauben Sie UDP und TCP 53 zu denen, die dieses Netz benutzt.',
    proxyUnknown:
      'Welchen Proxy die PAC-Datei nennt, ist noch nicht bekannt: Bitte erlauben Sie auch dessen Adresse und Port.',
    proxyLets: (gateway) =>
      `Der Proxy lässt das Gerät mit CONNECT zu ${gateway} und sieht nicht hinein.`,
    clock:
      'Wahlweise: Wird die Uhr des Geräts aus dem Netz gestellt, UDP 123 (NTP) zum Zeitserver des Krankenhauses.',
    never: 'WAS NIE GEBRAUCHT WIRD',
    neverNeeded: [
      'Keine Regel nach innen: Nichts verbindet sich mit dem Gerät.',
      'Kein anderer Port, und kein UDP außer für Namen, wo sie oben stehen, und für die Uhr.',
      'Kein ICMP vom Gerät und keine Antwort des Gateways auf Ping. ' +
        'Router unterwegs dürfen „fragmentation needed“ (ICMP Typ 3 Code 4) senden wie bei jeder Verbindung: Bitte lassen Sie es durch.',
    ],
    noInspection: (fingerprint) =>
      `Keine TLS-Inspektion. Das Gerät glaubt nur einer Wurzel${fingerprint === null ? '' : ` (SHA-256 ${fingerprint}...)`}; ` +
      'wer sein TLS öffnet, wird als Fremder abgewiesen.',
    signed:
      'Der Bericht ist vom Gerät unterschrieben. „chaperone verify FILE“ prüft ihn und dass diese Regeln die darin sind.',
  },
  es: {
    title: 'REGLAS DE CORTAFUEGOS PARA UN EQUIPO MÉDICO',
    device: 'Equipo',
    deviceIs: (model, serial) => `${model}, número de serie ${serial}`,
    place: 'Lugar',
    address: 'Dirección',
    adapter: 'Adaptador',
    gateway: 'Pasarela',
    report: 'Informe',
    fillIn: '(completar)',
    notAccepted: 'todavía no aceptado con esta configuración',
    static: (address, subnet) => `${address} (fija), en ${subnet}`,
    dhcp: (address, subnet) => `${address} por ahora, por DHCP de ${subnet}`,
    wired: 'cable',
    wifi: 'Wi-Fi',
    allow: 'PERMITAN, POR FAVOR',
    columns: ['Origen', 'Destino', 'Puerto', 'Sentido', 'Para'],
    outbound: 'saliente',
    purposes: {
      'service gateway': 'pasarela de servicio',
      'HTTP proxy, asked to CONNECT to': 'proxy HTTP, con CONNECT a',
      'proxy configuration file (PAC)': 'archivo de configuración del proxy (PAC)',
      'names (DNS)': 'nombres (DNS)',
    },
    optional: '* Hoy el equipo funciona sin ella; es la otra forma de preguntar por nombres.',
    addressMissing:
      'La dirección del equipo no se conoce todavía: complétenla con la que reciba, o con su subred.',
    draft:
      'Estas reglas se deducen de lo que el equipo tiene configurado ahora. Si bastan, lo muestra su comprobación.',
    opensAll: 'El equipo abre todas las conexiones. Las respuestas pertenecen a la misma conexión.',
    forAll:
      'La instalación, la renovación del certificado, los informes y cada sesión usan las reglas de arriba: no se añade nada después.',
    serversUnseen:
      'El equipo pregunta por nombres a un servicio propio, cuyos servidores DNS no pudo ver: ' +
      'permitan UDP y TCP 53 hacia los que usa esta red.',
    serversUnknown:
      'Los servidores DNS no se conocen todavía: permitan UDP y TCP 53 hacia los que usa esta red.',
    proxyUnknown:
      'No se conoce todavía qué proxy nombra el archivo PAC: permitan también su dirección y su puerto.',
    proxyLets: (gateway) => `El proxy permite al equipo CONNECT a ${gateway} y no mira dentro.`,
    clock:
      'Opcional: si el reloj del equipo se ajusta por la red, UDP 123 (NTP) hacia el servidor horario del hospital.',
    never: 'LO QUE NUNCA HACE FALTA',
    neverNeeded: [
      'Ninguna regla hacia dentro: nada se conecta al equipo.',
      'Ningún otro puerto, y ningún UDP salvo para nombres donde estén arriba, y para el reloj.',
      'Ningún ICMP del equipo ni respuesta de la pasarela al ping. ' +
        'Los encaminadores del camino pueden enviar «fragmentation needed» (ICMP tipo 3 código 4) como en cualquier conexión: déjenlo pasar.',
    ],
    noInspection: (fingerprint) =>
      `Ninguna inspección TLS. El equipo confía en una sola raíz${fingerprint === null ? '' : ` (SHA-256 ${fingerprint}...)`}; ` +
      'quien abra su TLS se rechaza como extraño.',
    signed:
      'El informe está firmado por el equipo. «chaperone verify FILE» lo comprueba, y que estas reglas son las suyas.',
  },
};
