/** Is there a link at all: cable or Wi-Fi, admitted by the network (802.1X), and at a speed that carries a screen? */
import { isIP } from 'node:net';
import { readInterfaces, readRoutes, routeTo } from '../../device/kernel-network/kernel-network.ts';
import type { KernelInterface } from '../../device/kernel-network/kernel-network.ts';
import { failed, passed, warned } from '../outcome.ts';
import type { Facts } from '../outcome.ts';
import { isOnThisMachine, ON_THIS_MACHINE } from '../scene.ts';
import type { Scene, Step } from '../scene.ts';

/** Mbit/s: less is a cable with a broken pair, or a port that was set by hand. */
const SPEED_MIN = 100;

export const linkStep: Step = {
  name: 'link',
  needs: [],
  limitMs: 3000,
  otherwise: 'LINK_DOWN',
  async take(scene, signal) {
    if (isOnThisMachine(scene)) return ON_THIS_MACHINE;
    const interfaces = await readInterfaces();
    const sights = (await scene.options.links?.(signal).catch(() => [])) ?? [];
    const chosen = await choose(scene, interfaces);
    if (chosen === null)
      return failed('LINK_DOWN', { interface: null, kind: null, hardwareAddress: null });
    const sight = sights.find(({ name }) => name === chosen.name) ?? null;
    scene.interface = chosen;
    scene.sight = sight;
    const seen: Facts = {
      interface: chosen.name,
      kind: chosen.kind,
      hardwareAddress: chosen.hardwareAddress,
      speed: chosen.speed,
      duplex: chosen.duplex,
      ...(chosen.kind === 'wifi'
        ? { ssid: sight?.ssid ?? null, signalPercent: sight?.signalPercent ?? null }
        : {}),
    };
    if (sight?.failure === 'login-refused' || chosen.isDormant)
      return failed('NETWORK_LOGIN_REFUSED', seen);
    if (!chosen.hasLink)
      return failed(chosen.kind === 'wifi' ? 'WIFI_NOT_ASSOCIATED' : 'LINK_DOWN', seen);
    if (chosen.kind === 'wired' && isSlow(chosen)) return warned('LINK_SLOW', seen);
    if (chosen.speed === null)
      return passed(
        seen,
        'The {kind} interface {interface} has a link; its driver tells no speed.',
      );
    return passed(seen);
  },
};

function isSlow({ speed, duplex }: KernelInterface): boolean {
  return (speed !== null && speed < SPEED_MIN) || duplex === 'half';
}

/** The interface towards the gateway; without a route the one that got furthest. */
async function choose(
  scene: Scene,
  interfaces: readonly KernelInterface[],
): Promise<KernelInterface | null> {
  const { gateway, proxy } = scene.options.road;
  const host = proxy.kind === 'manual' ? proxy.host : gateway.host;
  const routes = await readRoutes().catch(() => []);
  const route = routeTo(routes, isIP(host) === 4 ? host : '0.0.0.0');
  const byRoute = interfaces.find(({ name }) => name === route?.interface);
  if (byRoute !== undefined) return byRoute;
  const worth = ({ hasLink, isDormant, addresses }: KernelInterface): number =>
    (hasLink ? 2 : 0) + (isDormant ? 1 : 0) + (addresses.length > 0 ? 4 : 0);
  const [best] = interfaces.toSorted((one, other) => worth(other) - worth(one));
  return best ?? null;
}
