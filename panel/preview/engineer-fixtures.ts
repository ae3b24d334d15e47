/** One EngineerState for each thing that the engineer page can show, and what its acts answer. Development only. */
import { FINDINGS, VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { Finding, ValidationStep } from '@chaperone/domain/validation/finding.ts';
import { FINDING_WORDS, PASSED_WORDS, withFacts } from '@chaperone/domain/validation/words.ts';
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';

const SEEN = {
  ...{ interface: 'eth0', kind: 'wired', speed: 1000, hardwareAddress: '00:1B:2C:3D:4E:5F' },
  ...{ address: '10.20.30.41', prefixLength: 24, router: '10.20.30.1', name: 'gateway.example' },
  ...{ addresses: '192.0.2.10', by: 'UDP', port: 443, tookMs: 18, gateway: 'gateway.example:443' },
  ...{ issuer: 'Chaperone Cart Root', protocol: 'TLSv1.3', serverName: 'gateway.example' },
  ...{ signature: 'ecdsa-with-SHA3-256', validUntil: '2027-03-01', skewSeconds: 0.2, id: 'lic-7' },
  ...{ bytesUp: 1400, bytesDown: 1400, features: 'view, control', roundTripMs: 24, upMbits: 41 },
  ...{ downMbits: 88, survivedSeconds: 60, source: '10.20.30.41', host: 'proxy', status: 407 },
};

/** Makes what a step saw, as the agent says it. */
export function seen(step: ValidationStep, finding: Finding | null = null): ValidationStepReport {
  const words = finding === null ? null : FINDING_WORDS[finding];
  return {
    step,
    result: finding === null ? 'passed' : finding === 'LICENCE_ENDS_SOON' ? 'warned' : 'failed',
    finding,
    seen: SEEN,
    said: withFacts(words?.said ?? PASSED_WORDS[step], SEEN),
    advice: words === null ? null : withFacts(words.advice, SEEN),
    tookMs: 12,
  };
}

/** Makes the steps up to one that failed; those after it are left out. */
export function stepsWith(finding: Finding): ValidationStepReport[] {
  const at = VALIDATION_STEPS.indexOf(FINDINGS[finding]);
  return VALIDATION_STEPS.map((step, index) => {
    if (index < at) return seen(step);
    if (index === at) return seen(step, finding);
    return { ...seen(step), result: 'left-out', said: 'Left out.' };
  });
}

export const NEW_CART: EngineerState = {
  cart: { serial: 'SN-204417', model: 'Sonata 9', software: 'chaperone-cart 0.1.0' },
  enrolment: null,
  isPrestaged: false,
  enrolTrouble: null,
  gateway: { host: 'gateway.example', port: 443, serverName: 'gateway.example' },
  proxy: { kind: 'none', address: null },
  interfaces: [
    {
      ...{ name: 'eth0', kind: 'wired', hardwareAddress: '00:1B:2C:3D:4E:5F', state: 'up' },
      ...{ speed: 1000, address: '10.20.30.41', prefixLength: 24, router: '10.20.30.1' },
      ...{ nameServers: ['10.20.0.53'], ssid: null, signalPercent: null, abilities: null },
      profile: null,
    },
    {
      ...{ name: 'wlan0', kind: 'wifi', hardwareAddress: '00:1B:2C:3D:4E:60', state: 'down' },
      ...{ speed: null, address: null, prefixLength: null, router: null, nameServers: [] },
      ...{ ssid: null, signalPercent: null, profile: null },
      abilities:
        '802.11 b/g/n (2.4 GHz) and a/n/ac (5 GHz), MCS 0–9, CCK and OFDM, WPA2-Personal and WPA2-Enterprise with AES',
    },
  ],
  networkTrouble: null,
  change: null,
  validation: null,
  report: null,
  reportTrouble: null,
  reportRefusal: null,
  ledgerDiverged: null,
};

export const ENROLLED_CART: EngineerState = {
  ...NEW_CART,
  enrolment: {
    certificateSerial: '5f0c2a91d4e8',
    certificateNotAfterUtcMs: Date.UTC(2027, 1, 28),
    renewalDueUtcMs: Date.UTC(2026, 10, 29),
    renewalFailure: null,
    licence: {
      id: 'lic-7',
      features: ['view', 'control', 'fetch-files'],
      validUntilUtcMs: Date.UTC(2028, 0, 1),
    },
  },
};

const STARTED = { startedUtcMs: Date.UTC(2026, 2, 2, 13, 32), nowForMs: 0, idleSeconds: 0 };

export const ENGINEER_FIXTURES: Readonly<Record<string, EngineerState>> = {
  new: NEW_CART,
  waiting: { ...NEW_CART, isPrestaged: true, enrolTrouble: 'PORT_DROPPED' },
  diverged: {
    ...NEW_CART,
    ledgerDiverged: { code: 'LEDGER_REWRITTEN', noticedUtcMs: Date.UTC(2026, 10, 30, 8, 15) },
  },
  enrolled: ENROLLED_CART,
  'no-network-manager': {
    ...ENROLLED_CART,
    interfaces: [],
    networkTrouble: 'NETWORK_MANAGER_AWAY',
  },
  trying: {
    ...ENROLLED_CART,
    change: {
      ...{ interface: 'eth0', state: 'trying', secondsLeft: 41, failure: null },
      ...{ proof: 'gateway', isKeepable: false },
    },
  },
  'rolled-back': {
    ...ENROLLED_CART,
    change: {
      ...{ interface: 'eth0', state: 'rolled-back', secondsLeft: null, failure: 'NO_ADDRESS' },
      ...{ proof: 'gateway', isKeepable: false },
    },
  },
  'rolled-back-at-the-port': {
    ...ENROLLED_CART,
    change: {
      ...{ interface: 'eth0', state: 'rolled-back', secondsLeft: null, failure: 'PORT_DROPPED' },
      ...{ proof: 'gateway', isKeepable: true },
    },
  },
  'kept-without-gateway': {
    ...ENROLLED_CART,
    change: {
      ...{ interface: 'eth0', state: 'kept', secondsLeft: null, failure: null },
      ...{ proof: 'link', isKeepable: false },
    },
  },
  validating: {
    ...ENROLLED_CART,
    validation: {
      ...STARTED,
      ...{ running: true, accepted: false, now: 'idle', nowForMs: 21_000, idleSeconds: 60 },
      steps: VALIDATION_STEPS.slice(0, -1).map((step) => seen(step)),
    },
  },
  validated: {
    ...ENROLLED_CART,
    validation: {
      ...STARTED,
      ...{ running: false, accepted: true, now: null },
      steps: VALIDATION_STEPS.map((step) =>
        seen(step, step === 'licence' ? 'LICENCE_ENDS_SOON' : null),
      ),
    },
  },
  inspected: {
    ...ENROLLED_CART,
    validation: {
      ...STARTED,
      ...{ running: false, accepted: false, now: null, steps: stepsWith('TLS_INSPECTED') },
    },
  },
  stopped: {
    ...ENROLLED_CART,
    validation: {
      ...STARTED,
      ...{ running: false, accepted: false, now: null },
      steps: VALIDATION_STEPS.map((step) => ({ ...seen(step), result: 'left-out', said: '' })),
    },
  },
  accepted: {
    ...ENROLLED_CART,
    validation: {
      ...STARTED,
      ...{ running: false, accepted: true, now: null },
      steps: VALIDATION_STEPS.map((step) => seen(step)),
    },
    report: {
      id: 'acpt-00000000000000000000000001',
      signedUtcMs: Date.UTC(2026, 2, 2, 13, 40),
      facility: 'St. Marien Krankenhaus, Kardiologie',
      acceptedBy: 'F. Oberhauser',
      accepted: true,
      isOutOfDate: false,
      receivedUtcMs: Date.UTC(2026, 2, 2, 13, 41),
    },
  },
};

export const SCANNED = {
  networks: [
    ['Klinik-Medizintechnik', 82, '5 GHz', 44, 'wpa2-enterprise', null],
    ['Klinik-Medizintechnik', 64, '2.4 GHz', 6, 'wpa2-enterprise', null],
    ['Ward-4', 58, '5 GHz', 100, 'wpa2-personal', null],
    ['Gast', 71, '2.4 GHz', 1, 'open', 'WIFI_OPEN'],
    ['altes-Netz', 33, '2.4 GHz', 11, 'wpa', 'WIFI_TKIP'],
  ].map(([ssid, signalPercent, band, channel, security, refused]) => ({
    ...{ ssid, signalPercent, band, channel, security, refused },
  })),
};
