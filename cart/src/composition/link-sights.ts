/** What NetworkManager knows of the cart's interfaces, as a validation takes it: the kernel tells links and addresses by itself. */
import { z } from 'zod';
import type { NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import type { NetworkPart } from '../commissioning/commissioning.ts';
import type { LinkSight } from '../validation/validation.ts';

/** Why a profile did not come up, by the findings of the change that tried it. */
const FAILURES: Readonly<Record<string, LinkSight['failure']>> = {
  NETWORK_LOGIN_REFUSED: 'login-refused',
  ADDRESS_IN_USE: 'address-in-use',
  NO_ADDRESS: 'address-not-given',
};
const shownProfile = z.object({
  ipv4: z.object({ method: z.enum(['dhcp', 'static']), address: z.string().optional() }),
});

/** Asks; where the network cannot be asked, the answer is empty. */
export function linkSights(
  network: Pick<NetworkPart, 'interfaces' | 'change'>,
): () => Promise<readonly LinkSight[]> {
  return async () => {
    const interfaces = await network.interfaces().catch(() => []);
    return interfaces.map((each) => sightOf(each, network.change()));
  };
}

function sightOf(
  { name, state, ssid, signalPercent, profile }: NetworkInterface,
  change: ReturnType<NetworkPart['change']>,
): LinkSight {
  const ipv4 = shownProfile.safeParse(profile).data?.ipv4;
  // What a change failed with says nothing of an interface that is up by the profile before it.
  const isTold = state !== 'up' && change?.interface === name;
  return {
    name,
    failure: isTold ? (FAILURES[change.failure ?? ''] ?? null) : null,
    ssid,
    signalPercent,
    method: ipv4?.method ?? null,
    address: ipv4?.address ?? null,
  };
}
