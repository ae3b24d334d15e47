/** Networks with nothing to mend: a validation goes through every step that they have. */
import type { ValidationStep } from '@chaperone/domain/validation/finding.ts';
import { ACCOUNT, PROXY_PORT, behindSquid } from './behind-squid.ts';
import type { CartPlan, HospitalPlan, Place } from './hospital.ts';
import { GATEWAY } from './internet.ts';
import { startPACServer } from './pac-server.ts';

const { name, address } = GATEWAY;

export interface HealthyRow {
  readonly network: string;
  readonly plan: () => HospitalPlan;
  readonly cart: (place: Place) => CartPlan;
  /** The one step that there is nothing to look at for. */
  readonly leftOut: ValidationStep;
}

export const HEALTHY_NETWORKS: readonly HealthyRow[] = [
  { network: 'a healthy network', plan: () => ({}), cart: () => ({}), leftOut: 'proxy' },
  {
    network: 'a network whose proxy asks for a password',
    plan: () => behindSquid({ authentication: 'digest', account: ACCOUNT }),
    cart: ({ router }) => ({
      proxy: () => ({ kind: 'manual', host: router, port: PROXY_PORT, credentials: ACCOUNT }),
    }),
    leftOut: 'port',
  },
  {
    network: 'a network whose PAC file lets the cart go by itself',
    plan: () => ({ service: (router, { router: at }) => startPACServer(router, at) }),
    cart: ({ router }) => ({
      proxy: () => ({
        kind: 'pac',
        url: `http://${router}:8080/direct.pac`,
        credentials: null,
      }),
    }),
    leftOut: 'port',
  },
  {
    network: 'a network whose second search domain alone knows the proxy’s short name',
    plan: () => ({
      ...behindSquid(),
      resolv: ({ router }) =>
        `search ward.example.org hospital.example.org\nnameserver ${router}\n`,
      names: ({ router }) => [
        `--address=/${name}/${address}`,
        `--address=/proxy.hospital.example.org/${router}`,
      ],
    }),
    cart: () => ({
      proxy: () => ({ kind: 'manual', host: 'proxy', port: PROXY_PORT, credentials: null }),
    }),
    leftOut: 'port',
  },
  {
    network: 'a network whose name server gives an address of nothing beside the gateway’s own',
    plan: () => ({
      names: () => [`--host-record=${name},0.0.0.0`, `--host-record=${name},${address}`],
    }),
    cart: () => ({}),
    leftOut: 'proxy',
  },
];
