/** `facility-key`, `facility-policy`, `approver-pin`: the policy of the facility that this cart holds to. Decision 0039. */
import {
  facilityKeyFingerprint,
  POLICY_CHARACTERS_MAX,
  readFacilityKey,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { CalledWrongly } from './call.ts';
import type { Command } from './call.ts';
import { PIN_BYTES_MAX } from './engineer-pin.ts';
import { readInput } from './input.ts';

const KEY_BYTES_MAX = 4096;

export const facilityKeySetCommand: Command = {
  name: 'facility-key set',
  usage: [
    "pin the facility's policy key; from then on no session begins without a policy that it signed:",
    '--key FILE            the public key (PEM), "-" for standard input',
    '--fingerprint SHA256  as the facility read it to you; without it, it is shown and nothing is set',
  ],
  options: { key: 'text', fingerprint: 'text' },
  async run({ ask, options, output }) {
    const pem = await readInput(options.needed('key'), KEY_BYTES_MAX, 'a public key');
    const fingerprint = facilityKeyFingerprint(readFacilityKey(pem));
    const given = options.text('fingerprint');
    if (given === undefined) {
      output.result({ fingerprint, isSet: false }, [
        `This key has the fingerprint ${grouped(fingerprint)}.`,
        'Compare it with the facility, on paper or by telephone, and give it with --fingerprint.',
      ]);
      return 1;
    }
    await ask({ act: 'facility-key', publicKey: pem, fingerprint: given });
    output.result({ fingerprint, isSet: true }, [
      `The facility's key is pinned: ${grouped(fingerprint)}.`,
      'Now install its policy: until there is one, no session begins.',
    ]);
    return 0;
  },
};

export const facilityKeyRemoveCommand: Command = {
  name: 'facility-key remove',
  usage: [
    'forget the facility’s key and policy: the cart has no facility policy any more',
    '--yes                 because it widens what a gateway may ask',
  ],
  options: { yes: 'switch' },
  async run({ ask, options, output }) {
    if (!options.isGiven('yes')) throw new CalledWrongly('Give --yes if you mean it.');
    await ask({ act: 'facility-key-removal' });
    output.result({ isSet: false }, 'The facility’s key and policy are gone from this cart.');
    return 0;
  },
};

export const facilityPolicyInstallCommand: Command = {
  name: 'facility-policy install',
  usage: ['install a policy that the facility signed:', '--file FILE   "-" for standard input'],
  options: { file: 'text' },
  async run({ ask, options, output }) {
    const policy = await readInput(options.needed('file'), POLICY_CHARACTERS_MAX, 'a policy');
    const told = (await ask({ act: 'facility-policy', policy: policy.trim() })) as {
      readonly version: number;
    };
    output.result(told, `Version ${told.version} of the facility's policy is installed.`);
    return 0;
  },
};

export const approverPinCommand: Command = {
  name: 'approver-pin',
  usage: [
    'set the PIN of a person whom the facility’s policy names as approver (6 to 12 digits):',
    '--approver ID      as the policy has it',
    '--pin-file FILE    "-" reads it from standard input',
  ],
  options: { approver: 'text', 'pin-file': 'text' },
  async run({ ask, options, output }) {
    const approver = options.needed('approver');
    const pin = (await readInput(options.needed('pin-file'), PIN_BYTES_MAX, 'a PIN')).trim();
    await ask({ act: 'approver-pin', approver, pin: pin.slice(0, 64) });
    output.result({ approver, isSet: true }, `The PIN of ${approver} is set.`);
    return 0;
  },
};

function grouped(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');
}
