/** The findings of a validation in German: in a few words, and with what was seen. */
import type { Finding, ValidationStep } from '@chaperone/domain/validation/finding.ts';
import type { FindingWords } from './finding-shape.ts';

export const PASSED_DE: Readonly<Record<ValidationStep, string>> = {
  link: 'Die Schnittstelle {interface} hat Verbindung ({speed} Mbit/s).',
  address: 'Die Schnittstelle {interface} hat die Adresse {address}/{prefixLength}.',
  route: 'Der Weg nach außen ist {router} an {interface}.',
  names: 'Der Name {name} führt zu {addresses} (gefragt über {by}).',
  port: 'TCP-Port {port} von {address} ist offen: verbunden in {tookMs} ms.',
  proxy: 'Der Proxy {host}:{port} öffnet den Weg zu {gateway} (Anmeldung: {authentication}).',
  inspection: 'Niemand sieht in die Verbindung: Ihr Zertifikat kommt von {issuer} ({protocol}).',
  certificate:
    'Das Gateway zeigt ein Zertifikat für {serverName}, durchgehend mit {signature} unterschrieben, gültig bis {validUntil}.',
  clock: 'Die Uhr des Geräts weicht um {skewSeconds} s von der des Gateways ab.',
  'path-mtu':
    'Lange Pakete kommen in beide Richtungen durch ({bytesUp} Byte hinaus, {bytesDown} Byte herein).',
  licence: 'Die Lizenz {id} ist in Kraft für {features}.',
  tunnel:
    'Der Tunnel wird durchgelassen: Umlauf {roundTripMs} ms, {upMbits} Mbit/s hinaus, {downMbits} Mbit/s herein.',
  idle: 'Eine Verbindung überlebte {survivedSeconds} s, ohne benutzt zu werden.',
};

export const FINDINGS_DE: Readonly<Record<Finding, FindingWords>> = {
  LINK_DOWN: {
    said: 'Die Schnittstelle {interface} hat keine Verbindung.',
    advice:
      'Bitte prüfen Sie das Kabel des Geräts, ob die Wanddose gepatcht und ihr Switch-Port freigeschaltet ist; Hardware-Adresse {hardwareAddress}.',
  },
  LINK_SLOW: {
    said: 'Die Verbindung von {interface} läuft mit {speed} Mbit/s, {duplex} duplex.',
    advice:
      'Bitte stellen Sie den Switch-Port von {hardwareAddress} auf automatische Aushandlung, mindestens 100 Mbit/s voll duplex.',
  },
  WIFI_NOT_ASSOCIATED: {
    said: 'Der Adapter {interface} ist mit keinem WLAN verbunden.',
    advice:
      'Bitte prüfen Sie, ob das WLAN hier gesendet wird und die Hardware-Adresse {hardwareAddress} zulässt.',
  },
  NETWORK_LOGIN_REFUSED: {
    said: 'Das Netz hat die Anmeldung von {interface} abgelehnt (802.1X).',
    advice:
      'Bitte prüfen Sie das Konto des Geräts auf dem RADIUS-Server; seine Hardware-Adresse ist {hardwareAddress}, sein Verfahren PEAP mit MSCHAPv2.',
  },
  NO_ADDRESS: {
    said: 'Die Schnittstelle {interface} hat keine IPv4-Adresse.',
    advice:
      'Bitte prüfen Sie, ob der DHCP-Server {hardwareAddress} an dieser Dose eine Adresse gibt, oder nennen Sie eine feste.',
  },
  ADDRESS_SELF_ASSIGNED: {
    said: 'Die Schnittstelle {interface} gab sich die Adresse {address} selbst: Kein DHCP-Server antwortete.',
    advice:
      'Bitte prüfen Sie, ob der DHCP-Server diese Dose erreicht und {hardwareAddress} eine Adresse gibt, oder nennen Sie eine feste.',
  },
  ADDRESS_IN_USE: {
    said: 'Ein anderes Gerät hat die Adresse {address} auch.',
    advice:
      'Bitte geben Sie dem Gerät eine eigene Adresse: {address} wird auch von einem anderen benutzt; die Hardware-Adresse des Geräts ist {hardwareAddress}.',
  },
  NO_ROUTE: {
    said: 'Es gibt keinen Weg von {address} zu {destination}.',
    advice:
      'Bitte nennen Sie den Router (Standardgateway) für {address}/{prefixLength}, oder lassen Sie ihn von DHCP geben (Option 3).',
  },
  ROUTER_SILENT: {
    said: 'Der Router {router} antwortet an {interface} nicht auf ARP.',
    advice:
      'Bitte prüfen Sie, ob {router} der Router dieses Netzes ist und von der Dose von {hardwareAddress} erreicht wird (VLAN).',
  },
  NAME_SERVERS_MISSING: {
    said: 'Kein DNS-Server ist eingestellt, und der Name {name} muss gefunden werden.',
    advice:
      'Bitte nennen Sie einen DNS-Server für {source}, oder lassen Sie ihn von DHCP geben (Option 6); sonst kann das Gateway mit seiner IP-Adresse eingestellt werden.',
  },
  NAME_SERVERS_SILENT: {
    said: 'Keiner der DNS-Server {servers} antwortet (UDP 53: {udp}, TCP 53: {tcp}).',
    advice: 'Bitte erlauben Sie UDP- und TCP-Port 53 von {source} zu {servers}.',
  },
  NAMES_OVER_TCP_ONLY: {
    said: 'Der Name {name} führt zu {addresses}, aber der DNS-Server {server} antwortet nur über TCP (UDP 53: {udp}).',
    advice: 'Bitte erlauben Sie UDP-Port 53 von {source} zu {server}; TCP-Port 53 geht.',
  },
  NAME_MISSING: {
    said: 'Die DNS-Server {servers} sagen, dass es {name} nicht gibt ({answer}).',
    advice:
      'Bitte prüfen Sie, ob {servers} Namen des Internets wie {name} auflösen; sonst kann das Gateway mit seiner IP-Adresse eingestellt werden.',
  },
  NAME_FILTERED: {
    said: 'Der DNS-Server {server} hält {name} zurück ({answer}).',
    advice: 'Bitte nehmen Sie {name} für {source} aus dem DNS-Filter von {server}.',
  },
  NAME_SERVERS_REFUSE: {
    said: 'Die DNS-Server {servers} verweigern die Antwort für {name} ({answer}).',
    advice: 'Bitte lassen Sie {source} Namen bei {servers} auflösen; die Antwort war {answer}.',
  },
  PORT_CLOSED: {
    said: 'TCP-Port {port} von {address} ist zu: Die Verbindung wurde nach {tookMs} ms zurückgewiesen.',
    advice:
      'Bitte erlauben Sie TCP-Port {port} von {source} zu {address}; Verbindungen werden mit einem Reset beantwortet.',
  },
  PORT_DROPPED: {
    said: 'TCP-Port {port} von {address} antwortet überhaupt nicht.',
    advice:
      'Bitte erlauben Sie TCP-Port {port} von {source} zu {address}; Pakete werden ohne Antwort verworfen.',
  },
  ROAD_REFUSED: {
    said: 'Etwas auf dem Weg sagt, dass {address} nicht erreicht werden darf ({error}).',
    advice:
      'Bitte erlauben Sie TCP-Port {port} von {source} zu {address}; ein Router oder eine Firewall antwortet, dass es verboten oder unerreichbar ist.',
  },
  PROXY_UNREACHABLE: {
    said: 'Der Proxy {host}:{port} ist nicht erreichbar ({error}).',
    advice:
      'Bitte erlauben Sie TCP-Port {port} von {source} zum Proxy {host}, oder nennen Sie den richtigen.',
  },
  PROXY_NAME_UNKNOWN: {
    said: 'Der Name des Proxys, {host}, ist nicht zu finden.',
    advice: 'Bitte prüfen Sie den Namen des Proxys, {host}, oder nennen Sie seine IP-Adresse.',
  },
  PROXY_CREDENTIALS_MISSING: {
    said: 'Der Proxy {host}:{port} verlangt Name und Kennwort (407), und keine sind eingestellt.',
    advice:
      'Bitte geben Sie dem Gerät ein Konto für den Proxy {host}, oder lassen Sie {source} ohne Konto zu {gateway}.',
  },
  PROXY_CREDENTIALS_REFUSED: {
    said: 'Der Proxy {host}:{port} weist Namen und Kennwort zurück (407).',
    advice:
      'Bitte prüfen Sie das Konto des Geräts auf dem Proxy {host}: Sein Kennwort wird zurückgewiesen.',
  },
  PROXY_AUTHENTICATION_UNKNOWN: {
    said: 'Der Proxy {host}:{port} verlangt eine Anmeldung, die das Gerät nicht kann.',
    advice:
      'Bitte bieten Sie auf dem Proxy {host} für {source} Basic oder Digest an, oder lassen Sie es ohne Anmeldung zu {gateway}.',
  },
  PROXY_PORT_REFUSED: {
    said: 'Der Proxy {host}:{port} verweigert den Weg zu {gateway} ({status}).',
    advice: 'Bitte erlauben Sie CONNECT zu {gateway} auf dem Proxy {host} für {source}.',
  },
  PROXY_GATEWAY_UNREACHABLE: {
    said: 'Der Proxy {host}:{port} erreicht {gateway} nicht ({status}).',
    advice: 'Bitte lassen Sie den Proxy {host} zu {gateway}: Er antwortet, dass er nicht kann.',
  },
  PROXY_SLOW: {
    said: 'Der Proxy {host}:{port} brauchte {tookMs} ms, um den Weg zu {gateway} zu öffnen.',
    advice:
      'Bitte finden Sie heraus, warum der Proxy {host} für ein CONNECT zu {gateway} {tookMs} ms braucht.',
  },
  PROXY_NOT_A_PROXY: {
    said: 'Was bei {host}:{port} antwortet, ist kein Proxy.',
    advice:
      'Bitte prüfen Sie Adresse und Port des HTTP-Proxys: {host}:{port} antwortet nicht wie einer.',
  },
  PAC_UNREACHABLE: {
    said: 'Die PAC-Datei {pacUrl} kann nicht geholt werden ({error}).',
    advice: 'Bitte lassen Sie {source} {pacUrl} holen, oder nennen Sie den Proxy selbst.',
  },
  PAC_BROKEN: {
    said: 'Die PAC-Datei {pacUrl} ist nicht verwendbar ({error}).',
    advice: 'Bitte berichtigen Sie die PAC-Datei {pacUrl}, oder nennen Sie den Proxy selbst.',
  },
  PAC_NO_ROAD: {
    said: 'Die PAC-Datei {pacUrl} nennt keinen Weg zu {gateway}, den das Gerät nehmen kann.',
    advice:
      'Bitte lassen Sie die PAC-Datei {pacUrl} für {gateway} einen HTTP-Proxy oder DIRECT nennen.',
  },
  TLS_INSPECTED: {
    said: 'Etwas sieht in die Verbindung: Ihr Zertifikat kommt von „{issuer}“.',
    advice:
      'Bitte nehmen Sie {serverName} ({address}, TCP-Port {port}) für {source} aus der TLS-Inspektion; die inspizierende Stelle ist „{issuer}“.',
  },
  TLS_BROKEN_OFF: {
    said: 'Die Verbindung zu {address} bricht ab, wenn TLS beginnt ({error}).',
    advice:
      'Bitte lassen Sie TLS 1.3 zu {serverName} ({address}, TCP-Port {port}) von {source} unverändert durch; es wird am Anfang abgeschnitten.',
  },
  NOT_A_GATEWAY: {
    said: 'Was bei {address}:{port} antwortet, ist nicht das Gateway: {certificate}.',
    advice:
      'Bitte prüfen Sie, ob {address}, TCP-Port {port}, zu {serverName} führt; ein anderer Server antwortet ({certificate}).',
  },
  CAPTIVE_PORTAL: {
    said: 'Eine Anmeldeseite des Netzes antwortet anstelle des Gateways ({location}).',
    advice:
      'Bitte lassen Sie das Gerät ({hardwareAddress}, {source}) ohne die Anmeldeseite {location} durch.',
  },
  CERTIFICATE_NAME_WRONG: {
    said: 'Das Zertifikat des Gateways ist für {certificateNames}, nicht für {serverName}.',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Bitte sagen Sie der Servicezentrale, dass {address} ein Zertifikat ohne den Namen {serverName} zeigt.',
  },
  CERTIFICATE_EXPIRED: {
    said: 'Das Zertifikat des Gateways gilt nur von {validFrom} bis {validUntil}.',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Bitte sagen Sie der Servicezentrale, dass das Zertifikat von {serverName} nicht in seiner Zeit ist ({validUntil}).',
  },
  CERTIFICATE_CHAIN_WRONG: {
    said: 'Das Zertifikat des Gateways ist nicht unterschrieben, wie es sein soll ({signature}).',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Bitte sagen Sie der Servicezentrale, dass die Kette von {serverName} nicht SHA3-256 ist ({signature}).',
  },
  CART_CERTIFICATE_EXPIRED: {
    said: 'Das Zertifikat dieses Geräts ist am {cartValidUntil} abgelaufen.',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Das Gerät muss mit einem neuen Lizenzcode der Servicezentrale neu angemeldet werden.',
  },
  CART_CERTIFICATE_DUE: {
    said: 'Das Zertifikat dieses Geräts endet am {cartValidUntil}, seine Erneuerung ist überfällig.',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Lassen Sie das Gerät eingeschaltet und verbunden, damit es sein Zertifikat selbst erneuert.',
  },
  CART_REFUSED: {
    said: 'Das Gateway weist das Zertifikat dieses Geräts zurück ({error}).',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Bitte fragen Sie die Servicezentrale, ob dieses Gerät stillgelegt wurde.',
  },
  GATEWAY_ANSWER_UNREADABLE: {
    said: 'Das Gateway sagt von seiner Uhr oder von der Lizenz dieses Geräts, was nicht sein kann.',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Bitte sagen Sie der Servicezentrale, dass die Antwort des Gateways an dieses Gerät nicht lesbar ist.',
  },
  CLOCK_AHEAD: {
    said: 'Die Uhr des Geräts geht gegenüber der des Gateways {skewSeconds} s vor.',
    advice:
      'Bitte nennen Sie einen Zeitserver (NTP) für {source}, oder stellen Sie die Uhr des Geräts: Sie geht {skewSeconds} s vor.',
  },
  CLOCK_BEHIND: {
    said: 'Die Uhr des Geräts geht gegenüber der des Gateways {skewSeconds} s nach.',
    advice:
      'Bitte nennen Sie einen Zeitserver (NTP) für {source}, oder stellen Sie die Uhr des Geräts: Sie geht {skewSeconds} s nach.',
  },
  PATH_MTU_BLACK_HOLE: {
    said: 'Kurze Pakete kommen durch, lange verschwinden ({direction}).',
    advice:
      'Bitte lassen Sie ICMP Typ 3 Code 4 (fragmentation needed) zu {source}, oder begrenzen Sie die TCP-MSS auf dem Weg zu {address}: Lange Pakete verschwinden.',
  },
  LICENCE_EXPIRED: {
    said: 'Die Lizenz {id} dieses Geräts ist am {validUntil} abgelaufen.',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Bitte bestellen Sie bei der Servicezentrale eine neue Lizenz.',
  },
  LICENCE_ENDS_SOON: {
    said: 'Die Lizenz {id} dieses Geräts endet am {validUntil}.',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Bitte bestellen Sie die nächste Lizenz vor dem {validUntil} bei der Servicezentrale.',
  },
  LICENCE_RETIRED: {
    said: 'Die Lizenz {id} dieses Geräts wurde zurückgezogen.',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Bitte bitten Sie die Servicezentrale um eine neue Lizenz.',
  },
  NOT_ENROLLED: {
    said: 'Dieses Gerät hat noch kein Zertifikat: Es ist nicht angemeldet.',
    advice: 'Vom Krankenhaus wird nichts gebraucht: Geben Sie den Lizenzcode dieses Geräts ein.',
  },
  TUNNEL_BROKEN_OFF: {
    said: 'Der Tunnel bricht ab, obwohl das Gateway sonst antwortet ({error}).',
    advice:
      'Bitte lassen Sie TLS-Verbindungen von {source} zu {address}, TCP-Port {port}, unverändert und ohne zeitliche Grenze durch; der Tunnel wird abgeschnitten.',
  },
  TUNNEL_SLOW: {
    said: 'Der Tunnel ist langsam: Umlauf {roundTripMs} ms, {upMbits} Mbit/s hinaus, {downMbits} Mbit/s herein.',
    advice:
      'Bitte geben Sie {source} mindestens {neededMbits} Mbit/s je Richtung zu {address}, und finden Sie heraus, was begrenzt.',
  },
  GATEWAY_TOO_OLD: {
    said: 'Das Gateway beantwortet nicht, was eine Prüfung fragt: Es ist zu alt ({software}).',
    advice:
      'Vom Krankenhaus wird nichts gebraucht: Die Servicezentrale muss ihr Gateway aktualisieren.',
  },
  IDLE_CUT_OFF: {
    said: 'Das Netz vergisst eine Verbindung, die {cutSeconds} s nicht benutzt wird; {survivedSeconds} s überlebte sie.',
    advice:
      'Bitte behalten Sie ungenutzte TCP-Verbindungen von {source} zu {address}, Port {port}, mindestens {wantedSeconds} s; sie werden nach höchstens {cutSeconds} s getrennt.',
  },
};

export const SHORT_DE: Readonly<Record<Finding, string>> = {
  LINK_DOWN: 'Es gibt keine Verbindung: Prüfen Sie Kabel und Dose.',
  LINK_SLOW: 'Die Verbindung zur Dose ist langsam.',
  WIFI_NOT_ASSOCIATED: 'Der Adapter kam nicht ins WLAN.',
  NETWORK_LOGIN_REFUSED: 'Das Netz hat die Anmeldung abgelehnt.',
  NO_ADDRESS: 'Es gibt keine IPv4-Adresse.',
  ADDRESS_SELF_ASSIGNED: 'Kein DHCP-Server antwortete.',
  ADDRESS_IN_USE: 'Ein anderes Gerät hat diese Adresse.',
  NO_ROUTE: 'Es gibt keinen Weg zum Gateway.',
  ROUTER_SILENT: 'Der Router antwortet nicht.',
  NAME_SERVERS_MISSING: 'Kein DNS-Server ist eingestellt.',
  NAME_SERVERS_SILENT: 'Die DNS-Server antworten nicht.',
  NAMES_OVER_TCP_ONLY: 'DNS geht nur über TCP.',
  NAME_MISSING: 'Die DNS-Server kennen den Namen des Gateways nicht.',
  NAME_FILTERED: 'Ein DNS-Filter hält den Namen des Gateways zurück.',
  NAME_SERVERS_REFUSE: 'Die DNS-Server verweigern die Antwort.',
  PORT_CLOSED: 'Der Port des Gateways ist zu.',
  PORT_DROPPED: 'Der Port des Gateways antwortet nicht: Eine Firewall verwirft die Pakete.',
  ROAD_REFUSED: 'Etwas auf dem Weg verbietet die Verbindung.',
  PROXY_UNREACHABLE: 'Der Proxy ist nicht erreichbar.',
  PROXY_NAME_UNKNOWN: 'Der Name des Proxys ist nicht zu finden.',
  PROXY_CREDENTIALS_MISSING: 'Der Proxy verlangt Name und Kennwort.',
  PROXY_CREDENTIALS_REFUSED: 'Der Proxy weist Namen oder Kennwort zurück.',
  PROXY_AUTHENTICATION_UNKNOWN: 'Der Proxy verlangt eine Anmeldung, die das Gerät nicht kann.',
  PROXY_PORT_REFUSED: 'Der Proxy verweigert den Weg zum Gateway.',
  PROXY_GATEWAY_UNREACHABLE: 'Der Proxy erreicht das Gateway nicht.',
  PROXY_SLOW: 'Der Proxy ist langsam.',
  PROXY_NOT_A_PROXY: 'Was dort antwortet, ist kein Proxy.',
  PAC_UNREACHABLE: 'Die PAC-Datei kann nicht geholt werden.',
  PAC_BROKEN: 'Die PAC-Datei ist nicht verwendbar.',
  PAC_NO_ROAD: 'Die PAC-Datei nennt keinen Weg zum Gateway.',
  TLS_INSPECTED: 'Etwas sieht in die Verbindung (TLS-Inspektion).',
  TLS_BROKEN_OFF: 'Die Verbindung bricht ab, wenn TLS beginnt.',
  NOT_A_GATEWAY: 'Was dort antwortet, ist nicht das Gateway.',
  CAPTIVE_PORTAL: 'Eine Anmeldeseite des Netzes antwortet anstelle des Gateways.',
  CERTIFICATE_NAME_WRONG: 'Das Zertifikat des Gateways ist für einen anderen Namen.',
  CERTIFICATE_EXPIRED: 'Das Zertifikat des Gateways ist nicht in seiner Zeit.',
  CERTIFICATE_CHAIN_WRONG: 'Das Zertifikat des Gateways ist nicht richtig unterschrieben.',
  CART_CERTIFICATE_EXPIRED: 'Das Zertifikat dieses Geräts ist abgelaufen.',
  CART_CERTIFICATE_DUE: 'Das Zertifikat dieses Geräts muss erneuert werden.',
  CART_REFUSED: 'Das Gateway weist dieses Gerät zurück.',
  GATEWAY_ANSWER_UNREADABLE: 'Die Antwort des Gateways ist nicht lesbar.',
  CLOCK_AHEAD: 'Die Uhr dieses Geräts geht vor.',
  CLOCK_BEHIND: 'Die Uhr dieses Geräts geht nach.',
  PATH_MTU_BLACK_HOLE: 'Lange Pakete verschwinden unterwegs.',
  LICENCE_EXPIRED: 'Die Lizenz ist abgelaufen.',
  LICENCE_ENDS_SOON: 'Die Lizenz endet bald.',
  LICENCE_RETIRED: 'Die Lizenz wurde zurückgezogen.',
  NOT_ENROLLED: 'Dieses Gerät ist nicht angemeldet.',
  TUNNEL_BROKEN_OFF: 'Der Tunnel bricht ab.',
  TUNNEL_SLOW: 'Der Tunnel ist langsam.',
  GATEWAY_TOO_OLD: 'Das Gateway ist dafür zu alt.',
  IDLE_CUT_OFF: 'Das Netz trennt ungenutzte Verbindungen.',
};
