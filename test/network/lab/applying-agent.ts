/**
 * A program that tries a network profile and stands still for ever at one step, to be killed there: the middle of a change.
 *
 * Its only argument is JSON, `ApplyingAgent`. It prints `at STEP` when it stands still, and `ended STATE` if it never does.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { NetworkManager } from '@chaperone/cart/device/network-manager/network-manager.ts';
import { Network } from '@chaperone/cart/network/network.ts';
import { systemClock } from '@chaperone/cart/platform/clock.ts';
import { openLog } from '@chaperone/cart/platform/log.ts';
import type { ChangeProof } from '@chaperone/domain/network/network-change.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';

/** Each is a moment: before or after something is touched. In the order in which they come. */
export const STEPS = [
  'before-trial',
  'after-trial',
  'after-reload',
  'after-activation',
  'before-keeping',
  'after-keeping',
  'after-tidying',
  'before-the-end',
] as const;
export type Step = (typeof STEPS)[number];

export interface ApplyingAgent {
  readonly busAddress: string;
  readonly profilesDirectory: string;
  readonly runtimeDirectory: string;
  readonly dataDirectory: string;
  readonly interface: string;
  readonly profile: NetworkProfile;
  readonly proof: ChangeProof;
  readonly stopAt: Step;
}

async function run(options: ApplyingAgent): Promise<void> {
  const networkManager = new NetworkManager(options);
  const standStill = async (step: Step): Promise<void> => {
    if (options.stopAt !== step) return;
    process.stdout.write(`at ${step}\n`);
    // Nothing but being killed ends it; the timer keeps the program alive.
    await new Promise(() => setInterval(() => undefined, 1000));
  };
  around(networkManager.profiles, 'writeTrial', standStill, 'before-trial', 'after-trial');
  around(networkManager.profiles, 'writeKept', standStill, 'before-keeping', 'after-keeping');
  around(networkManager.profiles, 'removeTrials', standStill, null, 'after-tidying');
  around(networkManager, 'reload', standStill, null, 'after-reload');
  around(networkManager, 'activate', standStill, null, 'after-activation');
  const network = new Network({
    ...options,
    networkManager,
    checkRouter: () => Promise.resolve(),
    checkGateway: () => Promise.resolve(),
    clock: systemClock(),
    log: openLog('silent'),
  });
  network.onChange(({ state }) => {
    if (state !== 'kept' || options.stopAt !== 'before-the-end') return;
    process.stdout.write('at before-the-end\n');
    setInterval(() => undefined, 1000);
  });
  await network.apply(options.interface, options.profile, options.proof);
  process.stdout.write(`ended ${(await network.settled()).state}\n`);
}

/** Puts standing still before and after a method. */
function around<K extends string>(
  target: Record<K, (...args: never[]) => Promise<void>>,
  name: K,
  standStill: (step: Step) => Promise<void>,
  before: Step | null,
  after: Step | null,
): void {
  const method = target[name].bind(target);
  target[name] = async (...args: never[]) => {
    if (before !== null) await standStill(before);
    await method(...args);
    if (after !== null) await standStill(after);
  };
}

if (import.meta.url === pathToFileURL(path.resolve(process.argv[1] ?? '')).href) {
  await run(JSON.parse(process.argv[2] ?? '') as ApplyingAgent);
}
