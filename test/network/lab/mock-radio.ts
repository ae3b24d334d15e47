/**
 * python3-dbusmock's NetworkManager with one Wi-Fi adapter, on a bus of its own: no radio exists where the tests run, and
 * `nmcli` sees no difference.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { startDaemon } from './daemon.ts';
import { startOwnBus } from './own-bus.ts';

/** Debian's own: python3-dbusmock is installed for that one. */
const PYTHON = '/usr/bin/python3';

/** `NM80211ApSecurityFlags` of NetworkManager's D-Bus API. */
export const ANNOUNCED = {
  pairWEP40: 0x1,
  pairTKIP: 0x4,
  pairCCMP: 0x8,
  groupWEP40: 0x10,
  groupTKIP: 0x40,
  groupCCMP: 0x80,
  psk: 0x100,
  enterprise: 0x200,
  sae: 0x400,
} as const;

/** `NMDeviceWifiCapabilities`: WEP, WPA, TKIP, CCMP, RSN, and both bands, told. */
export const CAPABILITIES = {
  wep: 0x3,
  tkip: 0x4,
  ccmp: 0x8,
  wpa: 0x10,
  rsn: 0x20,
  bandsTold: 0x100,
  band24: 0x200,
  band5: 0x400,
} as const;

export interface MockAccessPoint {
  readonly ssid: string | Uint8Array;
  /** MHz. */
  readonly frequency: number;
  readonly signal: number;
  /** Sums of `ANNOUNCED`; 0: there is no such element. */
  readonly wpa?: number;
  readonly rsn?: number;
  /** The privacy bit; default: as soon as something is announced. */
  readonly isPrivate?: boolean;
  readonly mode?: 'infrastructure' | 'ad-hoc';
  /** The adapter is in its network. */
  readonly isJoined?: boolean;
}

export interface MockRadio {
  readonly busAddress: string;
  close(): Promise<void>;
}

/** Starts it with what is in the air. */
export async function startMockRadio(
  name: string,
  capabilities: number,
  accessPoints: readonly MockAccessPoint[],
): Promise<MockRadio> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-mock-radio-'));
  const bus = await startOwnBus(directory);
  const env = { DBUS_SYSTEM_BUS_ADDRESS: bus.address };
  const args = ['-m', 'dbusmock', '--system', '--template', 'networkmanager'];
  const isThere = async (): Promise<boolean> =>
    (await run('nmcli', ['--terse', 'general', 'status'], env, '')) === 0;
  const mock = await startDaemon(PYTHON, args, isThere, env).catch(async (fault: unknown) => {
    await bus.daemon.stop('SIGKILL');
    throw fault;
  });
  const told = JSON.stringify({
    interface: name,
    capabilities,
    accessPoints: accessPoints.map(
      ({ ssid, mode, isPrivate, isJoined = false, wpa = 0, rsn = 0, ...rest }) => ({
        ...rest,
        isJoined,
        ssidHex: Buffer.from(ssid as string).toString('hex'),
        wpa,
        rsn,
        flags: (isPrivate ?? wpa + rsn > 0) ? 1 : 0,
        mode: mode === 'ad-hoc' ? 1 : 2,
      }),
    ),
  });
  const close = async (): Promise<void> => {
    await mock.stop();
    await bus.daemon.stop('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  };
  const script = path.join(import.meta.dirname, 'mock-radio.py');
  if ((await run(PYTHON, [script], env, told)) === 0) return { busAddress: bus.address, close };
  await close();
  throw new Error(`the mock took no adapter: ${mock.printed()}`);
}

async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input: string,
): Promise<number | null> {
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...env },
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: 30_000,
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  // One that has ended by itself takes nothing any more; its exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [complaint, code] = await Promise.all([text(child.stderr), ended]);
  if (code !== 0 && input !== '') process.stderr.write(complaint);
  return code;
}
