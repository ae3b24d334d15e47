/** A hospital's name server that answers from zones of its own and says why it does not: a real unbound in a namespace. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import type { Namespace } from './namespace.ts';

/** Starts it on one address. @param lines of its `server:` section, as unbound.conf(5) has them */
export async function startUnbound(
  namespace: Namespace,
  address: string,
  lines: string,
): Promise<Daemon> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-unbound-'));
  const file = path.join(directory, 'unbound.conf');
  const configuration = `server:
  interface: ${address}
  access-control: 0.0.0.0/0 allow
  do-daemonize: no
  use-syslog: no
  logfile: ""
  verbosity: 1
  username: ""
  chroot: ""
  directory: "${directory}"
  pidfile: ""
  module-config: "iterator"
  ede: yes
${lines}
remote-control:
  control-enable: no
`;
  await writeFile(file, configuration);
  const args = namespace.argumentsFor('unbound', ['-d', '-c', file]);
  const daemon = await startDaemon('ip', args, (printed) => /start of service/.test(printed));
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await daemon.stop(signal);
    await rm(directory, { recursive: true, force: true });
  };
  return { ...daemon, stop };
}
