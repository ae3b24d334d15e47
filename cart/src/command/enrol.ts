/** `enrol`: how this cart gets its certificate. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { isSameFingerprint, parseFingerprint } from '@chaperone/protocol/est/licence-file.ts';
import { entered } from '@chaperone/protocol/panel-api/engineer.ts';
import { ConfigurationInvalid } from '../configuration/configuration.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { readLicenceFor, readWaitingLicence } from '../licence/licence.ts';
import { CalledWrongly } from './call.ts';
import type { Command, GivenOptions } from './call.ts';
import { readInput } from './input.ts';
import { readState } from './state.ts';

/** Bytes of a licence file, or of a code alone with what an editor left around it. */
export const LICENCE_BYTES_MAX = 32 * 1024;

export const enrolCommand: Command = {
  name: 'enrol',
  usage: [
    'get this cart its certificate, once, by the licence that waits on it since "prestage", or by:',
    '--licence FILE             the licence file of the service centre, or',
    '--licence-code-file FILE   the code alone ("-" reads it from standard input); the gateway is then the',
    "                           site's or the configuration's, or",
    '--waiting                  a licence that was put on this cart before',
    '--root-fingerprint HEX     of the licence, where the configuration names none; another than that is refused',
    '--replace                  exchange an identity that is there',
  ],
  options: {
    licence: 'text',
    'licence-code-file': 'text',
    'root-fingerprint': 'text',
    waiting: 'switch',
    replace: 'switch',
  },
  async run({ configuration, options, output, ask }) {
    const request = await requestOf(configuration, options);
    const { isEnrolled } = entered.parse(await ask(request));
    const state = readState(await ask({ act: 'state' }));
    const { serial } = state.cart;
    const certificateSerial = state.enrolment?.certificateSerial ?? null;
    if (isEnrolled && certificateSerial !== null) {
      output.result(
        { serial, isEnrolled, certificateSerial },
        `Enrolled ${serial}, certificate ${certificateSerial}.`,
      );
      return 0;
    }
    output.result({ serial, isEnrolled, enrolTrouble: state.enrolTrouble }, [
      state.isPrestaged
        ? `Not enrolled yet (${state.enrolTrouble ?? 'not tried'}). The licence is kept, and tried again after each change of the network, with each validation and by "enrol".`
        : 'No licence waits on this cart.',
    ]);
    return 1;
  },
};

async function requestOf(configuration: CartConfiguration, options: GivenOptions) {
  const licence = options.text('licence');
  const codeFile = options.text('licence-code-file');
  const ways = [licence !== undefined, codeFile !== undefined, options.isGiven('waiting')];
  const given = ways.filter(Boolean).length;
  if (options.isGiven('waiting')) return { act: 'enrol' } as const;
  // On site nothing has to be said when everything was prepared at the depot. One that is damaged is in nobody's way who brings another.
  if (given === 0 && (await readWaitingLicence(configuration.dataDirectory)) !== null)
    return { act: 'enrol' } as const;
  if (given !== 1) {
    throw new CalledWrongly(
      'No licence waits on this cart: give one of --licence, --licence-code-file and --waiting.',
    );
  }
  const replace = options.isGiven('replace');
  const read = (file: string) => readInput(file, LICENCE_BYTES_MAX, 'a licence');
  if (licence !== undefined) {
    const file = await readLicenceFor({
      file: await read(licence),
      cart: configuration.cart,
      rootFingerprint: comparedFingerprint(configuration, options),
      nowMs: Date.now(),
    });
    const { code, gateway, rootFingerprint, anchors } = file;
    const id = String(file.licence);
    const said = { code, rootFingerprint, gateway, licence: id, anchors };
    return { act: 'licence', ...said, replace } as const;
  }
  const rootFingerprint = comparedFingerprint(configuration, options);
  if (rootFingerprint === null) {
    throw new ConfigurationInvalid(
      '"gateway.rootFingerprint" or --root-fingerprint is needed to enrol with a code alone.',
    );
  }
  const code = (await read(codeFile ?? '-')).trim().slice(0, 200);
  const typed = { code, rootFingerprint, gateway: null, licence: null, anchors: null };
  return { act: 'licence', ...typed, replace } as const;
}

/** What a licence is compared with: the configuration's word, or what was given where that has none. @throws ConfigurationInvalid */
export function comparedFingerprint(
  { gateway }: CartConfiguration,
  options: GivenOptions,
): string | null {
  const { rootFingerprint: configured = null } = gateway;
  const given = options.text('root-fingerprint') ?? null;
  if (given !== null) admitFingerprint(given);
  if (given !== null && configured !== null && !isSameFingerprint(given, configured)) {
    throw new ConfigurationInvalid(
      '"gateway.rootFingerprint" names another root than --root-fingerprint. Compare both with the service centre; to move the cart there, change the file first.',
    );
  }
  return given ?? configured;
}

/** @throws CalledWrongly */
function admitFingerprint(given: string): void {
  try {
    parseFingerprint(given);
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    throw new CalledWrongly(`--root-fingerprint: ${fault.message}`);
  }
}
