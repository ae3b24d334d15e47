/** `prestage`: prepares a cart at the depot, so that on site only the network is left. */
import { holdDataDirectory } from '../composition.ts';
import { admitPin, storePin } from '../engineer/engineer.ts';
import { prestage } from '../licence/licence.ts';
import { comparedFingerprint, LICENCE_BYTES_MAX } from './enrol.ts';
import type { Command } from './call.ts';
import { PIN_BYTES_MAX } from './engineer-pin.ts';
import { readInput } from './input.ts';

export const prestageCommand: Command = {
  name: 'prestage',
  usage: [
    'prepare this cart at the depot, without a network: check its licence and make its key. On site, "enrol" or',
    'the engineer page does the rest:',
    '--licence FILE             the licence file of the service centre',
    '--root-fingerprint HEX     what the service centre says by another way; compared with the file',
    '--pin-file FILE            sets the PIN of the engineer page, too (6 to 12 digits); "-" reads standard input',
    '--replace                  for a cart that is enrolled, whose identity is to be exchanged',
  ],
  options: {
    licence: 'text',
    'root-fingerprint': 'text',
    'pin-file': 'text',
    replace: 'switch',
  },
  async run({ configuration, options, output }) {
    const { dataDirectory, cart } = configuration;
    const file = await readInput(options.needed('licence'), LICENCE_BYTES_MAX, 'a licence');
    const pinFile = options.text('pin-file');
    const pin = pinFile === undefined ? null : await readPIN(pinFile);
    const compared = comparedFingerprint(configuration, options);
    const lock = await holdDataDirectory(dataDirectory);
    try {
      const licence = await prestage({
        directory: dataDirectory,
        file,
        cart,
        rootFingerprint: compared,
        replace: options.isGiven('replace'),
        nowMs: Date.now(),
      });
      if (pin !== null) await storePin(dataDirectory, pin);
      const { serial, serviceCentre, facility, rootFingerprint, codeExpiresUtcMs } = licence;
      const lastDay = new Date(codeExpiresUtcMs - 1).toISOString().slice(0, 10);
      const { host, port } = licence.gateway;
      output.result(
        {
          ...{ serial, serviceCentre, facility, gateway: licence.gateway, rootFingerprint },
          ...{ codeExpiresUtcMs, isFingerprintCompared: compared !== null },
          isPinSet: pin !== null,
        },
        [
          `${serial} is prepared for ${serviceCentre}${facility === null ? '' : `, to stand at ${facility}`}.`,
          `Gateway: ${host}, port ${port}. Enrol on site until ${lastDay}.`,
          `Root: ${rootFingerprint}`,
          compared === null
            ? 'Compare the root with what the service centre says: until then this file may be anybody’s.'
            : 'The root is the one that was compared.',
          ...(pin === null ? [] : ['The PIN of the engineer page is set.']),
        ],
      );
      return 0;
    } finally {
      lock.release();
    }
  },
};

/** One that cannot be used is refused before anything is made. @throws ConfigurationInvalid, EngineerPinMalformed */
async function readPIN(file: string): Promise<string> {
  const pin = (await readInput(file, PIN_BYTES_MAX, 'a PIN')).trim();
  admitPin(pin);
  return pin;
}
