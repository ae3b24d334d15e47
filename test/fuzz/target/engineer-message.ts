/** Targets of JSON that a field engineer's side sends: the panel's engineer page, and commands to a running agent. */
import { commissioningRequest } from '@chaperone/cart/commissioning/request.ts';
import * as engineerAPI from '@chaperone/protocol/panel-api/engineer.ts';
import { validation } from '@chaperone/protocol/commissioning/validation.ts';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { z } from 'zod';
import type { Target } from '../target.ts';
import { readShape, ShapeRefused } from './message.ts';

const ENTERPRISE = {
  eap: 'peap-mschapv2',
  identity: 'cart',
  anonymousIdentity: null,
  password: 'p',
  caCertificates: '-----BEGIN CERTIFICATE-----',
  serverName: 'radius.example',
};
const WIRED = {
  kind: 'wired',
  ipv4: { method: 'dhcp', nameServers: ['192.0.2.1'] },
  enterprise: ENTERPRISE,
};
const WIFI = {
  kind: 'wifi',
  ssid: 'Ward',
  isHidden: false,
  band: '5 GHz',
  security: { kind: 'wpa2-personal', passphrase: '12345678' },
  ipv4: {
    method: 'static',
    address: '192.0.2.7',
    prefixLength: 24,
    router: null,
    nameServers: [],
  },
};
const PROXY = {
  kind: 'manual',
  host: 'proxy',
  port: 3128,
  credentials: { name: 'n', password: 'p' },
};
const STEP = {
  ...{ step: 'port', result: 'failed', finding: 'PORT_CLOSED', seen: { port: 443 } },
  ...{ said: 's', advice: 'a', tookMs: 1 },
};
const STATE = {
  cart: { serial: 'US-1', model: 'M', software: 'S' },
  enrolment: null,
  isPrestaged: true,
  enrolTrouble: 'PORT_CLOSED',
  gateway: { host: 'g', port: 443, serverName: 'g' },
  proxy: { kind: 'none', address: null },
  interfaces: [],
  networkTrouble: null,
  change: {
    ...{ interface: 'eth0', state: 'trying', secondsLeft: 9, failure: null },
    ...{ proof: 'gateway', isKeepable: false },
  },
  validation: {
    ...{
      running: true,
      accepted: false,
      startedUtcMs: 1,
      steps: [STEP],
      now: 'tunnel',
      nowForMs: 2,
    },
    idleSeconds: 60,
  },
  report: null,
  reportTrouble: 'ACCEPTANCE_REFUSED',
  reportRefusal: 'The report is not taken.',
  ledgerDiverged: { code: 'LEDGER_SHORTER', noticedUtcMs: 1_790_000_000_000 },
};

const SHAPES: readonly {
  readonly name: string;
  readonly entry: string;
  readonly schema: z.ZodType;
  readonly seeds: readonly object[];
}[] = [
  {
    name: 'message-engineer-network',
    entry: 'cart/src/panel-api/engineer-routes.ts › network',
    schema: engineerAPI.applyNetwork,
    seeds: [
      { interface: 'eth0', profile: WIRED },
      { interface: 'wlan0', profile: WIFI, proof: 'link' },
    ],
  },
  {
    name: 'message-engineer-proxy',
    entry: 'protocol/src/panel-api/engineer.ts › proxySettings',
    schema: engineerAPI.proxySettings,
    seeds: [PROXY, { kind: 'pac', url: 'http://p/proxy.pac', credentials: null }, { kind: 'none' }],
  },
  {
    name: 'message-engineer-licence',
    entry: 'protocol/src/panel-api/engineer.ts › enterLicence',
    schema: engineerAPI.enterLicence,
    seeds: [{ code: 'K7QM2', rootFingerprint: 'ab'.repeat(10), replace: true }],
  },
  {
    name: 'message-engineer-state',
    entry: 'protocol/src/panel-api/engineer.ts › engineerState',
    schema: engineerAPI.engineerState,
    seeds: [STATE],
  },
  {
    name: 'message-commissioning-request',
    entry: 'cart/src/commissioning/socket-words.ts › commissioningRequest',
    schema: commissioningRequest,
    seeds: [
      { act: 'state' },
      { act: 'withdraw' },
      { act: 'network', interface: 'eth0', profile: WIRED, proof: 'gateway' },
      { act: 'proxy', proxy: PROXY },
      {
        act: 'licence',
        code: 'K',
        rootFingerprint: null,
        gateway: null,
        licence: null,
        anchors: null,
        replace: false,
      },
      { act: 'validate', idleSeconds: 60 },
    ],
  },
  {
    name: 'message-kept-validation',
    entry: 'cart/src/commissioning/kept-validation.ts › validation',
    schema: validation,
    seeds: [
      {
        startedUtcMs: 1,
        endedUtcMs: 2,
        steps: VALIDATION_STEPS.map((step) => ({ ...STEP, step })),
      },
    ],
  },
];

export const ENGINEER_MESSAGE_TARGETS: readonly Target[] = SHAPES.map(
  ({ name, entry, schema, seeds }) => ({
    name,
    entry,
    refusals: [ShapeRefused],
    limits: 'strict or bounded members; few issues for many faults',
    form: 'json',
    weight: 0.5,
    seeds: () => seeds.map((value) => Buffer.from(JSON.stringify(value))),
    feed: (input) => readShape(schema, input),
  }),
);
