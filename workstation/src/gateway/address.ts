/** Where the gateway's console answers, as a person typed it. */
import { GatewayAddressInvalid } from './gateway-error.ts';

export interface GatewayAddress {
  /** `https://host` or `https://host:port`, as browsers write an origin. */
  readonly origin: string;
  /** Without brackets around an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

const HTTPS_PORT = 443;

/** @throws GatewayAddressInvalid */
export function parseGatewayAddress(text: string): GatewayAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url?.protocol === 'https:' &&
    url.hostname !== '' &&
    url.pathname === '/' &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!isPlain) throw new GatewayAddressInvalid();
  return {
    origin: url.origin,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? HTTPS_PORT : Number(url.port),
  };
}
