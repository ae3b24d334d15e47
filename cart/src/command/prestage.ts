/** `prestage`: prepares a cart at the depot, so that on site only the network is left. */
import { holdDataDirectory } from '../composition.ts';
import { prestage } from '../licence/licence.ts';
import { LICENCE_BYTES_MAX } from './enrol.ts';
import type { Command } from './call.ts';
import { readInput } from './input.ts';

export const prestageCommand: Command = {
  name: 'prestage',
  usage: [
    'prepare this cart at the depot, without a network: check its licence and make its key. On site, "enrol" or',
    'the engineer page does the rest:',
    '--licence FILE             the licence file of the service centre',
    '--root-fingerprint HEX     what the service centre says by another way; compared with the file',
    '--replace                  for a cart that is enrolled, whose identity is to be exchanged',
  ],
  options: { licence: 'text', 'root-fingerprint': 'text', replace: 'switch' },
  async run({ configuration, options, output }) {
    const { dataDirectory, cart, gateway } = configuration;
    const file = await readInput(options.needed('licence'), LICENCE_BYTES_MAX, 'a licence');
    const compared = options.text('root-fingerprint') ?? gateway.rootFingerprint ?? null;
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
      const { serial, serviceCentre, facility, rootFingerprint, codeExpiresUtcMs } = licence;
      const lastDay = new Date(codeExpiresUtcMs - 1).toISOString().slice(0, 10);
      const { host, port } = licence.gateway;
      output.result(
        {
          ...{ serial, serviceCentre, facility, gateway: licence.gateway, rootFingerprint },
          ...{ codeExpiresUtcMs, isFingerprintCompared: compared !== null },
        },
        [
          `${serial} is prepared for ${serviceCentre}${facility === null ? '' : `, to stand at ${facility}`}.`,
          `Gateway: ${host}, port ${port}. Enrol on site until ${lastDay}.`,
          `Root: ${rootFingerprint}`,
          compared === null
            ? 'Compare the root with what the service centre says: until then this file may be anybody’s.'
            : 'The root is the one that was compared.',
        ],
      );
      return 0;
    } finally {
      lock.release();
    }
  },
};
