/** The findings of a validation in Spanish: in a few words, and with what was seen. */
import type { Finding, ValidationStep } from '@chaperone/domain/validation/finding.ts';
import type { FindingWords } from './finding-shape.ts';

export const PASSED_ES: Readonly<Record<ValidationStep, string>> = {
  link: 'La interfaz {interface} tiene enlace ({speed} Mbit/s).',
  address: 'La interfaz {interface} tiene la dirección {address}/{prefixLength}.',
  route: 'La salida es {router} por {interface}.',
  names: 'El nombre {name} lleva a {addresses} (preguntado por {by}).',
  port: 'El puerto TCP {port} de {address} está abierto: conectado en {tookMs} ms.',
  proxy: 'El proxy {host}:{port} abre el camino a {gateway} (acceso: {authentication}).',
  inspection: 'Nadie mira dentro de la conexión: su certificado viene de {issuer} ({protocol}).',
  certificate:
    'La pasarela muestra un certificado para {serverName}, firmado con {signature} en toda la cadena, válido hasta {validUntil}.',
  clock: 'El reloj del equipo difiere {skewSeconds} s del de la pasarela.',
  'path-mtu':
    'Los paquetes largos pasan en los dos sentidos ({bytesUp} bytes de salida, {bytesDown} de entrada).',
  licence: 'La licencia {id} está en vigor para {features}.',
  tunnel:
    'El túnel pasa: ida y vuelta {roundTripMs} ms, {upMbits} Mbit/s de salida, {downMbits} Mbit/s de entrada.',
  idle: 'Una conexión sobrevivió {survivedSeconds} s sin usarse.',
};

export const FINDINGS_ES: Readonly<Record<Finding, FindingWords>> = {
  LINK_DOWN: {
    said: 'La interfaz {interface} no tiene enlace.',
    advice:
      'Por favor, compruebe el cable del equipo y que la toma esté conectada y su puerto del switch activado; dirección física {hardwareAddress}.',
  },
  LINK_SLOW: {
    said: 'El enlace de {interface} va a {speed} Mbit/s, {duplex} dúplex.',
    advice:
      'Por favor, ponga el puerto del switch de {hardwareAddress} en negociación automática, al menos 100 Mbit/s dúplex completo.',
  },
  WIFI_NOT_ASSOCIATED: {
    said: 'El adaptador {interface} no está conectado a ninguna red Wi-Fi.',
    advice:
      'Por favor, compruebe que la red Wi-Fi se emite aquí y admite la dirección física {hardwareAddress}.',
  },
  NETWORK_LOGIN_REFUSED: {
    said: 'La red rechazó el acceso de {interface} (802.1X).',
    advice:
      'Por favor, compruebe la cuenta del equipo en el servidor RADIUS; su dirección física es {hardwareAddress}, su método PEAP con MSCHAPv2.',
  },
  NO_ADDRESS: {
    said: 'La interfaz {interface} no tiene dirección IPv4.',
    advice:
      'Por favor, compruebe que el servidor DHCP da una dirección a {hardwareAddress} en esta toma, o indique una fija.',
  },
  ADDRESS_SELF_ASSIGNED: {
    said: 'La interfaz {interface} se dio la dirección {address}: ningún servidor DHCP respondió.',
    advice:
      'Por favor, compruebe que el servidor DHCP llega a esta toma y da una dirección a {hardwareAddress}, o indique una fija.',
  },
  ADDRESS_IN_USE: {
    said: 'Otra máquina tiene también la dirección {address}.',
    advice:
      'Por favor, dé al equipo una dirección propia: {address} la usa también otra máquina; la dirección de hardware del equipo es {hardwareAddress}.',
  },
  NO_ROUTE: {
    said: 'No hay ruta de {address} a {destination}.',
    advice:
      'Por favor, indique el router (puerta de enlace) para {address}/{prefixLength}, o que lo dé DHCP (opción 3).',
  },
  ROUTER_SILENT: {
    said: 'El router {router} no responde a ARP en {interface}.',
    advice:
      'Por favor, compruebe que {router} es el router de esta red y se alcanza desde la toma de {hardwareAddress} (VLAN).',
  },
  NAME_SERVERS_MISSING: {
    said: 'No hay servidor DNS, y hay que encontrar el nombre {name}.',
    advice:
      'Por favor, indique un servidor DNS para {source}, o que lo dé DHCP (opción 6); si no, la pasarela se puede poner por su dirección IP.',
  },
  NAME_SERVERS_SILENT: {
    said: 'Ningún servidor DNS ({servers}) responde (UDP 53: {udp}, TCP 53: {tcp}).',
    advice: 'Por favor, permita los puertos UDP y TCP 53 de {source} a {servers}.',
  },
  NAMES_OVER_TCP_ONLY: {
    said: 'El nombre {name} lleva a {addresses}, pero el servidor DNS {server} solo responde por TCP (UDP 53: {udp}).',
    advice: 'Por favor, permita el puerto UDP 53 de {source} a {server}; el TCP 53 funciona.',
  },
  NAME_MISSING: {
    said: 'Los servidores DNS {servers} dicen que {name} no existe ({answer}).',
    advice:
      'Por favor, compruebe que {servers} resuelven nombres de Internet como {name}; si no, la pasarela se puede poner por su dirección IP.',
  },
  NAME_FILTERED: {
    said: 'El servidor DNS {server} retiene {name} ({answer}).',
    advice: 'Por favor, quite {name} del filtro DNS de {server} para {source}.',
  },
  NAME_SERVERS_REFUSE: {
    said: 'Los servidores DNS {servers} se niegan a responder por {name} ({answer}).',
    advice:
      'Por favor, deje que {source} resuelva nombres en {servers}; la respuesta fue {answer}.',
  },
  PORT_CLOSED: {
    said: 'El puerto TCP {port} de {address} está cerrado: la conexión se rechazó a los {tookMs} ms.',
    advice:
      'Por favor, permita el puerto TCP {port} de {source} a {address}; las conexiones se responden con un reset.',
  },
  PORT_DROPPED: {
    said: 'El puerto TCP {port} de {address} no responde en absoluto.',
    advice:
      'Por favor, permita el puerto TCP {port} de {source} a {address}; los paquetes se descartan sin respuesta.',
  },
  ROAD_REFUSED: {
    said: 'Algo en el camino dice que no se puede llegar a {address} ({error}).',
    advice:
      'Por favor, permita el puerto TCP {port} de {source} a {address}; un router o cortafuegos responde que está prohibido o es inalcanzable.',
  },
  PROXY_UNREACHABLE: {
    said: 'No se alcanza el proxy {host}:{port} ({error}).',
    advice:
      'Por favor, permita el puerto TCP {port} de {source} al proxy {host}, o indique el correcto.',
  },
  PROXY_NAME_UNKNOWN: {
    said: 'No se encuentra el nombre del proxy, {host}.',
    advice: 'Por favor, compruebe el nombre del proxy, {host}, o dé su dirección IP.',
  },
  PROXY_CREDENTIALS_MISSING: {
    said: 'El proxy {host}:{port} pide nombre y contraseña (407), y no hay ninguno puesto.',
    advice:
      'Por favor, dé al equipo una cuenta para el proxy {host}, o deje que {source} llegue a {gateway} sin ella.',
  },
  PROXY_CREDENTIALS_REFUSED: {
    said: 'El proxy {host}:{port} rechaza el nombre y la contraseña (407).',
    advice:
      'Por favor, compruebe la cuenta del equipo en el proxy {host}: se rechaza su contraseña.',
  },
  PROXY_AUTHENTICATION_UNKNOWN: {
    said: 'El proxy {host}:{port} pide un acceso que el equipo no tiene.',
    advice:
      'Por favor, ofrezca Basic o Digest en el proxy {host} para {source}, o déjelo llegar a {gateway} sin acceso.',
  },
  PROXY_PORT_REFUSED: {
    said: 'El proxy {host}:{port} niega el camino a {gateway} ({status}).',
    advice: 'Por favor, permita CONNECT a {gateway} en el proxy {host} para {source}.',
  },
  PROXY_GATEWAY_UNREACHABLE: {
    said: 'El proxy {host}:{port} no alcanza {gateway} ({status}).',
    advice: 'Por favor, deje que el proxy {host} llegue a {gateway}: responde que no puede.',
  },
  PROXY_SLOW: {
    said: 'El proxy {host}:{port} tardó {tookMs} ms en abrir el camino a {gateway}.',
    advice:
      'Por favor, averigüe por qué el proxy {host} necesita {tookMs} ms para un CONNECT a {gateway}.',
  },
  PROXY_NOT_A_PROXY: {
    said: 'Lo que responde en {host}:{port} no es un proxy.',
    advice:
      'Por favor, compruebe dirección y puerto del proxy HTTP: {host}:{port} no responde como uno.',
  },
  PAC_UNREACHABLE: {
    said: 'No se puede obtener el archivo PAC {pacUrl} ({error}).',
    advice: 'Por favor, deje que {source} obtenga {pacUrl}, o indique el propio proxy.',
  },
  PAC_BROKEN: {
    said: 'El archivo PAC {pacUrl} no se puede usar ({error}).',
    advice: 'Por favor, corrija el archivo PAC {pacUrl}, o indique el propio proxy.',
  },
  PAC_NO_ROAD: {
    said: 'El archivo PAC {pacUrl} no nombra un camino a {gateway} que el equipo pueda tomar.',
    advice:
      'Por favor, haga que el archivo PAC {pacUrl} nombre un proxy HTTP, o DIRECT, para {gateway}.',
  },
  TLS_INSPECTED: {
    said: 'Algo mira dentro de la conexión: su certificado viene de «{issuer}».',
    advice:
      'Por favor, saque {serverName} ({address}, puerto TCP {port}) de la inspección de TLS para {source}; la autoridad que inspecciona es «{issuer}».',
  },
  TLS_BROKEN_OFF: {
    said: 'La conexión a {address} se corta al empezar TLS ({error}).',
    advice:
      'Por favor, deje pasar sin cambios TLS 1.3 a {serverName} ({address}, puerto TCP {port}) desde {source}; se corta al principio.',
  },
  NOT_A_GATEWAY: {
    said: 'Lo que responde en {address}:{port} no es la pasarela: {certificate}.',
    advice:
      'Por favor, compruebe que {address}, puerto TCP {port}, lleva a {serverName}; responde otro servidor ({certificate}).',
  },
  CAPTIVE_PORTAL: {
    said: 'Una página de acceso de la red responde en lugar de la pasarela ({location}).',
    advice:
      'Por favor, deje pasar al equipo ({hardwareAddress}, {source}) sin la página de acceso {location}.',
  },
  CERTIFICATE_NAME_WRONG: {
    said: 'El certificado de la pasarela es para {certificateNames}, no para {serverName}.',
    advice:
      'Al hospital no se le pide nada: por favor, diga al centro de servicio que {address} muestra un certificado sin el nombre {serverName}.',
  },
  CERTIFICATE_EXPIRED: {
    said: 'El certificado de la pasarela solo vale de {validFrom} a {validUntil}.',
    advice:
      'Al hospital no se le pide nada: por favor, diga al centro de servicio que el certificado de {serverName} está fuera de plazo ({validUntil}).',
  },
  CERTIFICATE_CHAIN_WRONG: {
    said: 'El certificado de la pasarela no está firmado como debe ({signature}).',
    advice:
      'Al hospital no se le pide nada: por favor, diga al centro de servicio que la cadena de {serverName} no es SHA3-256 ({signature}).',
  },
  CART_CERTIFICATE_EXPIRED: {
    said: 'El certificado de este equipo caducó el {cartValidUntil}.',
    advice:
      'Al hospital no se le pide nada: el equipo se tiene que inscribir otra vez con un código de licencia nuevo del centro de servicio.',
  },
  CART_CERTIFICATE_DUE: {
    said: 'El certificado de este equipo termina el {cartValidUntil} y su renovación lleva retraso.',
    advice:
      'Al hospital no se le pide nada: deje el equipo encendido y conectado para que renueve solo su certificado.',
  },
  CART_REFUSED: {
    said: 'La pasarela rechaza el certificado de este equipo ({error}).',
    advice:
      'Al hospital no se le pide nada: por favor, pregunte al centro de servicio si este equipo se retiró.',
  },
  GATEWAY_ANSWER_UNREADABLE: {
    said: 'La pasarela dice de su reloj o de la licencia de este equipo algo que no puede ser.',
    advice:
      'Al hospital no se le pide nada: por favor, diga al centro de servicio que la respuesta de la pasarela a este equipo no se puede leer.',
  },
  CLOCK_AHEAD: {
    said: 'El reloj del equipo va {skewSeconds} s por delante del de la pasarela.',
    advice:
      'Por favor, indique un servidor de hora (NTP) para {source}, o ponga en hora el equipo: va {skewSeconds} s adelantado.',
  },
  CLOCK_BEHIND: {
    said: 'El reloj del equipo va {skewSeconds} s por detrás del de la pasarela.',
    advice:
      'Por favor, indique un servidor de hora (NTP) para {source}, o ponga en hora el equipo: va {skewSeconds} s atrasado.',
  },
  PATH_MTU_BLACK_HOLE: {
    said: 'Los paquetes cortos pasan, los largos desaparecen ({direction}).',
    advice:
      'Por favor, deje llegar ICMP tipo 3 código 4 (fragmentation needed) a {source}, o limite el MSS de TCP en el camino a {address}: los paquetes largos desaparecen.',
  },
  LICENCE_EXPIRED: {
    said: 'La licencia {id} de este equipo caducó el {validUntil}.',
    advice:
      'Al hospital no se le pide nada: por favor, pida una licencia nueva al centro de servicio.',
  },
  LICENCE_ENDS_SOON: {
    said: 'La licencia {id} de este equipo termina el {validUntil}.',
    advice:
      'Al hospital no se le pide nada: por favor, pida la próxima licencia al centro de servicio antes del {validUntil}.',
  },
  LICENCE_RETIRED: {
    said: 'La licencia {id} de este equipo se retiró.',
    advice:
      'Al hospital no se le pide nada: por favor, pida una licencia nueva al centro de servicio.',
  },
  NOT_ENROLLED: {
    said: 'Este equipo no tiene certificado todavía: no está inscrito.',
    advice: 'Al hospital no se le pide nada: escriba el código de licencia de este equipo.',
  },
  TUNNEL_BROKEN_OFF: {
    said: 'El túnel se corta, aunque la pasarela responde a lo demás ({error}).',
    advice:
      'Por favor, deje pasar sin cambios y sin límite de tiempo las conexiones TLS de {source} a {address}, puerto TCP {port}; el túnel se corta.',
  },
  TUNNEL_SLOW: {
    said: 'El túnel es lento: ida y vuelta {roundTripMs} ms, {upMbits} Mbit/s de salida, {downMbits} Mbit/s de entrada.',
    advice:
      'Por favor, dé a {source} al menos {neededMbits} Mbit/s en cada sentido hacia {address}, y averigüe qué lo limita.',
  },
  GATEWAY_TOO_OLD: {
    said: 'La pasarela no responde a lo que pregunta una comprobación: es demasiado antigua ({software}).',
    advice:
      'Al hospital no se le pide nada: el centro de servicio tiene que actualizar su pasarela.',
  },
  IDLE_CUT_OFF: {
    said: 'La red olvida una conexión que no se usa en {cutSeconds} s; {survivedSeconds} s sobrevivió.',
    advice:
      'Por favor, mantenga las conexiones TCP sin uso de {source} a {address}, puerto {port}, al menos {wantedSeconds} s; se cortan a los {cutSeconds} s como mucho.',
  },
};

export const SHORT_ES: Readonly<Record<Finding, string>> = {
  LINK_DOWN: 'No hay enlace: compruebe el cable y la toma.',
  LINK_SLOW: 'El enlace es lento.',
  WIFI_NOT_ASSOCIATED: 'El adaptador no se conectó a la red Wi-Fi.',
  NETWORK_LOGIN_REFUSED: 'La red rechazó el acceso.',
  NO_ADDRESS: 'No hay dirección IPv4.',
  ADDRESS_SELF_ASSIGNED: 'Ningún servidor DHCP respondió.',
  ADDRESS_IN_USE: 'Otra máquina tiene esta dirección.',
  NO_ROUTE: 'No hay ruta a la pasarela.',
  ROUTER_SILENT: 'El router no responde.',
  NAME_SERVERS_MISSING: 'No hay ningún servidor DNS.',
  NAME_SERVERS_SILENT: 'Los servidores DNS no responden.',
  NAMES_OVER_TCP_ONLY: 'DNS solo funciona por TCP.',
  NAME_MISSING: 'Los servidores DNS no conocen el nombre de la pasarela.',
  NAME_FILTERED: 'Un filtro DNS retiene el nombre de la pasarela.',
  NAME_SERVERS_REFUSE: 'Los servidores DNS se niegan a responder.',
  PORT_CLOSED: 'El puerto de la pasarela está cerrado.',
  PORT_DROPPED: 'El puerto de la pasarela no responde: un cortafuegos descarta los paquetes.',
  ROAD_REFUSED: 'Algo en el camino prohíbe la conexión.',
  PROXY_UNREACHABLE: 'No se alcanza el proxy.',
  PROXY_NAME_UNKNOWN: 'No se encuentra el nombre del proxy.',
  PROXY_CREDENTIALS_MISSING: 'El proxy pide nombre y contraseña.',
  PROXY_CREDENTIALS_REFUSED: 'El proxy rechaza el nombre o la contraseña.',
  PROXY_AUTHENTICATION_UNKNOWN: 'El proxy pide un acceso que este equipo no tiene.',
  PROXY_PORT_REFUSED: 'El proxy niega el camino a la pasarela.',
  PROXY_GATEWAY_UNREACHABLE: 'El proxy no alcanza la pasarela.',
  PROXY_SLOW: 'El proxy es lento.',
  PROXY_NOT_A_PROXY: 'Lo que responde allí no es un proxy.',
  PAC_UNREACHABLE: 'No se puede obtener el archivo PAC.',
  PAC_BROKEN: 'El archivo PAC no se puede usar.',
  PAC_NO_ROAD: 'El archivo PAC no nombra un camino a la pasarela.',
  TLS_INSPECTED: 'Algo mira dentro de la conexión (inspección de TLS).',
  TLS_BROKEN_OFF: 'La conexión se corta al empezar TLS.',
  NOT_A_GATEWAY: 'Lo que responde allí no es la pasarela.',
  CAPTIVE_PORTAL: 'Una página de acceso de la red responde en lugar de la pasarela.',
  CERTIFICATE_NAME_WRONG: 'El certificado de la pasarela es para otro nombre.',
  CERTIFICATE_EXPIRED: 'El certificado de la pasarela está fuera de plazo.',
  CERTIFICATE_CHAIN_WRONG: 'El certificado de la pasarela no está firmado como debe.',
  CART_CERTIFICATE_EXPIRED: 'El certificado de este equipo caducó.',
  CART_CERTIFICATE_DUE: 'El certificado de este equipo debe renovarse.',
  CART_REFUSED: 'La pasarela rechaza este equipo.',
  GATEWAY_ANSWER_UNREADABLE: 'La respuesta de la pasarela no se puede leer.',
  CLOCK_AHEAD: 'El reloj de este equipo va adelantado.',
  CLOCK_BEHIND: 'El reloj de este equipo va atrasado.',
  PATH_MTU_BLACK_HOLE: 'Los paquetes largos desaparecen en el camino.',
  LICENCE_EXPIRED: 'La licencia caducó.',
  LICENCE_ENDS_SOON: 'La licencia termina pronto.',
  LICENCE_RETIRED: 'La licencia se retiró.',
  NOT_ENROLLED: 'Este equipo no está inscrito.',
  TUNNEL_BROKEN_OFF: 'El túnel se corta.',
  TUNNEL_SLOW: 'El túnel es lento.',
  GATEWAY_TOO_OLD: 'La pasarela es demasiado antigua para esto.',
  IDLE_CUT_OFF: 'La red corta las conexiones sin uso.',
};
