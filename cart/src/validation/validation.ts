/**
 * Validates the road between this cart and its gateway (white paper: "Validating SSL VPN connectivity"): one run, a line per
 * step, each with what was seen and, where it fails, the one sentence to read to the hospital's IT (decision 0021).
 *
 * It takes the same road as the tunnel, writes nothing, needs no operator and opens no session. The gateway answers no ICMP, so
 * nothing relies on ping. On the worst network it ends within a minute, the watch over idle connections aside.
 */
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { ValidationStep } from '@chaperone/domain/validation/finding.ts';
import type {
  Validation,
  ValidationStepReport,
} from '@chaperone/protocol/commissioning/validation.ts';
import { RoadMemory } from '../road/road.ts';
import { failed, reportOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { ends } from './scene.ts';
import type { Scene, Step, ValidationOptions } from './scene.ts';
import { addressStep } from './step/address.ts';
import { certificateStep } from './step/certificate.ts';
import { clockStep } from './step/clock.ts';
import { idleStep } from './step/idle.ts';
import { inspectionStep } from './step/inspection.ts';
import { licenceStep } from './step/licence.ts';
import { linkStep } from './step/link.ts';
import { namesStep } from './step/names.ts';
import { pathMTUStep } from './step/path-mtu.ts';
import { portStep } from './step/port.ts';
import { proxyStep } from './step/proxy.ts';
import { routeStep } from './step/route.ts';
import { tunnelStep } from './step/tunnel.ts';

export type { LinkSight, ValidationOptions } from './scene.ts';

const MEASURE_MS = 1000;
const STEPS: Readonly<Record<ValidationStep, Step>> = {
  link: linkStep,
  address: addressStep,
  route: routeStep,
  names: namesStep,
  port: portStep,
  proxy: proxyStep,
  inspection: inspectionStep,
  certificate: certificateStep,
  clock: clockStep,
  'path-mtu': pathMTUStep,
  licence: licenceStep,
  tunnel: tunnelStep,
  idle: idleStep,
};

/**
 * Takes every step once, in order.
 * @param onStep told of each step as soon as it is done
 * @throws the signal's reason when it is stopped
 */
export async function validate(
  options: ValidationOptions,
  onStep: (report: ValidationStepReport) => void,
  signal: AbortSignal,
): Promise<Validation> {
  const utcMs = options.utcMs ?? Date.now;
  const scene = newScene(options);
  const startedUtcMs = utcMs();
  const reports: ValidationStepReport[] = [];
  const run: Run = { scene, unknown: new Map(), handedOn: new Map() };
  try {
    for (const name of VALIDATION_STEPS) {
      signal.throwIfAborted();
      const beganMs = scene.options.monotonicMs();
      const outcome = await take(run, STEPS[name], signal);
      const report = reportOf(name, outcome, scene.options.monotonicMs() - beganMs);
      reports.push(report);
      onStep(report);
    }
    return { startedUtcMs, endedUtcMs: utcMs(), steps: reports };
  } finally {
    scene.line?.close();
  }
}

interface Run {
  readonly scene: Scene;
  /** Steps of which nothing is known, with the one that is to blame. */
  readonly unknown: Map<ValidationStep, ValidationStep>;
  readonly handedOn: Map<ValidationStep, Outcome>;
}

async function take(run: Run, step: Step, signal: AbortSignal): Promise<Outcome> {
  const { scene, unknown, handedOn } = run;
  const given = handedOn.get(step.name);
  const missing = given === undefined ? step.needs.find((need) => unknown.has(need)) : undefined;
  if (missing !== undefined) {
    const blamed = unknown.get(missing) ?? missing;
    unknown.set(step.name, blamed);
    return { result: 'left-out', said: `Not looked at: the step “${blamed}” comes first.` };
  }
  const outcome = given ?? (await takeInTime(step, scene, signal));
  if (outcome.result === 'handed-on') {
    handedOn.set(outcome.to, outcome.outcome);
    unknown.set(step.name, outcome.to);
  }
  if (outcome.result === 'failed' || outcome.result === 'blocked')
    unknown.set(step.name, step.name);
  return outcome;
}

/** A road that is lost in the middle of a step, or a step that finds no end, is a finding as well. */
async function takeInTime(step: Step, scene: Scene, signal: AbortSignal): Promise<Outcome> {
  const limit = AbortSignal.timeout(step.limitMs);
  try {
    return await step.take(scene, AbortSignal.any([signal, limit]));
  } catch (fault) {
    signal.throwIfAborted();
    const error = limit.aborted ? 'no answer in time' : networkFault(fault);
    if (error === null) throw fault;
    return failed(step.otherwise, { ...ends(scene), error, direction: 'either way' });
  }
}

/** Gives the code of what a network does to a connection; null for a fault of this program. */
function networkFault(fault: unknown): string | null {
  if (!(fault instanceof Error) || fault instanceof TypeError || fault instanceof RangeError)
    return null;
  return 'code' in fault && typeof fault.code === 'string' ? fault.code : fault.name;
}

function newScene(options: ValidationOptions): Scene {
  return {
    options: {
      ...options,
      measureMs: options.measureMs ?? MEASURE_MS,
      utcMs: options.utcMs ?? Date.now,
      monotonicMs: options.monotonicMs ?? (() => performance.now()),
    },
    memory: new RoadMemory(),
    interface: null,
    sight: null,
    source: null,
    addresses: [],
    address: null,
    look: null,
    line: null,
    status: null,
    skewMs: null,
  };
}
