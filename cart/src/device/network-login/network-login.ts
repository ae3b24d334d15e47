/**
 * Listens to how a sign-in by 802.1X goes, over Wi-Fi or over wire, while a profile is tried (decision 0019).
 *
 * NetworkManager says only that the supplicant gave up. wpa_supplicant says more, as a D-Bus signal: whether the server's
 * certificate was believed, and whether the account was. So `dbus-monitor` listens on the bus from before the profile is tried until
 * its end. Root may do so; where it cannot, nothing is lost but the reason.
 *
 * The supplicant serves every interface of the machine, each as an object with a path. Which one is the tried interface it says
 * when it adds it, and when it is asked for one that was there before. Others sign in, too, and are not heard.
 */
import { execFile, spawn } from 'node:child_process';
import { loginFailureOf } from '@chaperone/domain/network/login-failure.ts';
import type { LoginEvent, LoginFailure } from '@chaperone/domain/network/login-failure.ts';
import { readMonitor } from './monitor-text.ts';

/** Time to begin to listen; 20 ms are usual. */
const START_TIMEOUT_MS = 2_000;
/** Characters that are kept, the last ones. */
const TEXT_CHARACTERS_MAX = 256 * 1024;
const MATCHES = [
  "type='signal',interface='fi.w1.wpa_supplicant1.Interface',member='EAP',path_namespace='/fi/w1/wpa_supplicant1'",
  "type='signal',interface='fi.w1.wpa_supplicant1',member='InterfaceAdded',path='/fi/w1/wpa_supplicant1'",
];

export interface LoginWatch {
  /** Why the last try failed; null: it did not, or nobody could listen. */
  failure(): LoginFailure | null;
  /**
   * Settles when a try has failed, so that nobody has to wait until NetworkManager gives up (25 s); never when none does.
   * What it failed for may be told a moment later, too.
   */
  readonly failed: Promise<void>;
  stop(): Promise<void>;
}

export interface LoginWatchOptions {
  /** Default `dbus-monitor`. */
  readonly program?: string;
  /** In place of the system bus's own address. */
  readonly busAddress?: string;
}

/** Begins to listen to one interface; returns when it listens, or when it is certain that it cannot. */
export async function watchLogin(
  interfaceName: string,
  { program = 'dbus-monitor', busAddress }: LoginWatchOptions = {},
): Promise<LoginWatch> {
  const bus = busAddress === undefined ? ['--system'] : ['--address', busAddress];
  const child = spawn(program, [...bus, ...MATCHES], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  let text = '';
  let isListening = false;
  /** Every object that has stood for the interface. */
  const paths = new Set<string>();
  const events = (): readonly LoginEvent[] => {
    const heard = readMonitor(text);
    for (const [path, name] of heard.added) if (name === interfaceName) paths.add(path);
    return heard.events.filter(({ path }) => paths.has(path));
  };
  const { promise: failed, resolve: fail } = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  await new Promise<void>((resolve) => {
    const waiting = setTimeout(resolve, START_TIMEOUT_MS);
    const go = (): void => {
      clearTimeout(waiting);
      resolve();
    };
    void ended.then(go);
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text = (text + more).slice(-TEXT_CHARACTERS_MAX);
      if (events().some(hasFailed)) fail();
      // The bus takes the monitor's own name away when it has become one: from then on nothing is missed.
      if (!/member=NameLost$/m.test(text) || isListening) return;
      isListening = true;
      go();
    });
  });
  // It was not there before we listened, or it says so here.
  const before = isListening ? await pathOf(interfaceName, busAddress) : null;
  if (before !== null) paths.add(before);
  return {
    failed,
    failure: () => (isListening ? loginFailureOf(events()) : null),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function hasFailed({ status, parameter }: LoginEvent): boolean {
  return status === 'completion' && parameter === 'failure';
}

/** Asks for the object that stands for an interface now; null: there is none, or nobody to ask. */
async function pathOf(
  interfaceName: string,
  busAddress: string | undefined,
): Promise<string | null> {
  const bus = busAddress === undefined ? '--system' : `--bus=${busAddress}`;
  const args = [bus, '--print-reply=literal', '--dest=fi.w1.wpa_supplicant1'];
  const method = ['/fi/w1/wpa_supplicant1', 'fi.w1.wpa_supplicant1.GetInterface'];
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
  return await new Promise((resolve) => {
    execFile(
      'dbus-send',
      [...args, ...method, `string:${interfaceName}`],
      { env, timeout: START_TIMEOUT_MS, killSignal: 'SIGKILL', encoding: 'utf8' },
      (fault, printed) => resolve(fault === null ? printed.trim() : null),
    );
  });
}
