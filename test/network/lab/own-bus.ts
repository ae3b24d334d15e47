/** A D-Bus of a test's own, on which whoever runs the test may do everything. */
import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';

export interface OwnBus {
  /** As in `DBUS_SYSTEM_BUS_ADDRESS`. */
  readonly address: string;
  readonly daemon: Daemon;
}

/** Starts a bus whose socket and configuration lie in a directory of the test. */
export async function startOwnBus(directory: string): Promise<OwnBus> {
  const socket = path.join(directory, 'bus');
  const file = path.join(directory, 'bus.conf');
  await writeFile(file, configuration(socket));
  const args = [`--config-file=${file}`, '--nofork', '--nopidfile'];
  const daemon = await startDaemon('dbus-daemon', args, () =>
    access(socket).then(
      () => true,
      () => false,
    ),
  );
  return { address: `unix:path=${socket}`, daemon };
}

function configuration(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/></policy></busconfig>
`;
}
