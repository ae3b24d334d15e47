/** Has the interface an IPv4 address that the network gave it, and is it the only one who has it? */
import { setTimeout as delay } from 'node:timers/promises';
import { readInterfaces } from '../../device/kernel-network/kernel-network.ts';
import type { KernelInterface } from '../../device/kernel-network/kernel-network.ts';
import { failed, passed } from '../outcome.ts';
import { isOnThisMachine, ON_THIS_MACHINE } from '../scene.ts';
import type { Scene, Step } from '../scene.ts';

const SETTLING_MS = 2000;
const LOOK_EVERY_MS = 100;
/** @see RFC 3927 */
const SELF_ASSIGNED = /^169\.254\./;

export const addressStep: Step = {
  name: 'address',
  needs: ['link'],
  limitMs: 3000,
  otherwise: 'NO_ADDRESS',
  async take(scene, signal) {
    if (isOnThisMachine(scene)) return ON_THIS_MACHINE;
    const { sight } = scene;
    const link = await settled(scene, signal);
    const usable = link?.addresses.find(({ address }) => !SELF_ASSIGNED.test(address));
    const [any] = link?.addresses ?? [];
    const seen = {
      interface: link?.name ?? null,
      hardwareAddress: link?.hardwareAddress ?? null,
      address: usable?.address ?? any?.address ?? null,
      prefixLength: usable?.prefixLength ?? any?.prefixLength ?? null,
      method: sight?.method ?? null,
    };
    if (sight?.failure === 'address-in-use')
      return failed('ADDRESS_IN_USE', { ...seen, address: seen.address ?? sight.address });
    if (any === undefined) return failed('NO_ADDRESS', seen);
    if (usable === undefined) return failed('ADDRESS_SELF_ASSIGNED', seen);
    scene.source = usable.address;
    return passed(seen);
  },
};

/** A link that has just come up gets its address a moment later: it is waited for. */
async function settled(scene: Scene, signal: AbortSignal): Promise<KernelInterface | null> {
  const untilMs = performance.now() + SETTLING_MS;
  for (;;) {
    const interfaces = await readInterfaces();
    const link = interfaces.find(({ name }) => name === scene.interface?.name) ?? scene.interface;
    scene.interface = link;
    const isSettled = link?.addresses.some(({ address }) => !SELF_ASSIGNED.test(address)) ?? true;
    if (isSettled || performance.now() > untilMs) return link;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
