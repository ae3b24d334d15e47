/** `run`: the agent itself. */
import { startCart } from '../composition.ts';
import { openLog } from '../platform/log.ts';
import type { Command } from './call.ts';

/** After SIGTERM: everything that is cut is cut at once; the rest may take this long. */
const STOP_TIMEOUT_MS = 5000;

export const runCommand: Command = {
  name: 'run',
  usage: ['start the agent; it stays closed until the button is pressed'],
  options: {},
  async run({ configuration, output }) {
    const log = openLog('info');
    const cart = await startCart(configuration, { log });
    // In the demo the address carries the credential; anywhere else a terminal is no place for it.
    const fragment = configuration.demo ? `#credential=${cart.credential}` : '';
    output.result(
      { panel: `${cart.panelUrl}/${fragment}` },
      `Operator panel: ${cart.panelUrl}/${fragment}`,
    );
    return new Promise((resolve) => {
      let isStopping = false;
      const stop = (exitCode: number): void => {
        if (isStopping) return;
        isStopping = true;
        setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
        cart.close().then(
          () => resolve(exitCode),
          (fault: unknown) => {
            log.error({ fault }, 'the stop was not clean');
            resolve(1);
          },
        );
      };
      process.on('SIGTERM', () => stop(0));
      process.on('SIGINT', () => stop(0));
      // A fault that nobody expected: what is open is cut, then the process ends and can be started anew.
      for (const event of ['uncaughtException', 'unhandledRejection']) {
        process.on(event, (fault: unknown) => {
          log.error({ fault }, 'an unexpected fault stops the agent');
          stop(1);
        });
      }
    });
  },
};
