/**
 * Why no road to the gateway was found, each as one sentence that can be read to the hospital's IT.
 *
 * The codes are findings of the validation (domain/src/validation/finding.ts). Hosts and ports are named; credentials never are.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

type Options = { readonly cause?: unknown };

/** `host:port`, with the brackets that an IPv6 address needs. */
export function authorityOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

// Names.

export class NameServersMissing extends DomainError {
  readonly code = 'NAME_SERVERS_MISSING';
  constructor(options?: Options) {
    super(
      'No DNS server is set: DHCP gave none. Give one by DHCP, or set one by hand at the cart.',
      options,
    );
  }
}
export class NameServersSilent extends DomainError {
  readonly code = 'NAME_SERVERS_SILENT';
  constructor(servers: readonly string[], options?: Options) {
    super(
      `The DNS servers (${servers.join(', ')}) answer neither on UDP 53 nor on TCP 53. Allow one of both from the cart.`,
      options,
    );
  }
}
export class NameServersRefuse extends DomainError {
  readonly code = 'NAME_SERVERS_REFUSE';
  constructor(name: string, answer: string, options?: Options) {
    super(
      `The DNS servers answer, but refuse the name ${name} (${answer}). Allow the cart to look it up.`,
      options,
    );
  }
}
export class NameMissing extends DomainError {
  readonly code = 'NAME_MISSING';
  /** @param what what is said of it: that it does not exist, or that it has no IPv4 address */
  constructor(name: string, what = 'does not exist', options?: Options) {
    super(
      `The DNS servers say that the name ${name} ${what}. Check how it is spelt, and whether they know names of the Internet.`,
      options,
    );
  }
}
export class NameFiltered extends DomainError {
  readonly code = 'NAME_FILTERED';
  constructor(name: string, address: string, options?: Options) {
    super(
      `The DNS servers give the name ${name} the address ${address}, where nothing can be: a filter blocks it. Take it off the filter.`,
      options,
    );
  }
}

// Connections without a proxy.

export class NoRoute extends DomainError {
  readonly code = 'NO_ROUTE';
  constructor(address: string, options?: Options) {
    super(`The cart has no route to ${address}. Check its address and its router.`, options);
  }
}
export class PortClosed extends DomainError {
  readonly code = 'PORT_CLOSED';
  constructor(at: string, options?: Options) {
    super(
      `The connection to ${at} is refused at once: the port is closed, there or by a firewall that rejects. Allow TCP to it from the cart.`,
      options,
    );
  }
}
export class PortDropped extends DomainError {
  readonly code = 'PORT_DROPPED';
  constructor(at: string, options?: Options) {
    super(
      `The connection to ${at} gets no answer: most likely a firewall drops it. Allow TCP to it from the cart.`,
      options,
    );
  }
}
export class RoadRefused extends DomainError {
  readonly code = 'ROAD_REFUSED';
  constructor(at: string, options?: Options) {
    super(
      `A router or firewall answers that ${at} cannot be reached. Allow TCP to it from the cart.`,
      options,
    );
  }
}

// Proxies.

/** What is wrong with a proxy, and which one it is: a PAC file may name several. */
export abstract class ProxyFailure extends DomainError {
  readonly host: string;
  readonly port: number;
  /** @param at `host:port` */
  constructor(at: string, message: string, options?: Options) {
    super(message, options);
    const colon = at.lastIndexOf(':');
    this.host = at.slice(0, colon);
    this.port = Number(at.slice(colon + 1));
  }
}

export class ProxyNameUnknown extends DomainError {
  readonly code = 'PROXY_NAME_UNKNOWN';
  constructor(host: string, options?: Options) {
    super(
      `The name of the proxy, ${host}, cannot be looked up. Check how it is spelt, or use its address.`,
      options,
    );
  }
}
export class ProxyUnreachable extends ProxyFailure {
  readonly code = 'PROXY_UNREACHABLE';
  constructor(at: string, options?: Options) {
    super(
      at,
      `The proxy ${at} cannot be reached. Check its address and port, and allow the cart to use it.`,
      options,
    );
  }
}
export class ProxyNotAProxy extends ProxyFailure {
  readonly code = 'PROXY_NOT_A_PROXY';
  /** @param what such as `it answers 405` */
  constructor(at: string, what: string, options?: Options) {
    super(
      at,
      `What answers at ${at} is no HTTP proxy that takes CONNECT: ${what}. Check the address and port of the proxy.`,
      options,
    );
  }
}
export class ProxySlow extends ProxyFailure {
  readonly code = 'PROXY_SLOW';
  /** @param what what it did instead of answering */
  constructor(at: string, target: string, what: string, options?: Options) {
    super(
      at,
      `The proxy ${at} ${what}. It is overloaded, or it does not reach ${target} itself.`,
      options,
    );
  }
}
export class ProxyCredentialsMissing extends ProxyFailure {
  readonly code = 'PROXY_CREDENTIALS_MISSING';
  constructor(at: string, options?: Options) {
    super(
      at,
      `The proxy ${at} asks for a name and a password (407), and none are set at the cart for it. Set them, or let the cart pass without.`,
      options,
    );
  }
}
/** The PAC file sends the cart to a proxy that is not plainly the hospital's own (decision 0020). */
export class ProxyCredentialsWithheld extends ProxyFailure {
  readonly code = 'PROXY_CREDENTIALS_MISSING';
  constructor(at: string, options?: Options) {
    super(
      at,
      `The proxy ${at} asks for a name and a password (407). The cart withholds them: the PAC file names it, and it is neither in the domain of the PAC file nor at a private address. Set this proxy by hand, or let the cart pass without.`,
      options,
    );
  }
}
export class ProxyCredentialsRefused extends ProxyFailure {
  readonly code = 'PROXY_CREDENTIALS_REFUSED';
  constructor(at: string, options?: Options) {
    super(
      at,
      `The proxy ${at} refuses the name and password of the cart (407). Check both, and that the account is not locked.`,
      options,
    );
  }
}
export class ProxyAuthenticationUnknown extends ProxyFailure {
  readonly code = 'PROXY_AUTHENTICATION_UNKNOWN';
  /** @param schemes what it offers, cut short and printable */
  constructor(at: string, schemes: string, options?: Options) {
    super(
      at,
      `The proxy ${at} asks for a proof that the cart cannot give (${schemes}); it can Basic and Digest. Allow one of them, or let the cart pass without.`,
      options,
    );
  }
}
export class ProxyPortRefused extends ProxyFailure {
  readonly code = 'PROXY_PORT_REFUSED';
  constructor(at: string, target: string, options?: Options) {
    super(
      at,
      `The proxy ${at} forbids the connection to ${target} (403). Allow CONNECT to this host and port for the cart.`,
      options,
    );
  }
}
export class ProxyGatewayUnreachable extends ProxyFailure {
  readonly code = 'PROXY_GATEWAY_UNREACHABLE';
  constructor(at: string, target: string, status: number, options?: Options) {
    super(
      at,
      `The proxy ${at} works, but does not reach ${target} itself (${status}). Check its DNS, and the firewall behind it.`,
      options,
    );
  }
}

// PAC files.

/** What comes after the path may be a secret of the hospital's. */
function shown(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

export class PACUnreachable extends DomainError {
  readonly code = 'PAC_UNREACHABLE';
  /** @param what such as `it answers 404` */
  constructor(url: string, what: string, options?: Options) {
    super(`The PAC file ${shown(url)} cannot be fetched: ${what}. Check its address.`, options);
  }
}
export class PACBroken extends DomainError {
  readonly code = 'PAC_BROKEN';
  constructor(url: string, what: string, options?: Options) {
    super(`The PAC file ${shown(url)} is not usable: ${what}. Have it repaired.`, options);
  }
}
export class PACNoRoad extends DomainError {
  readonly code = 'PAC_NO_ROAD';
  /** @param named what it names, cut short and printable */
  constructor(url: string, target: string, named: string, options?: Options) {
    super(
      `The PAC file ${shown(url)} names nothing for ${target} that the cart can use (${named}); it can PROXY and DIRECT.`,
      options,
    );
  }
}
