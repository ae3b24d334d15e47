/** The table of broken networks: how each is broken, and what a validation has to say of it. */
import type { LinkSight } from '@chaperone/cart/validation/validation.ts';
import type { Finding } from '@chaperone/domain/validation/finding.ts';
import { foreignCertificate, INSPECTING_AUTHORITY } from './foreign-authority.ts';
import { startPACServer } from './pac-server.ts';
import { ACCOUNT, PROXY_PORT, TO_GATEWAY, behindSquid } from './behind-squid.ts';
import type { CartPlan, HospitalPlan, Place } from './hospital.ts';
import { GATEWAY, MISNAMED, OLD, SERVER_NAME } from './internet.ts';
import type { Internet } from './internet.ts';

export interface Row {
  readonly network: string;
  readonly plan: (internet: Internet) => HospitalPlan | Promise<HospitalPlan>;
  readonly cart?: (internet: Internet, place: Place) => CartPlan;
  readonly finding: Finding;
  /** `failed` unless said otherwise. */
  readonly result?: 'warned';
  /** What the sentence for the hospital's IT has to hold. */
  readonly advice: (place: Place) => RegExp;
}

const { name, address } = GATEWAY;
const HOUR_MS = 3_600_000;
const words = (...parts: readonly string[]): RegExp =>
  new RegExp(parts.map((part) => part.replaceAll(/[.()*+?]/g, String.raw`\$&`)).join('.*'));
/** A zone of the hospital's that says by itself what there is in it (RFC 2308 §2.1). */
const ZONE = `  local-zone: "example.org." static
  local-data: "example.org. SOA ns.example.org. hostmaster.example.org. 1 3600 900 86400 300"`;
const stranger = async (
  kind: 'inspector' | 'block-page' | 'portal',
  named: string,
): Promise<HospitalPlan> => ({ stranger: { kind, ...(await foreignCertificate(named)) } });
const silentStranger = (kind: 'plain' | 'chooser' | 'cutter' | 'mute'): HospitalPlan => ({
  stranger: { kind, key: '', certificates: '' },
});

const byProxy =
  (credentials: typeof ACCOUNT | null, proxyPort = PROXY_PORT) =>
  (_internet: Internet, { router }: Place): CartPlan => ({
    proxy: () => ({ kind: 'manual', host: router, port: proxyPort, credentials }),
  });
const byPAC =
  (file: string) =>
  (_internet: Internet, { router }: Place): CartPlan => ({
    proxy: () => ({ kind: 'pac', url: `http://${router}:8080/${file}`, credentials: null }),
  });

const SIGHT: LinkSight = {
  name: 'eth0',
  failure: null,
  ssid: null,
  signalPercent: null,
  method: 'dhcp',
  address: null,
};

export const BROKEN_NETWORKS: readonly Row[] = [
  {
    network: 'the cable is out',
    plan: () => ({ onRouter: () => 'ip link set lan down' }),
    finding: 'LINK_DOWN',
    advice: () => /check the cable .* [0-9a-f:]{17}\.$/,
  },
  {
    network: 'a cable with a broken pair, by the word of the driver',
    plan: () => ({}),
    cart: () => ({ driver: { speed: '10', duplex: 'half' } }),
    finding: 'LINK_SLOW',
    result: 'warned',
    advice: () => /automatic negotiation, at least 100 Mbit\/s full duplex/,
  },
  {
    network: 'a Wi-Fi adapter that no access point lets in, by the word of the driver',
    plan: () => ({ onCart: () => 'ip address flush dev eth0' }),
    cart: () => ({
      driver: { carrier: '0', speed: '', 'wireless/status': '0x0' },
      sights: [{ ...SIGHT, ssid: 'Ward' }],
    }),
    finding: 'WIFI_NOT_ASSOCIATED',
    advice: () => /on the air here, and admits the hardware address [0-9a-f:]{17}\./,
  },
  {
    network: 'no DHCP server answers',
    plan: () => ({ onCart: () => 'ip address flush dev eth0' }),
    finding: 'NO_ADDRESS',
    advice: () => /DHCP server gives an address to [0-9a-f:]{17}/,
  },
  {
    network: 'the cart gave itself an address',
    plan: () => ({
      onCart: () => 'ip address flush dev eth0 && ip address add 169.254.7.9/16 dev eth0',
    }),
    finding: 'ADDRESS_SELF_ASSIGNED',
    advice: () => /DHCP server reaches this socket/,
  },
  {
    // That NetworkManager says so of a real switch with a real RADIUS server is shown by wired-login.test.ts.
    network: 'a switch that refuses the login of the cart, by the word of NetworkManager',
    plan: () => ({ onCart: () => 'ip address flush dev eth0' }),
    cart: () => ({ sights: [{ ...SIGHT, failure: 'login-refused' }] }),
    finding: 'NETWORK_LOGIN_REFUSED',
    advice: () => /account of the cart on the RADIUS server.* [0-9a-f:]{17}, .*PEAP/,
  },
  {
    network: 'another machine with the address of the cart, by the word of NetworkManager',
    plan: () => ({ onCart: () => 'ip address flush dev eth0' }),
    cart: (_internet, { cart }) => ({
      sights: [{ ...SIGHT, failure: 'address-in-use', method: 'static', address: cart }],
    }),
    finding: 'ADDRESS_IN_USE',
    advice: ({ cart }) => words('an address of its own', cart, 'used by another machine'),
  },
  {
    network: 'DHCP gives no router',
    plan: () => ({ onCart: () => 'ip route delete default' }),
    finding: 'NO_ROUTE',
    advice: ({ cart }) => words('name the router', `${cart}/24`, 'option 3'),
  },
  {
    network: 'the router is another machine',
    plan: () => ({
      onCart: ({ router }) => `ip route replace default via ${router.replace(/1$/, '254')}`,
    }),
    finding: 'ROUTER_SILENT',
    advice: ({ router }) => words(router.replace(/1$/, '254'), 'VLAN'),
  },
  {
    network: 'DHCP gives no name server',
    plan: () => ({ resolv: () => '' }),
    finding: 'NAME_SERVERS_MISSING',
    advice: ({ cart }) => words('DNS server for', cart, 'option 6'),
  },
  {
    network: 'packets to the name server are dropped',
    plan: () => ({ input: () => 'meta l4proto { tcp, udp } th dport 53 drop' }),
    finding: 'NAME_SERVERS_SILENT',
    advice: ({ cart, router }) => words('UDP and TCP port 53', cart, router),
  },
  {
    network: 'a name server that knows no names of the Internet',
    plan: () => ({ unbound: () => ZONE }),
    finding: 'NAME_MISSING',
    advice: () => words('look up names of the Internet', name),
  },
  {
    network: 'a name server that refuses the cart',
    plan: () => ({ unbound: () => `  local-zone: "${name}." always_refuse` }),
    finding: 'NAME_SERVERS_REFUSE',
    advice: ({ cart, router }) => words(cart, router, 'REFUSED'),
  },
  {
    network: 'a DNS filter that says "there is none"',
    plan: () => ({ unbound: () => `${ZONE}\n  local-zone: "${name}." always_nxdomain` }),
    finding: 'NAME_FILTERED',
    advice: ({ cart, router }) => words(`take ${name} off the DNS filter of`, router, cart),
  },
  {
    network: 'a DNS filter that leads nowhere',
    plan: () => ({ names: () => [`--address=/${name}/0.0.0.0`] }),
    finding: 'NAME_FILTERED',
    advice: ({ router }) => words(`take ${name} off the DNS filter of`, router),
  },
  {
    network: 'a DNS filter that leads to a page',
    plan: async () => ({
      names: ({ router }) => [`--address=/${name}/${router}`],
      ...(await stranger('block-page', 'blocked.hospital.example')),
    }),
    finding: 'NAME_FILTERED',
    advice: ({ router }) => words(`take ${name} off the DNS filter of`, router),
  },
  {
    network: 'UDP 53 is dropped, TCP 53 is open',
    plan: () => ({ input: () => 'udp dport 53 drop' }),
    finding: 'NAMES_OVER_TCP_ONLY',
    result: 'warned',
    advice: ({ cart, router }) => words('UDP port 53 from', cart, router),
  },
  {
    network: 'UDP 53 is answered with "port unreachable", TCP 53 is open',
    plan: () => ({ input: () => 'udp dport 53 reject' }),
    finding: 'NAMES_OVER_TCP_ONLY',
    result: 'warned',
    advice: ({ cart, router }) => words('UDP port 53 from', cart, router),
  },
  {
    network: 'TCP 443 is answered with a reset',
    plan: () => ({ forward: () => `${TO_GATEWAY} reject with tcp reset` }),
    finding: 'PORT_CLOSED',
    advice: ({ cart }) => words('allow TCP port 443 from', cart, `to ${address}`, 'reset'),
  },
  {
    network: 'TCP 443 is dropped',
    plan: () => ({ forward: () => `${TO_GATEWAY} drop` }),
    finding: 'PORT_DROPPED',
    advice: ({ cart }) => words('allow TCP port 443 from', cart, `to ${address}`, 'dropped'),
  },
  {
    network: 'TCP 443 is prohibited, and the firewall says so',
    plan: () => ({ forward: () => `${TO_GATEWAY} reject with icmp type admin-prohibited` }),
    finding: 'ROAD_REFUSED',
    advice: ({ cart }) => words('allow TCP port 443 from', cart, `to ${address}`, 'prohibited'),
  },
  {
    network: 'a proxy that is not there',
    plan: () => ({}),
    cart: byProxy(null),
    finding: 'PROXY_UNREACHABLE',
    advice: ({ cart, router }) => words('TCP port 3128 from', cart, `the proxy ${router}`),
  },
  {
    network: 'a proxy whose name nobody knows',
    plan: () => ({ unbound: () => ZONE }),
    cart: () => ({
      proxy: () => ({
        kind: 'manual',
        host: 'proxy.example.org',
        port: PROXY_PORT,
        credentials: null,
      }),
    }),
    finding: 'PROXY_NAME_UNKNOWN',
    advice: () => words('proxy.example.org', 'IP address'),
  },
  {
    network: 'a proxy that asks for a password, and none is set',
    plan: () => behindSquid({ authentication: 'digest', account: ACCOUNT }),
    cart: byProxy(null),
    finding: 'PROXY_CREDENTIALS_MISSING',
    advice: ({ cart, router }) => words('account for the proxy', router, cart),
  },
  {
    network: 'a proxy that refuses the password',
    plan: () => behindSquid({ authentication: 'basic', account: ACCOUNT }),
    cart: byProxy({ ...ACCOUNT, password: 'wrong' }),
    finding: 'PROXY_CREDENTIALS_REFUSED',
    advice: ({ router }) => words('the proxy', router, 'password is refused'),
  },
  {
    network: 'a proxy that lets nobody to TCP 443 of the gateway',
    plan: () => behindSquid({ rules: `acl gateway dstdomain ${name}\nhttp_access deny gateway` }),
    cart: byProxy(null),
    finding: 'PROXY_PORT_REFUSED',
    advice: ({ cart, router }) => words(`allow CONNECT to ${name}:443`, router, cart),
  },
  {
    network: 'a proxy that finds no way out itself',
    plan: () => behindSquid({ lines: 'connect_timeout 2 seconds\nhosts_file /dev/null' }),
    cart: () => ({
      host: '198.51.100.77',
      proxy: ({ router }) => ({
        kind: 'manual',
        host: router,
        port: PROXY_PORT,
        credentials: null,
      }),
    }),
    finding: 'PROXY_GATEWAY_UNREACHABLE',
    advice: ({ router }) => words('let the proxy', router, 'reach 198.51.100.77:443'),
  },
  {
    network: 'a proxy that never answers',
    plan: () => ({
      ...silentStranger('mute'),
    }),
    cart: byProxy(null, 9443),
    finding: 'PROXY_SLOW',
    advice: ({ router }) => words('why the proxy', router),
  },
  {
    network: 'a web server in the place of the proxy',
    plan: () => ({ service: (router, { router: at }) => startPACServer(router, at) }),
    cart: byProxy(null, 8080),
    finding: 'PROXY_NOT_A_PROXY',
    advice: ({ router }) => words(`${router}:8080`, 'does not answer as one'),
  },
  {
    network: 'a proxy that takes Kerberos alone',
    plan: () => ({ service: (router, { router: at }) => startPACServer(router, at) }),
    cart: byProxy(ACCOUNT, 8081),
    finding: 'PROXY_AUTHENTICATION_UNKNOWN',
    advice: ({ cart, router }) => words('Basic or Digest', router, cart),
  },
  {
    network: 'a PAC file that is not there',
    plan: () => ({ service: (router, { router: at }) => startPACServer(router, at) }),
    cart: byPAC('missing.pac'),
    finding: 'PAC_UNREACHABLE',
    advice: ({ router }) => words('fetch', `http://${router}:8080/missing.pac`),
  },
  {
    network: 'a PAC file that is no program',
    plan: () => ({ service: (router, { router: at }) => startPACServer(router, at) }),
    cart: byPAC('broken.pac'),
    finding: 'PAC_BROKEN',
    advice: ({ router }) => words('correct the PAC file', `http://${router}:8080/broken.pac`),
  },
  {
    network: 'a PAC file that knows SOCKS only',
    plan: () => ({ service: (router, { router: at }) => startPACServer(router, at) }),
    cart: byPAC('socks.pac'),
    finding: 'PAC_NO_ROAD',
    advice: () => words('name an HTTP proxy, or DIRECT', name),
  },
  {
    network: 'TLS is inspected',
    plan: () => stranger('inspector', SERVER_NAME),
    finding: 'TLS_INSPECTED',
    advice: ({ cart }) => words('TLS inspection for', cart, INSPECTING_AUTHORITY),
  },
  {
    network: 'a login page for guests takes every connection',
    plan: () => stranger('portal', 'login.hospital.example'),
    finding: 'CAPTIVE_PORTAL',
    advice: ({ cart }) => words(cart, 'http://login.hospital.example/welcome'),
  },
  {
    network: 'a login page for guests, and everything else is reset',
    plan: async () => ({
      ...(await stranger('portal', 'login.hospital.example')),
      input: () => `tcp dport 9443 reject with tcp reset`,
    }),
    finding: 'CAPTIVE_PORTAL',
    advice: () => words('http://login.hospital.example/welcome'),
  },
  {
    network: 'another server at the gateway’s address',
    plan: () => stranger('block-page', 'intranet.hospital.example'),
    finding: 'NOT_A_GATEWAY',
    advice: () => words(address, SERVER_NAME, 'intranet.hospital.example'),
  },
  {
    network: 'something without TLS at the gateway’s address',
    plan: () => silentStranger('plain'),
    finding: 'NOT_A_GATEWAY',
    advice: () => words(address, 'does not speak TLS'),
  },
  {
    network: 'a firewall that resets TLS',
    plan: () => silentStranger('cutter'),
    finding: 'TLS_BROKEN_OFF',
    advice: ({ cart }) => words('let TLS 1.3 to', address, cart),
  },
  {
    network: 'a firewall that swallows TLS',
    plan: () => silentStranger('mute'),
    finding: 'TLS_BROKEN_OFF',
    advice: ({ cart }) => words('let TLS 1.3 to', address, cart),
  },
  {
    network: 'a gateway whose certificate has another name',
    plan: () => ({}),
    cart: () => ({ host: MISNAMED, serverName: name }),
    finding: 'CERTIFICATE_NAME_WRONG',
    advice: () => words('service centre', MISNAMED, name),
  },
  {
    network: 'the cart’s clock is an hour ahead',
    plan: () => ({}),
    cart: () => ({ clockAheadMs: HOUR_MS }),
    finding: 'CLOCK_AHEAD',
    advice: ({ cart }) => words('time server', cart, '3600'),
  },
  {
    network: 'the cart’s clock is a day behind, before the gateway’s certificate',
    plan: () => ({}),
    cart: () => ({ clockAheadMs: -24 * HOUR_MS }),
    finding: 'CLOCK_BEHIND',
    advice: ({ cart }) => words('time server', cart, '86400'),
  },
  {
    network: 'a hop with a smaller MTU whose ICMP is filtered',
    plan: () => ({ hasNarrowHop: true }),
    finding: 'PATH_MTU_BLACK_HOLE',
    advice: ({ cart }) => words('ICMP type 3 code 4', cart, 'MSS', address),
  },
  {
    network: 'a firewall that forgets connections after eight seconds',
    plan: () => ({
      onRouter: () =>
        'sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=8 net.netfilter.nf_conntrack_tcp_loose=0',
      forward: () => 'ct state invalid drop',
    }),
    cart: () => ({ idleSeconds: 12 }),
    finding: 'IDLE_CUT_OFF',
    advice: ({ cart }) => words('idle TCP connections from', cart, address, 'at most 12 s'),
  },
  {
    network: 'a cart that was retired',
    plan: () => ({}),
    cart: ({ gateway }) => ({ cart: gateway.retired }),
    finding: 'CART_REFUSED',
    advice: () => words('ask the service centre whether this cart was retired'),
  },
  {
    network: 'a line of one megabit a second',
    plan: () => ({
      onRouter: () => {
        const bucket = 'root tbf rate 1mbit burst 16kb latency 400ms';
        return `tc qdisc add dev wan ${bucket}\ntc qdisc add dev lan ${bucket}`;
      },
    }),
    finding: 'TUNNEL_SLOW',
    result: 'warned',
    advice: ({ cart }) => words(cart, 'at least 2 Mbit/s', address),
  },
  {
    network: 'a firewall that resets protocols that it does not know',
    plan: () => silentStranger('chooser'),
    finding: 'TUNNEL_BROKEN_OFF',
    advice: ({ cart }) => words('TLS connections from', cart, address),
  },
  {
    network: 'a gateway of an earlier version',
    plan: () => ({}),
    cart: () => ({ host: OLD }),
    finding: 'GATEWAY_TOO_OLD',
    advice: () => words('service centre', 'up to date'),
  },
  {
    network: 'a cart whose licence has ended',
    plan: () => ({}),
    cart: ({ gateway }) => ({ cart: gateway.expired }),
    finding: 'LICENCE_EXPIRED',
    advice: () => words('new licence', 'service centre'),
  },
  {
    network: 'a cart whose licence ends within days',
    plan: () => ({}),
    cart: ({ gateway }) => ({ cart: gateway.ending }),
    finding: 'LICENCE_ENDS_SOON',
    result: 'warned',
    advice: () => /next licence from the service centre before \d{4}-\d\d-\d\d/,
  },
  {
    network: 'a cart whose licence was retired',
    plan: () => ({}),
    cart: ({ gateway }) => ({ cart: gateway.unlicensed }),
    finding: 'LICENCE_RETIRED',
    advice: () => words('ask the service centre for a new licence'),
  },
  {
    network: 'a cart that is not enrolled',
    plan: () => ({}),
    cart: ({ gateway }) => ({
      cart: null,
      rootFingerprint: gateway.rootFingerprint.slice(0, 20),
    }),
    finding: 'NOT_ENROLLED',
    advice: () => words('enter the licence code'),
  },
];
