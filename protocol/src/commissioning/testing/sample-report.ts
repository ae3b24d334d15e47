/** Test support: claims of an acceptance report as a cart makes them, to be changed by the test. */
import { isAccepted } from '@chaperone/domain/validation/acceptance.ts';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import { REPORT_VERSION } from '../acceptance-report.ts';
import type { AcceptanceReportClaims } from '../acceptance-report.ts';
import { firewallRules } from '../firewall.ts';
import type { ValidationStepReport } from '../validation.ts';

const STARTED_MS = Date.UTC(2026, 10, 29, 9, 41, 12);

/** One line of a validation as it passes. */
export function passedStep(
  step: ValidationStepReport['step'],
  said = `The step ${step} is as it should be.`,
): ValidationStepReport {
  return { step, result: 'passed', finding: null, seen: {}, said, advice: null, tookMs: 12 };
}

/** A healthy cart on a hospital's wire, by DHCP. Verdict and firewall rules follow from what is changed. */
export function sampleClaims(
  changes: Partial<AcceptanceReportClaims> = {},
): AcceptanceReportClaims {
  const claims: AcceptanceReportClaims = {
    version: REPORT_VERSION,
    iss: 'US-1001',
    jti: 'acpt-0123456789abcdefghjkmnpqrs',
    iat: STARTED_MS / 1000 + 9,
    demo: false,
    accepted: true,
    model: 'Sonora 5',
    software: 'chaperone-cart 0.1.0',
    facility: 'St. Brigid Hospital, Department of Radiology',
    acceptedBy: 'Finn Eriksen',
    gateway: {
      host: 'gateway.example',
      port: 443,
      serverName: 'gateway.example',
      addresses: ['203.0.113.10'],
      rootFingerprint: '3b7c9e10'.repeat(8),
    },
    network: {
      interface: 'eno1',
      kind: 'wired',
      hardwareAddress: '00:1b:21:3c:9d:f8',
      method: 'dhcp',
      address: '10.20.31.47',
      prefixLength: 24,
      router: '10.20.31.1',
      nameServers: ['10.20.0.53', '10.20.0.54'],
      namesBy: 'udp',
      speed: 1000,
      ssid: null,
      security: 'none',
    },
    proxy: { kind: 'none', url: null, host: null, port: null, authentication: 'none' },
    licence: {
      id: 'lcnc-0123456789abcdefghjkmnpqrs',
      features: ['view', 'control', 'fetch-files', 'send-files'],
      validUntilUtcMs: Date.UTC(2028, 0, 1),
    },
    certificate: {
      serial: '4f3a9c0e5d7b1a2c',
      notAfterUtcMs: Date.UTC(2027, 10, 29),
      signature: '2.16.840.1.101.3.4.3.10',
    },
    validation: {
      startedUtcMs: STARTED_MS,
      endedUtcMs: STARTED_MS + 8_400,
      steps: VALIDATION_STEPS.map((step) => passedStep(step)),
    },
    firewall: [],
    ...changes,
  };
  return {
    ...claims,
    accepted: changes.accepted ?? isAccepted(claims.validation.steps),
    firewall: changes.firewall ?? firewallRules(claims),
  };
}
