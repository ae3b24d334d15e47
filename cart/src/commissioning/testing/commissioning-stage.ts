/** A facade on its real files, with parts that the test scripts. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type {
  Validation,
  ValidationStepReport,
} from '@chaperone/protocol/commissioning/validation.ts';
import type { NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import { Commissioning, FieldsRefused } from '../commissioning.ts';
import type {
  CommissioningOptions,
  LicenceToRedeem,
  NetworkChange,
  SignedReport,
} from '../commissioning.ts';

export const CODE = newLicenceCode((count) => new Uint8Array(count).fill(7)) as unknown as string;
export const FINGERPRINT = 'ab'.repeat(32);

export const passed = (step: ValidationStepReport['step']): ValidationStepReport => ({
  ...{ step, result: 'passed', finding: null, seen: {}, said: 'As it should be.' },
  ...{ advice: null, tookMs: 1 },
});

export const DHCP = {
  kind: 'wired',
  ipv4: { method: 'dhcp', nameServers: [] },
  enterprise: null,
} as const;

export async function commissioningStage(t: TestContext) {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'chaperone-commissioning-'));
  t.after(() => rm(dataDirectory, { recursive: true, force: true }));
  const world = {
    isSession: false,
    isEnrolled: false,
    waiting: null as LicenceToRedeem | null,
    /** What redeeming throws. */
    refusal: null as Error | null,
    facts: [] as string[],
    validation: VALIDATION_STEPS.map(passed) as readonly ValidationStepReport[],
    change: null as NetworkChange | null,
    apply: async (): Promise<void> => undefined,
    interfaces: async (): Promise<readonly NetworkInterface[]> => [],
    became: { became: 'waiting', refusal: null } as Pick<SignedReport, 'became' | 'refusal'>,
    withdraw: (): void => undefined,
    /** What judging a profile throws. */
    profileRefusal: null as Error | null,
    /** What the acceptance was asked to sign. */
    signed: [] as { host: string; steps: number }[],
    /** Set: redeeming waits for this. */
    redeeming: null as Promise<void> | null,
    /** Set: validation waits in its last step until it is stopped. */
    isEndless: false,
  };
  const listeners = new Set<() => void>();
  const options: CommissioningOptions = {
    dataDirectory,
    cart: { serial: 'US-1', model: 'Bench', software: 'test' },
    configured: {
      gateway: { host: 'gateway.example', port: 443, serverName: 'gateway.example' },
      rootFingerprint: null,
    },
    clock: { utcMs: () => 1_700_000_000_000, monotonicMs: () => performance.now() },
    network: {
      interfaces: () => world.interfaces(),
      withdraw: async () => world.withdraw(),
      scan: async () => ({ networks: [] }),
      admit: async () => {
        if (world.profileRefusal !== null) throw world.profileRefusal;
      },
      apply: async (_name, _profile, proof) => {
        world.change = {
          ...{ interface: 'eth0', state: 'trying', secondsLeft: 30, failure: null },
          ...{ proof, isKeepable: false },
        };
        for (const listener of listeners) listener();
        await world.apply();
        world.change = { ...world.change, state: 'kept', secondsLeft: null };
      },
      change: () => world.change,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    licence: {
      enrolment: async () =>
        world.isEnrolled
          ? {
              ...{ certificateSerial: '0a', certificateNotAfterUtcMs: 2, renewalDueUtcMs: 1 },
              renewalFailure: null,
              licence: { id: 'lic-1', features: ['view'], validUntilUtcMs: null },
            }
          : null,
      waiting: async () => world.waiting,
      keepWaiting: async (licence) => void (world.waiting = licence),
      dropWaiting: async () => void (world.waiting = null),
      redeem: async ({ onSending, onGranted, signal: until }) => {
        if (world.redeeming !== null) {
          until.throwIfAborted();
          await new Promise((_resolve, reject) =>
            until.addEventListener('abort', () => reject(until.reason as Error)),
          );
        }
        onSending();
        if (world.refusal !== null) throw world.refusal;
        await onGranted();
        world.isEnrolled = true;
        return { serial: 'US-1', certificateSerial: '0a' };
      },
    },
    validate: async ({ onStep, signal }) => {
      for (const step of world.validation.slice(0, world.isEndless ? -1 : undefined)) onStep(step);
      if (world.isEndless) {
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      }
      return { startedUtcMs: 1, endedUtcMs: 2, steps: [...world.validation] } satisfies Validation;
    },
    acceptance: {
      accept: async ({ site, validation }) => {
        world.signed.push({ host: site.gateway.host, steps: validation.steps.length });
        const file = {
          ...({ kind: 'chaperone-acceptance', version: 1, report: 'a.b.c' } as const),
          ...{ receipt: null, root: '', ledgerKey: '' },
        };
        return { file, ...world.became };
      },
      newest: async () => null,
      summary: async () => ({ report: null, reportTrouble: null, reportRefusal: null }),
      page: async () => '<!doctype html>',
      firewall: async ({ site, validation }, language) =>
        `${site.gateway.host} ${validation === null ? 'not validated' : 'validated'} ${language}`,
    },
    ledgerDiverged: async () => null,
    isSessionUnderWay: () => world.isSession,
    record: async (facts) => void world.facts.push(...facts.map((fact) => JSON.stringify(fact))),
    onEnrolled: async () => void world.facts.push('enrolled'),
  };
  return { dataDirectory, world, options, commissioning: await Commissioning.open(options) };
}

/** Nobody breaks it off. */
export const signal = new AbortController().signal;
export const licence = { code: CODE, rootFingerprint: FINGERPRINT };

export async function refusedFields(work: Promise<unknown>): Promise<readonly string[]> {
  const fault = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(fault instanceof FieldsRefused, String(fault));
  for (const { message } of fault.fields) assert.match(message, /^[A-Z"].*[.]$/);
  return fault.fields.map(({ field, code }) => `${field} ${code}`);
}
