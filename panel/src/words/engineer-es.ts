/** The engineer page in Spanish. */
import type { EngineerWords } from './engineer-words.ts';
import { SHORT_ES } from './finding-es.ts';
import { maskEditorEs } from './mask-editor-es.ts';

const DAY = new Intl.DateTimeFormat('es-ES', { dateStyle: 'long', timeZone: 'UTC' });
const MOMENT = new Intl.DateTimeFormat('es-ES', { dateStyle: 'long', timeStyle: 'short' });

export const engineerEs: EngineerWords = {
  steps: 'Pasos',
  stepNames: {
    licence: 'Licencia',
    network: 'Red',
    gateway: 'Pasarela y proxy',
    validation: 'Comprobación',
    acceptance: 'Aceptación',
  },
  standings: {
    done: 'hecho',
    open: 'pendiente',
    trouble: 'no está bien',
    outdated: 'desactualizado',
  },
  close: 'Cerrar esta página',
  next: 'Siguiente',
  moment: 'Un momento …',
  day: (utcMs) => DAY.format(utcMs),
  moments: (utcMs) => MOMENT.format(utcMs),
  seconds: (count) => `${count} seg`,
  showSecret: (label) => `Mostrar: ${label}`,
  hideSecret: (label) => `Ocultar: ${label}`,
  fieldsRefused: 'Algo no se puede usar tal como está. Vea los campos de arriba.',
  ledgerDiverged: (moment) =>
    `${moment}: el registro del centro de servicio no continúa el conocido aquí. Avise al centro de servicio y al hospital; «chaperone cart checkpoints» da la prueba.`,
  pin: {
    title: 'Para técnicos de servicio',
    statement: 'Escriba el PIN de este equipo.',
    typed: (digits) => (digits === 1 ? '1 cifra escrita' : `${digits} cifras escritas`),
    remove: 'Borrar la última cifra',
    length: 'Tiene de 6 a 12 cifras.',
    tooShort: 'Es demasiado corto: el PIN tiene de 6 a 12 cifras.',
    open: 'Abrir',
  },
  licence: {
    title: 'Licencia de este equipo',
    statement:
      'Escriba la licencia tal como está en el papel. Un error se nota antes de enviar nada.',
    enrolled: 'Este equipo está inscrito.',
    certificate: 'Certificado',
    certificateUntil: 'Certificado hasta',
    renewalFrom: 'Renovación desde',
    renewalFailed: 'No se pudo renovar el certificado:',
    until: 'Licencia hasta',
    noEnd: 'sin fin',
    features: 'Permite',
    waits: 'Hay una licencia en espera en este equipo.',
    waitsWhy: 'Se intenta otra vez tras cada cambio de la red y con cada comprobación.',
    lastTry: 'En el último intento:',
    tryNow: 'Intentar ahora',
    code: 'Código de licencia',
    codeHint: '20 caracteres. No importan mayúsculas, espacios ni guiones.',
    fingerprint: 'Huella de la raíz',
    fingerprintHint:
      'Al menos sus 20 primeros caracteres. Déjela vacía si el equipo se preparó en el almacén.',
    enrol: 'Inscribir este equipo',
    enrolling: 'Inscribiendo …',
    fingerprintNeeded: 'Al menos sus 20 primeros caracteres.',
    another: 'Usar otra licencia',
    keep: 'Conservar la licencia actual',
  },
  network: {
    title: 'Red',
    trouble: 'La red de este equipo no se puede ajustar aquí.',
    nothing: 'No hay ninguna interfaz de red.',
    asItIs: 'Dejarla como está',
    addressing: 'Dirección IPv4',
    dhcp: 'Por DHCP',
    fixed: 'Fija',
    address: 'Dirección',
    prefix: 'Longitud de prefijo o máscara',
    router: 'Router (puerta de enlace)',
    nameServer: (number) => `Servidor DNS ${number}`,
    nameServerInstead: (number) => `Servidor DNS ${number}, en lugar del de DHCP`,
    login: 'La toma pide identificarse (802.1X)',
    peap: 'PEAP con MSCHAPv2. Se confía en el servidor de acceso por su autoridad y su nombre.',
    identity: 'Cuenta',
    password: 'Contraseña',
    anonymous: 'Nombre externo (opcional)',
    loginServer: 'Nombre del servidor de acceso',
    ca: 'Certificado de la CA del servidor de acceso (PEM)',
    caFile: 'Tomarlo de un archivo',
    apply: 'Probar estos ajustes',
    trying: 'Probando …',
    wayBack: 'Si no se alcanza la pasarela a tiempo, vuelven solos los ajustes de antes.',
    goBack: 'Volver ahora',
    tryingOn: (name) => `Probando en ${name}`,
    kept: (name) => `${name} está ajustada y se alcanza la pasarela.`,
    rolledBack: (name) => `${name} tiene otra vez sus ajustes de antes.`,
    keepAnyway: 'Conservar este ajuste de todos modos',
    keepAnywayMeans:
      'Había enlace, dirección y router: el ajuste se conserva aunque no se alcance la pasarela, y no se podrá dar servicio al equipo hasta que Informática abra el camino.',
    wayBackAnyway:
      'Si no hay enlace, dirección o un router que responda, vuelven solos los ajustes de antes.',
    keptAnyway: (name) =>
      `${name} está ajustada. No se ha comprobado si se alcanza la pasarela: valide cuando Informática haya abierto el camino.`,
    noAddress: 'sin dirección',
    states: { up: 'conectada', connecting: 'conectando', down: 'sin enlace', off: 'no gestionada' },
    scan: 'Buscar redes Wi-Fi',
    scanning: 'Buscando …',
    inReach: 'Redes Wi-Fi al alcance',
    noneInReach: 'No hay ninguna red al alcance.',
    noName: '(nombre no enviado)',
    notUsable: 'Esta red no se puede usar.',
    signal: 'Señal',
    ssid: 'Nombre de la red (SSID)',
    band: 'Banda',
    anyBand: 'Las dos',
    hidden: 'La red no envía su nombre',
    security: 'Seguridad',
    personal: 'WPA2-Personal (contraseña)',
    enterprise: 'WPA2-Enterprise (cuenta)',
    passphrase: 'Contraseña de la red',
    securities: {
      open: 'abierta',
      wep: 'WEP',
      wpa: 'WPA',
      'wpa2-personal': 'WPA2-Personal',
      'wpa2-enterprise': 'WPA2-Enterprise',
      other: 'otra',
    },
  },
  gateway: {
    title: 'Pasarela y proxy',
    host: 'Pasarela: nombre o dirección IP',
    port: 'Puerto',
    serverName: 'Nombre en el certificado de la pasarela',
    serverNameHint: 'Se comprueba también cuando se llama a la pasarela por su dirección.',
    save: 'Guardar y seguir',
  },
  proxy: {
    title: 'Proxy del hospital',
    none: 'Ninguno',
    manual: 'Por dirección',
    pac: 'Archivo PAC',
    host: 'Proxy: nombre o dirección IP',
    url: 'Dirección del archivo PAC',
    login: 'El proxy pide nombre y contraseña',
    name: 'Nombre',
    password: 'Contraseña',
  },
  validation: {
    title: 'Comprobación',
    statement: 'Se mira todo el camino hasta el centro de servicio. Tarda unos diez segundos.',
    idle: 'Observar también una conexión sin uso',
    idleFor: (seconds) => {
      if (seconds === 0) return 'Sin ella';
      const minutes = Math.round(seconds / 60);
      return minutes === 1 ? '1 minuto' : `${minutes} minutos`;
    },
    begin: 'Comprobar',
    again: 'Comprobar otra vez',
    stop: 'Parar',
    passed: 'Este equipo llega al centro de servicio.',
    incomplete:
      'El camino no se comprobó hasta el final: cuentan el certificado, la licencia y el túnel.',
    failed:
      'Este equipo todavía no llega al centro de servicio. Lea esto a los informáticos del hospital:',
    steps: {
      link: 'Enlace',
      address: 'Dirección',
      route: 'Ruta',
      names: 'Nombres (DNS)',
      port: 'Puerto TCP',
      proxy: 'Servidor proxy',
      inspection: 'Inspección de TLS',
      certificate: 'Certificados',
      clock: 'Reloj',
      'path-mtu': 'Paquetes largos (MTU del camino)',
      licence: 'Licencia',
      tunnel: 'Túnel',
      idle: 'Conexión sin uso',
    },
    results: { passed: 'bien', warned: 'funciona, pero', failed: 'falló', 'left-out': 'omitido' },
  },
  acceptance: {
    title: 'Aceptación',
    statement: 'El informe se firma con la clave de este equipo y se envía al centro de servicio.',
    anew: 'Después de un cambio, compruebe otra vez y firme un informe nuevo.',
    facility: 'Centro sanitario',
    signedBy: 'Firmado por',
    outOfDate: 'Este informe es de una configuración anterior. Compruebe y firme uno nuevo.',
    by: 'Su nombre',
    sign: 'Firmar el informe',
    signed: 'El informe de aceptación está firmado.',
    report: 'Informe',
    when: 'Firmado',
    received: 'Recibido en el centro de servicio',
    worthless: 'El último informe firmado no vale',
    notReceived: 'todavía no; se vuelve a enviar solo',
    show: 'Mostrar el informe',
    hide: 'Ocultar el informe',
    print: 'Imprimir el informe',
    savePage: 'Guardar el informe',
    firewall: 'Texto para el equipo del cortafuegos',
    copy: 'Copiar',
    copied: 'Copiado',
    saveText: 'Guardar el texto',
  },
  refusals: {
    ...maskEditorEs.refusals,
    ACCEPTANCE_FILE_DAMAGED:
      'Un informe en el disco del equipo está dañado y no se usa. Compruebe y firme uno nuevo.',
    ACCEPTANCE_REFUSED:
      'La pasarela lo ha rechazado y no se vuelve a enviar. Compruebe y firme uno nuevo. Si también se rechaza, pregunte al centro de servicio.',
    FIELDS_REFUSED: 'Algún dato no sirve. Revise los campos.',
    IDENTITY_DAMAGED:
      'La identidad del equipo en su disco está dañada. Necesita una licencia nueva.',
    LICENCE_EXPIRED:
      'Este código no se usó a tiempo. Pida una licencia nueva al centro de servicio.',
    LICENCE_FOR_ANOTHER_CART:
      'Esta licencia es de otro equipo. Compare el número de serie con la placa.',
    LICENCE_RETIRED: 'El centro de servicio retiró esta licencia. Pida una nueva.',
    MALFORMED_LICENCE: 'Esta licencia no se puede leer. Pídala otra vez al centro de servicio.',
    NETWORK_CHANGE_UNDONE: 'Esta configuración no se mantuvo: ha vuelto la anterior.',
    NETWORK_PROFILE_REFUSED: 'Esta configuración de red no sirve. Revise los campos.',
    NOT_ENROLLED: 'Este equipo aún no tiene certificado. Primero hace falta su licencia.',
    PANEL_BUSY: 'Hay demasiadas páginas de este equipo abiertas. Cierre una.',
    RATE_LIMITED: 'Fue demasiado a la vez. Espere un momento e inténtelo otra vez.',
    REQUEST_MALFORMED: 'El equipo no entendió lo que envió esta página. Vuelva a cargarla.',
    REQUEST_TOO_LARGE: 'Es más de lo que admite el equipo. ¿Es el archivo correcto?',
    REQUEST_TOO_SLOW: 'No llegó a tiempo al equipo. Inténtelo otra vez.',
    SITE_SETTINGS_DAMAGED:
      'La configuración de este lugar en el disco está dañada. Introduzca de nuevo la pasarela y el proxy.',
    VALIDATION_STOPPED: 'La comprobación se detuvo.',
    WAITING_LICENCE_DAMAGED:
      'La licencia que esperaba en el disco está dañada. Introduzca su código o traiga otra vez el archivo.',
    AGENT_SILENT: 'El equipo no responde. Inténtelo otra vez.',
    ALREADY_ENROLLED: 'Este equipo ya está inscrito.',
    CART_NOT_SET_UP: 'Este equipo no tiene certificado todavía. Escriba primero su licencia.',
    COMMISSIONING_UNDER_WAY: 'Ya se está haciendo algo. Espere a que termine.',
    ENGINEER_CLOSED: 'Esta página se cerró. Ábrala con el PIN.',
    ENGINEER_LOCKED: 'Demasiados PIN erróneos. Espere:',
    ENGINEER_PIN_NOT_SET:
      'Este equipo no tiene PIN. Ponga uno como root: chaperone cart engineer-pin --pin-file ARCHIVO --config ARCHIVO',
    ENGINEER_PIN_WRONG: 'Este PIN es erróneo.',
    ENROLMENT_ANSWER_REFUSED:
      'La respuesta de la pasarela no se puede usar. El equipo está como estaba.',
    ENROLMENT_REFUSED:
      'La pasarela se negó a inscribir este equipo. Pregunte al centro de servicio.',
    ENROLMENT_UNREACHABLE: 'No se alcanza la pasarela. Ajuste primero la red; no se pierde nada.',
    GATEWAY_BY_OTHER_INTERFACE:
      'La pasarela se alcanza por otra interfaz: de esta no se ha comprobado nada. Desconecte la otra e inténtelo de nuevo.',
    GATEWAY_NOT_VERIFIED:
      'No se acepta el certificado de la pasarela. Compruebe el reloj de este equipo y el nombre de la pasarela.',
    INTERNAL_FAULT: 'Algo falló en el equipo. Su registro dice qué.',
    JOURNAL_UNWRITABLE: 'El disco está lleno: no se puede cambiar nada hasta que haya sitio.',
    LICENCE_SERIAL_MISMATCH: 'Esta licencia es de otro equipo. Compare el número de serie.',
    LICENCE_UNKNOWN:
      'La pasarela no conoce esta licencia. Compárela o pregunte al centro de servicio.',
    LICENCE_USED: 'Esta licencia ya se usó. Pida una nueva al centro de servicio.',
    LOGIN_METHOD_REFUSED: 'El servidor de acceso no admite PEAP con MSCHAPv2.',
    LOGIN_NO_ANSWER: 'El servidor de acceso no respondió.',
    LOGIN_REFUSED:
      'La red rechazó la cuenta o la contraseña; no se intentó otra vez para que no se bloquee ninguna cuenta.',
    LOGIN_SERVER_UNTRUSTED:
      'El servidor de acceso mostró un certificado de otra autoridad o de otro nombre.',
    LOGIN_TLS_TOO_OLD: 'El servidor de acceso solo habla TLS antiguo.',
    NETWORK_CHANGE_UNDER_WAY: 'Ya se están probando ajustes. Espere a que termine.',
    NETWORK_INTERFACE_UNKNOWN: 'Esa interfaz ya no existe.',
    NETWORK_MANAGER_AWAY:
      'NetworkManager no funciona en este equipo. La red se ajusta de otra manera; siga con la pasarela.',
    NETWORK_MANAGER_REFUSED: 'NetworkManager se negó. Su propio registro dice por qué.',
    NETWORK_MANAGER_SILENT: 'NetworkManager no responde. Inténtelo otra vez o reinicie el equipo.',
    NETWORK_FIXED_IN_DEMO: 'La demostración no toca la red de este equipo; siga con la pasarela.',
    NETWORK_PROFILE_NOT_ACTIVATED: 'La red no se conectó con estos ajustes.',
    NETWORK_PROFILE_NOT_TAKEN: 'NetworkManager no tomó estos ajustes.',
    NOT_ACTIVATED: 'La red no se conectó con estos ajustes.',
    NOT_APPLIED: 'No se pudieron aplicar estos ajustes.',
    NOT_KEPT: 'Estos ajustes funcionaron, pero no se pudieron guardar.',
    REPORT_MISSING: 'Todavía no hay informe.',
    RESTARTED: 'El equipo se reinició a la mitad, así que volvieron los ajustes de antes.',
    ROOT_FINGERPRINT_MISMATCH:
      'Esta no es la pasarela de la licencia. El código no se envió. Compare la dirección de la pasarela y la huella.',
    SESSION_UNDER_WAY: 'Hay una sesión remota en este equipo. Termínela primero.',
    TIMED_OUT: 'No se alcanzó la pasarela a tiempo.',
    VALIDATION_INCOMPLETE:
      'La última comprobación no llegó al certificado, la licencia y el túnel. Compruebe otra vez, hasta el final.',
    VALIDATION_MISSING: 'No se comprobó nada desde el último cambio. Compruebe primero.',
    VALIDATION_NOT_PASSED:
      'La última comprobación falló. Corrija lo que dice y compruebe otra vez.',
    VALIDATION_OVERTAKEN:
      'Algo se cambió durante la comprobación, así que no cuenta. Compruebe otra vez.',
    WIFI_ADAPTER_AWAY: 'El adaptador Wi-Fi no responde.',
    WIFI_SCAN_FAILED: 'El adaptador no pudo buscar redes. Inténtelo otra vez.',
    WITHDRAWN: 'Se retiró antes de guardarse.',
  },
  otherRefusal: (code) => `Eso no funcionó (${code}).`,
  fields: {
    ACCEPTED_BY_MISSING: 'Escriba su nombre, como mucho 100 caracteres.',
    EAP_ANONYMOUS_IDENTITY_WRONG:
      'El nombre externo tiene de 1 a 253 bytes sin caracteres de control. Escríbalo otra vez o déjelo vacío.',
    EAP_CA_HAS_KEY:
      'En este archivo hay una clave privada. No debe estar en el equipo: dígalo a los informáticos y pida solo el certificado.',
    EAP_CA_MALFORMED:
      'No son certificados en PEM (BEGIN CERTIFICATE … END CERTIFICATE). Pida el certificado de la CA en PEM.',
    EAP_CA_MISSING:
      'Sin el certificado de la CA del servidor de acceso cualquiera puede hacerse pasar por él. Pídalo (PEM).',
    EAP_CA_TOO_MANY:
      'Son más certificados de los que necesita un servidor: como mucho 16, en 64 KiB.',
    EAP_IDENTITY_MISSING: 'Escriba el nombre de la cuenta.',
    EAP_IDENTITY_WRONG:
      'El nombre tiene como mucho 253 bytes sin caracteres de control. Escríbalo tal como se lo dieron.',
    EAP_METHOD_REFUSED: 'Solo se admite PEAP con MSCHAPv2. Pida una cuenta que entre así.',
    EAP_PASSWORD_MISSING: 'Escriba la contraseña de la cuenta.',
    EAP_PASSWORD_WRONG:
      'Una contraseña tiene como mucho 256 caracteres, sin caracteres de control.',
    EAP_SERVER_NAME_MISSING:
      'Escriba el nombre en el certificado del servidor de acceso, como radius.hospital.example.',
    EAP_SERVER_NAME_TOO_WIDE:
      'Este nombre abarca mucho más que un hospital. Escriba el nombre del servidor de acceso.',
    EAP_SERVER_NAME_WRONG:
      'No es un nombre DNS completo como radius.hospital.example: ni dirección, ni comodín, ni lista.',
    FACILITY_MISSING: 'Escriba el nombre del hospital, como mucho 200 caracteres.',
    FINGERPRINT_MALFORMED:
      'La huella tiene 64 caracteres de 0–9 y a–f; escríbalos todos o al menos los 20 primeros.',
    FINGERPRINT_MISSING: 'Escriba la huella de la licencia: al menos los 20 primeros caracteres.',
    FINGERPRINT_NOT_CONFIGURED:
      'La configuración de este carro nombra otra raíz; solo quien puede cambiar ese archivo elige otra. Compare la licencia con el centro de servicio.',
    HOST_MALFORMED:
      'Escriba un nombre como gateway.example.com o una dirección IP, sin «https://» y sin puerto.',
    IPV4_IS_A_NAME: 'Escriba la dirección con números, no con un nombre: por ejemplo 192.0.2.7.',
    IPV4_IS_BROADCAST: 'Es la dirección de difusión de la red. Escriba la que le dieron.',
    IPV4_IS_IPV6: 'Parece IPv6 o tiene un puerto. Escriba una dirección IPv4 como 192.0.2.7.',
    IPV4_IS_SUBNET: 'Es el nombre de toda la red. Escriba la dirección que le dieron.',
    IPV4_LINK_LOCAL:
      'Las direcciones 169.254. se las dan los equipos a sí mismos. Escriba la que le dieron.',
    IPV4_LOOPBACK: 'Las direcciones 127. son el propio equipo. Escriba la que le dieron.',
    IPV4_MALFORMED: 'Escriba cuatro números de 0 a 255 con puntos: por ejemplo 192.0.2.7.',
    IPV4_MISSING: 'Escriba aquí una dirección: por ejemplo 192.0.2.7.',
    IPV4_MULTICAST: 'Es una dirección de multidifusión. Escriba la que le dieron.',
    IPV4_RESERVED: 'Esta dirección está reservada. Escriba la que le dieron.',
    IPV4_UNSPECIFIED: 'Esta dirección significa «ninguna». Escriba la que le dieron.',
    IPV4_WITH_PREFIX: 'Sin «/» ni lo que sigue: la longitud de prefijo tiene su propio campo.',
    LICENCE_CODE_MISTYPED:
      'Este código tiene un error. Compárelo con la licencia; no se ha gastado nada.',
    NAME_SERVERS_TOO_MANY: 'Como mucho tres servidores DNS.',
    NAME_SERVER_IS_OWN_ADDRESS: 'Escriba la dirección del servidor DNS, no la del equipo.',
    NAME_SERVER_TWICE: 'Este servidor DNS está dos veces: quite uno.',
    PAC_URL_MALFORMED:
      'Escriba la dirección completa del archivo PAC, como http://proxy.example/proxy.pac.',
    PORT_MALFORMED: 'Un puerto es un número de 1 a 65535.',
    PREFIX_OUT_OF_RANGE: 'Escriba una longitud de 1 a 30, como 24 para 255.255.255.0.',
    PROXY_NAME_MALFORMED:
      'Escriba el nombre para el proxy, sin dos puntos; o elija que no pide ninguno.',
    PROXY_PASSWORD_MISSING: 'Escriba la contraseña para el proxy.',
    ROUTER_IS_OWN_ADDRESS: 'Es la dirección del propio equipo. Escriba la del router.',
    ROUTER_OUTSIDE_SUBNET:
      'El router tiene que estar en la red del equipo. Compruebe dirección, prefijo y router.',
    SERVER_NAME_MALFORMED:
      'Escriba el nombre en el certificado de la pasarela, como gateway.example.com; no es una dirección IP.',
    WIFI_ADAPTER_LACKS_AES: 'El adaptador de este equipo no puede WPA2 con AES.',
    WIFI_BAND_LACKING: 'El adaptador de este equipo no tiene esta banda.',
    WIFI_OPEN: 'No se permite una red abierta: cualquiera podría escuchar. Pida una con WPA2.',
    WIFI_PASSPHRASE_CHARACTER:
      'Una contraseña WPA2 solo tiene letras sin tilde, cifras, espacios y signos.',
    WIFI_PASSPHRASE_LONG:
      'Una contraseña WPA2 tiene como mucho 63 caracteres, o es una clave de 64 cifras hexadecimales.',
    WIFI_PASSPHRASE_MISSING: 'Escriba la contraseña de la red.',
    WIFI_PASSPHRASE_SHORT: 'Una contraseña WPA2 tiene al menos 8 caracteres. Pida la correcta.',
    WIFI_SECURITY_UNKNOWN: 'El equipo no conoce esta seguridad. Pida WPA2 con AES.',
    WIFI_SSID_INVISIBLE:
      'Este nombre tiene caracteres invisibles. Podría imitar otra red: pregunte a los informáticos.',
    WIFI_SSID_LONG: 'El nombre de una red tiene como mucho 32 bytes.',
    WIFI_SSID_MISSING: 'Falta el nombre de la red. Elija una o escríbalo.',
    WIFI_TKIP: 'TKIP está roto y no se permite. Pida WPA2 solo con AES.',
    WIFI_WEP: 'WEP está roto y no se permite. Pida WPA2 con AES.',
    WIFI_WPA3_ONLY: 'Esta red solo admite WPA3. Pida WPA2 con AES.',
    WIFI_WPA_ONE: 'El WPA antiguo no se permite. Pida WPA2 con AES.',
  },
  findings: SHORT_ES,
};
