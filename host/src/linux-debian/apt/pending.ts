/** How many security updates apt knows of that are not installed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Machine } from '../../contract.ts';
import { inMachine } from '../../machine-file/machine-file.ts';
import { readSimulation } from './simulation.ts';

const APT_GET = '/usr/bin/apt-get';
/** A slow disk and a large archive: some 10 s at worst. */
const SIMULATION_MS_MAX = 60_000;
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

/** Asks apt, without changing anything and without rights; null when it does not know. */
export async function countPending({ root }: Machine): Promise<number | null> {
  // Unlike `upgrade`, `dist-upgrade` shows what needs a new package as well, such as a kernel.
  const act = ['--simulate', '--quiet', '--ignore-hold', 'dist-upgrade'];
  const place =
    root === '/'
      ? []
      : ['-o', `Dir=${root}`, '-o', `Dir::State::status=${inMachine(root, 'var/lib/dpkg/status')}`];
  try {
    const { stdout } = await promisify(execFile)(
      APT_GET,
      ['-o', 'Debug::NoLocking=true', ...place, ...act],
      {
        env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
        timeout: SIMULATION_MS_MAX,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_BYTES_MAX,
      },
    );
    return readSimulation(stdout);
  } catch {
    return null;
  }
}
