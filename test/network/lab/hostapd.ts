/** A switch port that asks for 802.1X: a real hostapd on one end of a cable, which asks a RADIUS server of its namespace. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDaemon } from './daemon.ts';
import type { Namespace } from './namespace.ts';
import { RADIUS_PORT, RADIUS_SECRET } from './radius.ts';

export interface SwitchPort {
  /** What it printed: who was authorized. */
  printed(): string;
  close(): Promise<void>;
}

/** Starts it on an interface that is up. */
export async function startSwitchPort(
  namespace: Namespace,
  interfaceName: string,
): Promise<SwitchPort> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-hostapd-'));
  const file = path.join(directory, 'hostapd.conf');
  await writeFile(
    file,
    `interface=${interfaceName}
driver=wired
ieee8021x=1
use_pae_group_addr=1
eap_reauth_period=0
own_ip_addr=127.0.0.1
auth_server_addr=127.0.0.1
auth_server_port=${RADIUS_PORT}
auth_server_shared_secret=${RADIUS_SECRET}
logger_stdout=-1
logger_stdout_level=1
`,
  );
  const daemon = await startDaemon('ip', namespace.argumentsFor('hostapd', [file]), (printed) =>
    printed.includes('AP-ENABLED'),
  );
  return {
    printed: () => daemon.printed(),
    close: async () => {
      await daemon.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
