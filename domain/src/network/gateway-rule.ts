/**
 * What may be set as the place of the gateway: a name or an IPv4 address, a port, and the name in its certificate.
 *
 * Each refusal says what was typed instead, since people type whole web addresses into every field.
 */
import { parseIPv4 } from './ipv4-address.ts';
import type { RefusedSetting } from './refused-setting.ts';

export interface GatewayPlace {
  readonly host: string;
  readonly port: number;
  /** The name that its certificate must have, also when it is dialled by address. */
  readonly serverName: string;
}

export const PORT_MAX = 65_535;
const HOST_CHARACTERS_MAX = 253;
/** RFC 1123 section 2.1; an underscore is no letter of theirs, and hospitals have machines that are named with it. */
const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;

/** Lists every field that cannot be used, in the order of the form. */
export function refusedGateway(gateway: GatewayPlace): readonly RefusedSetting[] {
  const { host, port, serverName } = gateway;
  return [
    ...refusedHost('host', host),
    ...refusedPort('port', port),
    ...(isName(serverName) && !serverName.includes('_')
      ? []
      : [
          {
            field: 'serverName',
            code: 'SERVER_NAME_MALFORMED',
            message:
              "Type the name in the gateway's certificate, such as gateway.example.com. It is a name also when the gateway is dialled by its IP address.",
          },
        ]),
  ];
}

/** Judges a name or an address to dial. */
export function refusedHost(field: string, host: string): readonly RefusedSetting[] {
  if (parseIPv4(host) !== null || isName(host)) return [];
  return [{ field, code: 'HOST_MALFORMED', message: whatIsWrong(host) }];
}

export function refusedPort(field: string, port: number): readonly RefusedSetting[] {
  if (Number.isInteger(port) && port >= 1 && port <= PORT_MAX) return [];
  return [{ field, code: 'PORT_MALFORMED', message: 'A port is a number from 1 to 65535.' }];
}

/** A DNS name: one label at least has a letter, or it would be a mistyped address. */
export function isName(text: string): boolean {
  return (
    text.length <= HOST_CHARACTERS_MAX &&
    /[A-Za-z]/.test(text) &&
    text.split('.').every((label) => LABEL.test(label))
  );
}

function whatIsWrong(host: string): string {
  if (host.trim() === '') return 'Type a name such as proxy.example.com, or an IP address.';
  if (/^[a-z]+:\/\//i.test(host)) return 'Type it without "http://" or "https://".';
  if (/^[^:]+:\d+$/.test(host)) return 'Type the port into its own field.';
  if (/^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(host)) {
    return 'This is an IPv6 address; the cart uses IPv4. Type a name or an IPv4 address.';
  }
  if (/^[\d.]+$/.test(host)) return 'This IP address is not complete or out of range.';
  return 'Type a name such as proxy.example.com, or an IP address: letters, digits, dots and hyphens.';
}
