/** `interlock raise`: what the cart's own software calls when the clinic needs the cart. */
import { SIGNAL_SOURCES } from '@chaperone/domain/interlock/interlock.ts';
import { signalInterlock } from '../interlock/interlock.ts';
import { CalledWrongly } from './call.ts';
import type { Command } from './call.ts';

export const interlockRaiseCommand: Command = {
  name: 'interlock raise',
  usage: [
    'hold remote service off: the clinic needs this cart. Only the operator lets it go on.',
    `--reason ${SIGNAL_SOURCES.join('|')}`,
  ],
  options: { reason: 'text' },
  async run({ configuration, options, output }) {
    const reason = SIGNAL_SOURCES.find((each) => each === options.needed('reason'));
    if (reason === undefined)
      throw new CalledWrongly(`--reason is one of ${SIGNAL_SOURCES.join(', ')}.`);
    output.result(await signalInterlock(configuration.dataDirectory, reason), []);
    return 0;
  },
};
