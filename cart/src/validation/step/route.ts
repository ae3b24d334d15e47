/**
 * Is there a way out of the subnet, and does the router on it live? It is asked by ARP, as every packet to it asks: a router that
 * answers no ping answers ARP.
 */
import { isIP } from 'node:net';
import { answersARP, readRoutes, routeTo } from '../../device/kernel-network/kernel-network.ts';
import { readMachineNames } from '../../road/road.ts';
import { failed, passed } from '../outcome.ts';
import { isOnThisMachine, ON_THIS_MACHINE } from '../scene.ts';
import type { Scene, Step } from '../scene.ts';

/** Whose route is the default route. */
const ANYWHERE = '0.0.0.0';

export const routeStep: Step = {
  name: 'route',
  needs: ['address'],
  limitMs: 5000,
  otherwise: 'ROUTER_SILENT',
  async take(scene, signal) {
    if (isOnThisMachine(scene)) return ON_THIS_MACHINE;
    const routes = await readRoutes();
    const targets = await targetsOf(scene);
    const seen = {
      source: scene.source,
      address: scene.source,
      prefixLength:
        scene.interface?.addresses.find(({ address }) => address === scene.source)?.prefixLength ??
        null,
      interface: scene.interface?.name ?? null,
      hardwareAddress: scene.interface?.hardwareAddress ?? null,
    };
    const ways = targets.map((target) => ({ target, route: routeTo(routes, target) }));
    const missing = ways.find(({ route }) => route === null);
    if (missing !== undefined) {
      const destination = missing.target === ANYWHERE ? 'the Internet' : missing.target;
      return failed('NO_ROUTE', { ...seen, destination, router: null });
    }
    const [first] = ways;
    const router = first?.route?.router ?? null;
    const found = { ...seen, interface: first?.route?.interface ?? seen.interface, router };
    if (router === null)
      return passed(
        found,
        'What is needed is on the link of {interface}: no router is on the way.',
      );
    const answers = await answersARP(router, null, signal);
    const known = { ...found, routerAnswers: answers };
    return answers ? passed(known) : failed('ROUTER_SILENT', known);
  },
};

/**
 * Where the cart has to go: the gateway's or the proxy's address where it is known, otherwise anywhere. A proxy that has a name is
 * inside the hospital, so only who knows the name has to be reached.
 */
async function targetsOf({ options }: Scene): Promise<readonly string[]> {
  const { gateway, proxy } = options.road;
  const host = proxy.kind === 'manual' ? proxy.host : gateway.host;
  if (proxy.kind !== 'pac' && isIP(host) === 4) return [host];
  if (proxy.kind === 'none') return [ANYWHERE];
  const { servers } = await readMachineNames();
  const [first] = servers
    .map(({ address }) => address)
    .filter((address) => isIP(address) === 4 && !address.startsWith('127.'));
  return first === undefined ? [] : [first];
}
