/** An administrator at the gateway's machine, who takes a lost second factor away by the command line. */
import { call } from '../../tools/demo/program.ts';

/** @param configuration the gateway's configuration file */
export async function resetFactor(configuration: string, account: string): Promise<string> {
  const args = ['account', 'reset-factor', '--name', account, '--config', configuration];
  return (await call('gateway', args)).output;
}
