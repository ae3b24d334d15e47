/** Targets of the cart's network: what NetworkManager says, keyfiles that somebody wrote over, and what a change left on the disk. */
import { readInterface } from '@chaperone/cart/device/network-manager/network-manager.ts';
import { readKeyfile, writeKeyfile } from '@chaperone/cart/device/network-manager/keyfile.ts';
import { readTabular } from '@chaperone/cart/device/network-manager/nmcli.ts';
import { ANY_PEM } from '@chaperone/cart/device/network-manager/testing/any-profile.ts';
import { ChangeFile } from '@chaperone/cart/network/change-file.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import { folderTarget } from '../fixture/folder.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

/** What a reader says of anything that it does not understand: nothing. */
class Nothing extends Error {
  override readonly name = 'Nothing';
}

const SHOWN = `GENERAL.DEVICE:eth0
GENERAL.TYPE:ethernet
GENERAL.HWADDR:FE:D0:35:78:99:6D
GENERAL.STATE:100 (connected)
GENERAL.CONNECTION:chaperone-eth0
GENERAL.CON-UUID:11111111-2222-4333-8444-555555555555
CAPABILITIES.SPEED:1000 Mb/s
WIRED-PROPERTIES.CARRIER:on
IP4.ADDRESS[1]:10.20.30.40/24
IP4.GATEWAY:10.20.30.1
IP4.DNS[1]:10.20.30.2
`;
const LOGIN = {
  eap: 'peap-mschapv2',
  identity: 'cart01',
  anonymousIdentity: null,
  password: 'pass word',
  caCertificates: ANY_PEM,
  serverName: 'radius.hospital.example',
} as const;
const STATIC = {
  method: 'static',
  address: '10.20.30.40',
  prefixLength: 24,
  router: '10.20.30.1',
  nameServers: ['10.20.30.2'],
} as const;
const PROFILES: readonly NetworkProfile[] = [
  { kind: 'wired', ipv4: STATIC, enterprise: LOGIN },
  {
    kind: 'wifi',
    ssid: 'ward 7',
    isHidden: true,
    band: '5 GHz',
    security: { kind: 'wpa2-personal', passphrase: 'correct horse' },
    ipv4: { method: 'dhcp', nameServers: [] },
  },
];

const shown: Target = {
  name: 'network-interface',
  entry: 'cart/src/device/network-manager/network-manager.ts › readInterface, nmcli.ts',
  refusals: [Nothing],
  limits: '1 MiB, held by the reader of the program',
  form: 'text',
  words: ['GENERAL.TYPE:wifi', 'IP4.ADDRESS[2]:', '--', '\\:', '10 (unmanaged)'],
  seeds: () => [Buffer.from(SHOWN)],
  feed: (input) => {
    const text = input.toString('utf8');
    for (const columns of readTabular(text)) holds(columns.length > 0, 'a line without columns');
    const read = readInterface(text);
    if (read === null) throw new Nothing();
    holds(read.speed === null || read.speed > 0, 'a speed of nothing');
    return read;
  },
};

const keyfile: Target = {
  name: 'network-keyfile',
  entry: 'cart/src/device/network-manager/keyfile.ts › readKeyfile',
  refusals: [Nothing],
  limits: '1 MiB; no secret comes out',
  form: 'text',
  words: ['[ipv4]', '[wifi]', '[802-1x]', 'method=manual', 'ssid=1;', '\\s', '[user]', '='],
  seeds: () =>
    PROFILES.map((profile) =>
      Buffer.from(
        writeKeyfile({
          interfaceName: 'eth0',
          uuid: '11111111-2222-4333-8444-555555555555',
          changeId: '0123456789abcdef',
          isAutomatic: true,
          profile,
        }),
      ),
    ),
  feed: (input) => {
    const read = readKeyfile(input.toString('utf8'));
    const { profile } = read;
    if (profile === null) throw new Nothing();
    const login = profile.kind === 'wired' ? profile.enterprise : profile.security;
    const secret = login === null ? '' : 'password' in login ? login.password : login.passphrase;
    holds(secret === '', 'a secret came out');
    return read;
  },
};

const begun = {
  id: '0123456789abcdef',
  interface: 'eth0',
  proof: 'link' as const,
  previousUuid: '11111111-2222-4333-8444-555555555555',
};
const change = folderTarget({
  name: 'disk-network-change',
  entry: 'cart/src/network/change-file.ts › ChangeFile',
  refusals: [],
  limits: 'one file of some hundred bytes; what cannot be read is damaged',
  form: 'text',
  words: ['"previousUuid":null', '"version":2'],
  make: async (folder) => await new ChangeFile(folder).write(begun),
  open: async (folder) => await new ChangeFile(folder).read(),
});

export const NETWORK_TARGETS: readonly Target[] = [shown, keyfile, change];
