/**
 * What each finding of a validation says, in English: what was seen in one line, and one sentence to read to the hospital's IT.
 *
 * `{name}` stands for a fact that was seen (docs/protocol.md lists them). The panel's other languages have the same places.
 */
import type { Finding, ValidationStep } from './finding.ts';

export type Fact = string | number | boolean | null;
export type Facts = Readonly<Record<string, Fact>>;

export interface FindingWords {
  readonly said: string;
  readonly advice: string;
}

/** What a step is called, on the panel, on the printed page and in a terminal. */
export const STEP_NAMES = {
  link: 'Link',
  address: 'Address',
  route: 'Route',
  names: 'Names (DNS)',
  port: 'TCP port',
  proxy: 'Proxy',
  inspection: 'TLS inspection',
  certificate: 'Certificates',
  clock: 'Clock',
  'path-mtu': 'Long packets (path MTU)',
  licence: 'Licence',
  tunnel: 'Tunnel',
  idle: 'Unused connection',
} as const satisfies Readonly<Record<ValidationStep, string>>;

/** What a step says that found nothing. */
export const PASSED_WORDS = {
  link: 'The {kind} interface {interface} has a link ({speed} Mbit/s).',
  address: 'The interface {interface} has the address {address}/{prefixLength}.',
  route: 'The way out is {router} on {interface}.',
  names: 'The name {name} leads to {addresses} (asked by {by}).',
  port: 'TCP port {port} of {address} is open: connected in {tookMs} ms.',
  proxy: 'The proxy {host}:{port} opens the way to {gateway} (authentication: {authentication}).',
  inspection: 'Nobody looks into the connection: its certificate comes from {issuer} ({protocol}).',
  certificate:
    'The gateway shows a certificate for {serverName}, signed with {signature} all the way, valid until {validUntil}.',
  clock: 'The clock of the cart is {skewSeconds} s away from the gateway’s.',
  'path-mtu': 'Long packets pass in both directions ({bytesUp} bytes out, {bytesDown} bytes in).',
  licence: 'Licence {id} is in force for {features}.',
  tunnel:
    'The tunnel is let through: round trip {roundTripMs} ms, {upMbits} Mbit/s out, {downMbits} Mbit/s in.',
  idle: 'A connection survived {survivedSeconds} s without being used.',
} as const satisfies Readonly<Record<ValidationStep, string>>;

export const FINDING_WORDS = {
  LINK_DOWN: {
    said: 'The interface {interface} has no link.',
    advice:
      'Please check the cable of the cart and that its wall socket is patched and its switch port is enabled; hardware address {hardwareAddress}.',
  },
  LINK_SLOW: {
    said: 'The link of {interface} runs at {speed} Mbit/s, {duplex} duplex.',
    advice:
      'Please set the switch port of {hardwareAddress} to automatic negotiation, at least 100 Mbit/s full duplex.',
  },
  WIFI_NOT_ASSOCIATED: {
    said: 'The adapter {interface} is not connected to a Wi-Fi network.',
    advice:
      'Please check that the Wi-Fi network is on the air here, and admits the hardware address {hardwareAddress}.',
  },
  NETWORK_LOGIN_REFUSED: {
    said: 'The network refused the login of {interface} (802.1X).',
    advice:
      'Please check the account of the cart on the RADIUS server; its hardware address is {hardwareAddress}, its method is PEAP with MSCHAPv2.',
  },
  NO_ADDRESS: {
    said: 'The interface {interface} has no IPv4 address.',
    advice:
      'Please check that the DHCP server gives an address to {hardwareAddress} on this socket, or name a fixed address.',
  },
  ADDRESS_SELF_ASSIGNED: {
    said: 'The interface {interface} gave itself the address {address}: no DHCP server answered.',
    advice:
      'Please check that the DHCP server reaches this socket and gives an address to {hardwareAddress}, or name a fixed address.',
  },
  ADDRESS_IN_USE: {
    said: 'Another machine has the address {address} as well.',
    advice:
      'Please give the cart an address of its own: {address} is used by another machine too; the hardware address of the cart is {hardwareAddress}.',
  },
  NO_ROUTE: {
    said: 'There is no route from {address} to {destination}.',
    advice:
      'Please name the router (default gateway) for {address}/{prefixLength}, or let DHCP give it (option 3).',
  },
  ROUTER_SILENT: {
    said: 'The router {router} does not answer ARP on {interface}.',
    advice:
      'Please check that {router} is the router of this network and is reached from the socket of {hardwareAddress} (VLAN).',
  },
  NAME_SERVERS_MISSING: {
    said: 'No name server is set, and the name {name} has to be found.',
    advice:
      'Please name a DNS server for {source}, or let DHCP give it (option 6); otherwise the gateway can be set by its IP address.',
  },
  NAME_SERVERS_SILENT: {
    said: 'None of the name servers {servers} answers (UDP 53: {udp}, TCP 53: {tcp}).',
    advice: 'Please allow UDP and TCP port 53 from {source} to {servers}.',
  },
  NAMES_OVER_TCP_ONLY: {
    said: 'The name {name} leads to {addresses}, but the name server {server} answers over TCP only (UDP 53: {udp}).',
    advice: 'Please allow UDP port 53 from {source} to {server}; TCP port 53 works.',
  },
  NAME_MISSING: {
    said: 'The name servers {servers} say that {name} does not exist ({answer}).',
    advice:
      'Please check that {servers} can look up names of the Internet, such as {name}; otherwise the gateway can be set by its IP address.',
  },
  NAME_FILTERED: {
    said: 'The name server {server} keeps {name} back ({answer}).',
    advice: 'Please take {name} off the DNS filter of {server} for {source}.',
  },
  NAME_SERVERS_REFUSE: {
    said: 'The name servers {servers} refuse or fail to answer for {name} ({answer}).',
    advice: 'Please let {source} look up names at {servers}; the answer was {answer}.',
  },
  PORT_CLOSED: {
    said: 'TCP port {port} of {address} is closed: the connection was reset after {tookMs} ms.',
    advice:
      'Please allow TCP port {port} from {source} to {address}; connections are answered with a reset.',
  },
  PORT_DROPPED: {
    said: 'TCP port {port} of {address} does not answer at all.',
    advice:
      'Please allow TCP port {port} from {source} to {address}; packets are dropped without an answer.',
  },
  ROAD_REFUSED: {
    said: 'Something on the way says that {address} may not be reached ({error}).',
    advice:
      'Please allow TCP port {port} from {source} to {address}; a router or firewall answers that it is prohibited or unreachable.',
  },
  PROXY_UNREACHABLE: {
    said: 'The proxy {host}:{port} cannot be reached ({error}).',
    advice:
      'Please allow TCP port {port} from {source} to the proxy {host}, or name the right one.',
  },
  PROXY_NAME_UNKNOWN: {
    said: 'The name of the proxy, {host}, cannot be found.',
    advice: 'Please check the name of the proxy, {host}, or give its IP address.',
  },
  PROXY_CREDENTIALS_MISSING: {
    said: 'The proxy {host}:{port} asks for a name and a password (407), and none are set.',
    advice:
      'Please give the cart an account for the proxy {host}, or let {source} reach {gateway} without one.',
  },
  PROXY_CREDENTIALS_REFUSED: {
    said: 'The proxy {host}:{port} refuses the name and the password that are set (407).',
    advice: 'Please check the account of the cart on the proxy {host}: its password is refused.',
  },
  PROXY_AUTHENTICATION_UNKNOWN: {
    said: 'The proxy {host}:{port} asks for a way to log in that the cart has not got.',
    advice:
      'Please offer Basic or Digest on the proxy {host} for {source}, or let it reach {gateway} without login.',
  },
  PROXY_PORT_REFUSED: {
    said: 'The proxy {host}:{port} refuses the way to {gateway} (403).',
    advice: 'Please allow CONNECT to {gateway} on the proxy {host} for {source}.',
  },
  PROXY_GATEWAY_UNREACHABLE: {
    said: 'The proxy {host}:{port} works, and does not reach {gateway} itself.',
    advice: 'Please let the proxy {host} reach {gateway}: it answers that it cannot.',
  },
  PROXY_SLOW: {
    said: 'The proxy {host}:{port} took {tookMs} ms to open the way to {gateway}.',
    advice: 'Please find out why the proxy {host} needs {tookMs} ms for a CONNECT to {gateway}.',
  },
  PROXY_NOT_A_PROXY: {
    said: 'What answers at {host}:{port} is not a proxy.',
    advice:
      'Please check address and port of the HTTP proxy: {host}:{port} does not answer as one.',
  },
  PAC_UNREACHABLE: {
    said: 'The proxy’s PAC file {pacUrl} cannot be fetched.',
    advice: 'Please let {source} fetch {pacUrl}, or name the proxy itself.',
  },
  PAC_BROKEN: {
    said: 'The proxy’s PAC file {pacUrl} cannot be used.',
    advice: 'Please correct the PAC file {pacUrl}, or name the proxy itself.',
  },
  PAC_NO_ROAD: {
    said: 'The PAC file {pacUrl} names no way to {gateway} that the cart can take.',
    advice: 'Please let the PAC file {pacUrl} name an HTTP proxy, or DIRECT, for {gateway}.',
  },
  TLS_INSPECTED: {
    said: 'Something looks into the connection: its certificate comes from “{issuer}”.',
    advice:
      'Please take {serverName} ({address}, TCP port {port}) out of TLS inspection for {source}; the inspecting authority is “{issuer}”.',
  },
  TLS_BROKEN_OFF: {
    said: 'The connection to {address} is broken off when TLS begins ({error}).',
    advice:
      'Please let TLS 1.3 to {serverName} ({address}, TCP port {port}) pass unchanged from {source}; it is cut off at its beginning.',
  },
  NOT_A_GATEWAY: {
    said: 'What answers at {address}:{port} is not the gateway: {certificate}.',
    advice:
      'Please check that {address}, TCP port {port}, leads to {serverName}; another server answers ({certificate}).',
  },
  CAPTIVE_PORTAL: {
    said: 'A login page of the network answers in place of the gateway ({location}).',
    advice:
      'Please let the cart ({hardwareAddress}, {source}) pass without the login page {location}.',
  },
  CERTIFICATE_NAME_WRONG: {
    said: 'The gateway’s certificate is for {certificateNames}, not for {serverName}.',
    advice:
      'Nothing is asked of the hospital: please tell the service centre that {address} shows a certificate without the name {serverName}.',
  },
  CERTIFICATE_EXPIRED: {
    said: 'The gateway’s certificate is valid from {validFrom} to {validUntil} only.',
    advice:
      'Nothing is asked of the hospital: please tell the service centre that the certificate of {serverName} is out of date ({validUntil}).',
  },
  CERTIFICATE_CHAIN_WRONG: {
    said: 'The gateway’s certificate is not signed as it should be ({signature}).',
    advice:
      'Nothing is asked of the hospital: please tell the service centre that the chain of {serverName} is not SHA3-256 ({signature}).',
  },
  CART_CERTIFICATE_EXPIRED: {
    said: 'The certificate of this cart expired on {cartValidUntil}.',
    advice:
      'Nothing is asked of the hospital: the cart has to be enrolled again with a new licence code from the service centre.',
  },
  CART_CERTIFICATE_DUE: {
    said: 'The certificate of this cart ends on {cartValidUntil}, and its renewal is overdue.',
    advice:
      'Nothing is asked of the hospital: leave the cart switched on and connected, so that it renews its certificate by itself.',
  },
  CART_REFUSED: {
    said: 'The gateway refuses the certificate of this cart ({error}).',
    advice:
      'Nothing is asked of the hospital: please ask the service centre whether this cart was retired.',
  },
  GATEWAY_ANSWER_UNREADABLE: {
    said: 'The gateway says of its clock or of this cart’s licence what cannot be.',
    advice:
      'Nothing is asked of the hospital: please tell the service centre that the gateway’s answer to this cart cannot be read.',
  },
  CLOCK_AHEAD: {
    said: 'The clock of the cart is {skewSeconds} s ahead of the gateway’s.',
    advice:
      'Please name a time server (NTP) for {source}, or set the clock of the cart: it is {skewSeconds} s ahead.',
  },
  CLOCK_BEHIND: {
    said: 'The clock of the cart is {skewSeconds} s behind the gateway’s.',
    advice:
      'Please name a time server (NTP) for {source}, or set the clock of the cart: it is {skewSeconds} s behind.',
  },
  PATH_MTU_BLACK_HOLE: {
    said: 'Short packets pass, long ones vanish ({direction}).',
    advice:
      'Please let ICMP type 3 code 4 (fragmentation needed) reach {source}, or clamp the TCP MSS on the way to {address}: long packets vanish.',
  },
  LICENCE_EXPIRED: {
    said: 'Licence {id} of this cart expired on {validUntil}.',
    advice: 'Nothing is asked of the hospital: please order a new licence from the service centre.',
  },
  LICENCE_ENDS_SOON: {
    said: 'Licence {id} of this cart ends on {validUntil}.',
    advice:
      'Nothing is asked of the hospital: please order the next licence from the service centre before {validUntil}.',
  },
  LICENCE_RETIRED: {
    said: 'Licence {id} of this cart was retired.',
    advice: 'Nothing is asked of the hospital: please ask the service centre for a new licence.',
  },
  NOT_ENROLLED: {
    said: 'This cart has no certificate yet: it is not enrolled.',
    advice: 'Nothing is asked of the hospital: enter the licence code of this cart.',
  },
  TUNNEL_BROKEN_OFF: {
    said: 'The tunnel is broken off, although the gateway answers otherwise ({error}).',
    advice:
      'Please let TLS connections from {source} to {address}, TCP port {port}, pass unchanged and without a limit of time; the tunnel is cut off.',
  },
  TUNNEL_SLOW: {
    said: 'The tunnel is slow: round trip {roundTripMs} ms, {upMbits} Mbit/s out, {downMbits} Mbit/s in.',
    advice:
      'Please give {source} at least {neededMbits} Mbit/s in each direction to {address}, and find out what limits it.',
  },
  GATEWAY_TOO_OLD: {
    said: 'The gateway does not answer what a validation asks: it is too old.',
    advice:
      'Nothing is asked of the hospital: the service centre has to bring its gateway up to date.',
  },
  IDLE_CUT_OFF: {
    said: 'The network forgets a connection that is not used for {cutSeconds} s; {survivedSeconds} s survived.',
    advice:
      'Please keep idle TCP connections from {source} to {address}, port {port}, for at least {wantedSeconds} s; they are cut off after at most {cutSeconds} s.',
  },
} as const satisfies Readonly<Record<Finding, FindingWords>>;

/** A sentence with its facts in their places; a fact that was not seen is "unknown". */
export function withFacts(sentence: string, facts: Facts): string {
  return sentence.replaceAll(/\{([a-z][A-Za-z0-9]*)\}/g, (_place, name: string) => {
    const fact = facts[name] ?? null;
    return fact === null || fact === '' ? 'unknown' : String(fact);
  });
}
