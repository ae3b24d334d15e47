/** Profiles with text in them that a reader of keyfiles could take for something else. */
import fc from 'fast-check';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';

/** Has the form of a certificate; nobody opens it. */
export const ANY_PEM =
  '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n';

/** Objects as programs make them. */
function record<T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(members, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

/** Printable, of any language, with what keyfiles, shells and nmcli give a meaning. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '\\',
        ';',
        '=',
        '#',
        '[',
        ']',
        ':',
        '"',
        "'",
        '$',
        '`',
        ',',
        '\\s',
        '\\n',
      ),
      fc.constantFrom('ä', '日', '😀', '49;50;', '[ipv4]', 'a', '0'),
      fc.stringMatching(/^[ -~]{1,4}$/),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const address = fc
  .tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255))
  .map((parts) => `${parts.join('.')}.7`);
const nameServers = fc.uniqueArray(address, { maxLength: 3 });
const ipv4 = fc.oneof(
  record({ method: fc.constant('dhcp' as const), nameServers }),
  record({
    method: fc.constant('static' as const),
    address,
    prefixLength: fc.integer({ min: 1, max: 30 }),
    router: fc.option(address),
    nameServers,
  }),
);
const login = record({
  eap: fc.constant('peap-mschapv2' as const),
  identity: hostileText,
  anonymousIdentity: fc.option(hostileText),
  password: hostileText,
  caCertificates: fc.constant(ANY_PEM),
  serverName: fc.constant('radius.hospital.example'),
});
const ssid = hostileText.map((text) => {
  let name = text;
  while (new TextEncoder().encode(name).length > 32) name = [...name].slice(0, -1).join('');
  return name;
});

export const anyProfile: fc.Arbitrary<NetworkProfile> = fc.oneof(
  record({ kind: fc.constant('wired' as const), ipv4, enterprise: fc.option(login) }),
  record({
    kind: fc.constant('wifi' as const),
    ssid,
    isHidden: fc.boolean(),
    band: fc.constantFrom('any' as const, '2.4 GHz' as const, '5 GHz' as const),
    security: fc.oneof(
      record({
        kind: fc.constant('wpa2-personal' as const),
        passphrase: fc.stringMatching(/^[ -~]{8,63}$/),
      }),
      login.map((settings) => ({ kind: 'wpa2-enterprise' as const, ...settings })),
    ),
    ipv4,
  }),
);
