/** `press`: what a vendor's hardware key calls. */
import { pressButton } from '../panel-api/panel-api.ts';
import type { Command } from './call.ts';

export const pressCommand: Command = {
  name: 'press',
  usage: ["press the button (what a vendor's hardware key calls)"],
  options: {},
  async run({ configuration, output }) {
    await pressButton(configuration.dataDirectory);
    output.result({ pressed: true }, []);
    return 0;
  },
};
