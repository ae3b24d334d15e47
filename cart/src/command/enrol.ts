/** `enrol`: how this cart gets its certificate. */
import path from 'node:path';
import { readLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import { holdDataDirectory, JOURNAL_DIRECTORY } from '../composition.ts';
import { ConfigurationInvalid } from '../configuration/configuration.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { openJournal } from '../journal/journal.ts';
import { enrol } from '../licence/licence.ts';
import { systemClock } from '../platform/clock.ts';
import { readSiteSettings } from '../site/site.ts';
import { CalledWrongly } from './call.ts';
import type { Command, GivenOptions } from './call.ts';
import { readInput } from './input.ts';

/** Bytes of a licence file, or of a code alone with what an editor left around it. */
const LICENCE_BYTES_MAX = 16 * 1024;

export const enrolCommand: Command = {
  name: 'enrol',
  usage: [
    'get this cart its certificate, once:',
    '--licence FILE             the licence file of the service centre, or',
    '--licence-code-file FILE   the code alone ("-" reads it from standard input); gateway and',
    '                           "gateway.rootFingerprint" then come from the configuration',
    '--replace                  exchange an identity that is there',
  ],
  options: { licence: 'text', 'licence-code-file': 'text', replace: 'switch' },
  async run({ configuration, options, output, signal }) {
    const { dataDirectory, cart } = configuration;
    const licence = await licenceOf(configuration, options);
    if (licence.serial !== cart.serial) {
      throw new ConfigurationInvalid(
        `The licence is for ${licence.serial}, but "cart.serial" is ${cart.serial}.`,
      );
    }
    const lock = await holdDataDirectory(dataDirectory);
    try {
      const identity = await enrol({
        directory: dataDirectory,
        gateway: licence.gateway,
        proxy: (await readSiteSettings(dataDirectory)).proxy,
        serial: licence.serial,
        licenceCode: licence.code,
        rootFingerprint: licence.rootFingerprint,
        signal,
        replace: options.isGiven('replace'),
      });
      const { key, serial, certificateSerialHex } = identity;
      const directory = path.join(dataDirectory, JOURNAL_DIRECTORY);
      const journal = await openJournal({ directory, key, serial, clock: systemClock() });
      await journal.append([{ kind: 'enrolled', certificateSerial: certificateSerialHex }]);
      await journal.close();
      output.result(
        { serial, certificateSerial: certificateSerialHex },
        `Enrolled ${serial}, certificate ${certificateSerialHex}.`,
      );
      return 0;
    } finally {
      lock.release();
    }
  },
};

async function licenceOf(configuration: CartConfiguration, options: GivenOptions) {
  const licence = options.text('licence');
  const codeFile = options.text('licence-code-file');
  if ((licence === undefined) === (codeFile === undefined)) {
    throw new CalledWrongly('Give either --licence or --licence-code-file.');
  }
  const read = (file: string) => readInput(file, LICENCE_BYTES_MAX, 'a licence');
  if (licence !== undefined) return readLicenceFile(await read(licence));
  const { rootFingerprint, ...gateway } = configuration.gateway;
  if (rootFingerprint === undefined) {
    throw new ConfigurationInvalid(
      '"gateway.rootFingerprint" is needed to enrol with a code alone.',
    );
  }
  const code = (await read(codeFile ?? '-')).trim();
  return { serial: configuration.cart.serial, code, gateway, rootFingerprint };
}
