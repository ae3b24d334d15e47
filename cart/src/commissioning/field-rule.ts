/** What may be typed into the forms that have no rule elsewhere: licence, gateway, proxy. Every field is judged at once. */
import { isIP } from 'node:net';
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { MistypedLicenceCode, parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { MalformedLicenceFile, parseFingerprint } from '@chaperone/protocol/est/licence-file.ts';
import { FieldsRefused } from './commissioning-refused.ts';
import type { RefusedField } from './commissioning-refused.ts';
import type { GatewayAddress } from './parts.ts';

/** RFC 1123 section 2.1, at most 253 characters; one label at least has a letter, or it would be an address. */
const NAME =
  /^(?=.{1,253}$)(?=.*[A-Za-z])([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
/** RFC 7617: a name with a colon cannot be told from its password. Control characters break a header. */
const CONTROLS = /[\u0000-\u001f\u007f]/;

/** @throws FieldsRefused naming each wrong field */
export function admitFields(found: readonly (RefusedField | null)[]): void {
  const [first, ...others] = found.filter((each) => each !== null);
  if (first !== undefined) throw new FieldsRefused([first, ...others]);
}

/** Judges a licence as typed, before the network is asked. */
export function refusedLicence(
  code: string,
  rootFingerprint: string | null,
): readonly (RefusedField | null)[] {
  return [
    refusalOf('code', MistypedLicenceCode, () => parseLicenceCode(code)),
    rootFingerprint === null
      ? field(
          'rootFingerprint',
          'FINGERPRINT_MISSING',
          'Type the fingerprint of the licence: at least its first 20 characters.',
        )
      : refusalOf(
          'rootFingerprint',
          MalformedLicenceFile,
          () => parseFingerprint(rootFingerprint),
          'FINGERPRINT_MALFORMED',
        ),
  ];
}

export function refusedGateway(gateway: GatewayAddress): readonly (RefusedField | null)[] {
  return [
    isHost(gateway.host)
      ? null
      : field(
          'host',
          'HOST_MALFORMED',
          'Type a name such as gateway.example.com or an IP address, without "https://" and without a port.',
        ),
    isPort(gateway.port)
      ? null
      : field('port', 'PORT_MALFORMED', 'A port is a number from 1 to 65535.'),
    NAME.test(gateway.serverName)
      ? null
      : field(
          'serverName',
          'SERVER_NAME_MALFORMED',
          "Type the name in the gateway's certificate, such as gateway.example.com; it is no IP address.",
        ),
  ];
}

export function refusedProxy(proxy: ProxySettings): readonly (RefusedField | null)[] {
  if (proxy.kind === 'none') return [];
  const place =
    proxy.kind === 'manual'
      ? [
          isHost(proxy.host)
            ? null
            : field('host', 'HOST_MALFORMED', 'Type a name or an IP address, without "http://".'),
          isPort(proxy.port)
            ? null
            : field('port', 'PORT_MALFORMED', 'A port is a number from 1 to 65535.'),
        ]
      : [
          isWebAddress(proxy.url)
            ? null
            : field(
                'url',
                'PAC_URL_MALFORMED',
                'Type the whole address of the PAC file, such as http://proxy.example/proxy.pac.',
              ),
        ];
  const { credentials } = proxy;
  if (credentials === null) return place;
  return [
    ...place,
    credentials.name === '' || credentials.name.includes(':') || CONTROLS.test(credentials.name)
      ? field(
          'credentials.name',
          'PROXY_NAME_MALFORMED',
          'Type the name for the proxy, without a colon; or choose that it asks for none.',
        )
      : null,
    credentials.password === '' || CONTROLS.test(credentials.password)
      ? field('credentials.password', 'PROXY_PASSWORD_MISSING', 'Type the password for the proxy.')
      : null,
  ];
}

export function refusedAcceptance(
  facility: string,
  acceptedBy: string,
): readonly (RefusedField | null)[] {
  return [
    isText(facility, 200)
      ? null
      : field(
          'facility',
          'FACILITY_MISSING',
          'Type the name of the hospital, at most 200 characters.',
        ),
    isText(acceptedBy, 100)
      ? null
      : field('acceptedBy', 'ACCEPTED_BY_MISSING', 'Type your name, at most 100 characters.'),
  ];
}

function isText(text: string, charactersMax: number): boolean {
  return text.trim() !== '' && text.length <= charactersMax && !CONTROLS.test(text);
}

function field(name: string, code: string, message: string): RefusedField {
  return { field: name, code, message };
}

function refusalOf(
  name: string,
  kind: new (...args: never[]) => DomainError,
  read: () => unknown,
  code?: string,
): RefusedField | null {
  try {
    read();
    return null;
  } catch (fault) {
    if (!(fault instanceof kind)) throw fault;
    return field(name, code ?? fault.code, fault.message);
  }
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || NAME.test(text);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return (url?.protocol === 'http:' || url?.protocol === 'https:') && url.hostname !== '';
}
