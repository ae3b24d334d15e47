/** `engineer-pin`: who may open the engineer page of the panel. */
import type { Command } from './call.ts';
import { readInput } from './input.ts';

/** Of a file that holds a PIN. */
export const PIN_BYTES_MAX = 256;

export const engineerPinCommand: Command = {
  name: 'engineer-pin',
  usage: [
    'set the PIN of the engineer page (6 to 12 digits); wrong tries are forgotten:',
    '--pin-file FILE   "-" reads it from standard input',
  ],
  options: { 'pin-file': 'text' },
  async run({ ask, options, output }) {
    const pin = (await readInput(options.needed('pin-file'), PIN_BYTES_MAX, 'a PIN')).trim();
    await ask({ act: 'pin', pin: pin.slice(0, 64) });
    output.result({ isSet: true }, 'The PIN is set.');
    return 0;
  },
};
