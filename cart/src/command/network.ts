/** `network show`, `network scan`, `network apply`, `network withdraw`: the cart's interfaces and what is set on them. */
import { NetworkProfileRefused } from '@chaperone/domain/network/refused-setting.ts';
import { refusedClaims } from '@chaperone/protocol/commissioning/claimed-profile.ts';
import { networkProfile, wifiScan } from '@chaperone/protocol/panel-api/engineer.ts';
import type { NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import { ConfigurationInvalid } from '../configuration/configuration.ts';
import type { Command } from './call.ts';
import { readInput } from './input.ts';
import { readState } from './state.ts';

/** A profile with CA certificates of 64 KiB, and what JSON adds to it. */
const PROFILE_BYTES_MAX = 160 * 1024;

const PROOF_WORDS = {
  gateway: { before: 'the gateway cannot be reached', after: 'and the gateway is reached.' },
  link: {
    before: 'there is no link, no address or no router that answers',
    after: 'with link, address and router. Whether the gateway is reached was not looked at.',
  },
} as const;

export const networkShowCommand: Command = {
  name: 'network show',
  usage: ['say how the interfaces of this cart are set up'],
  options: {},
  async run({ ask, output }) {
    const { interfaces, networkTrouble, change } = readState(await ask({ act: 'state' }));
    output.result(
      { interfaces, networkTrouble, change },
      networkTrouble === null
        ? interfaces.map(lineOf)
        : `The network cannot be looked at (${networkTrouble}).`,
    );
    return networkTrouble === null ? 0 : 1;
  },
};

export const networkScanCommand: Command = {
  name: 'network scan',
  usage: ['list the Wi-Fi networks in reach:', '--interface NAME'],
  options: { interface: 'text' },
  async run({ ask, options, output }) {
    const { networks } = wifiScan.parse(
      await ask({ act: 'scan', interface: options.needed('interface') }),
    );
    output.result(
      { networks },
      networks.map(
        ({ ssid, signalPercent, band, channel, security, refused }) =>
          `${`${signalPercent} %`.padStart(5)}  ${band.padEnd(7)} channel ${String(channel).padEnd(3)} ${security.padEnd(15)} ${printable(ssid)}${refused === null ? '' : `  not usable (${refused})`}`,
      ),
    );
    return 0;
  },
};

export const networkApplyCommand: Command = {
  name: 'network apply',
  usage: [
    'try a profile; it is rolled back unless the gateway can be reached with it in time:',
    '--interface NAME',
    '--profile FILE   JSON as in docs/protocol.md section 8; "-" reads it from standard input',
    '--without-gateway   keep it once link, address and router are there: the way beyond is not open yet',
  ],
  options: { interface: 'text', profile: 'text', 'without-gateway': 'switch' },
  async run({ ask, options, output }) {
    const name = options.needed('interface');
    const profile = readProfile(
      await readInput(options.needed('profile'), PROFILE_BYTES_MAX, 'a profile'),
    );
    const proof = options.isGiven('without-gateway') ? 'link' : 'gateway';
    const { before, after } = PROOF_WORDS[proof];
    output.words(`Trying. If ${before}, the settings before come back.`);
    await ask({ act: 'network', interface: name, profile, proof });
    output.result({ interface: name, state: 'kept', proof }, `${name} is set, ${after}`);
    return 0;
  },
};

export const networkWithdrawCommand: Command = {
  name: 'network withdraw',
  usage: ['take back the profile that is being tried, at once'],
  options: {},
  async run({ ask, output }) {
    const before = readState(await ask({ act: 'state' })).change;
    if (before?.state !== 'trying') {
      output.result({ change: before }, 'Nothing is being tried.');
      return 0;
    }
    await ask({ act: 'withdraw' });
    const { change } = readState(await ask({ act: 'state' }));
    const isBack = change?.state === 'rolled-back';
    output.result(
      { change },
      isBack
        ? `The settings before are in force again on ${before.interface}.`
        : `The settings before are not in force on ${before.interface}: look with "network show".`,
    );
    return isBack ? 0 : 1;
  },
};

function readProfile(text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationInvalid('The profile is not JSON.', { cause });
  }
  const [refused, ...others] = refusedClaims(value);
  if (refused !== undefined) throw new NetworkProfileRefused([refused, ...others]);
  const profile = networkProfile.safeParse(value);
  if (profile.success) return profile.data;
  const wrong = profile.error.issues.map(
    ({ path, message }) => `"${path.map(String).join('.') || '(the whole)'}": ${message}`,
  );
  throw new ConfigurationInvalid(['The profile is refused:', ...wrong].join('\n  '));
}

function lineOf(each: NetworkInterface): string {
  const { name, kind, state, speed, address, prefixLength, router, nameServers, ssid } = each;
  return [
    `${name} (${kind})  ${state}`,
    speed === null ? null : `${speed} Mbit/s`,
    ssid === null ? null : `"${printable(ssid)}"`,
    address === null ? 'no address' : `${address}/${prefixLength ?? '?'}`,
    router === null ? null : `router ${router}`,
    nameServers.length === 0 ? null : `DNS ${nameServers.join(', ')}`,
    each.abilities,
  ]
    .filter((part) => part !== null)
    .join('  ');
}

/** Names of networks are whatever somebody sends by radio. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
}
