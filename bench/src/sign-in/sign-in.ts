/**
 * Signing in, and a session's screen, while two hundred guess passwords: the real gateway with its real hashes and throttles.
 *
 * Each who guesses has a licensed workstation, an address and accounts of its own, so that the throttles alone do not
 * stop them. Three times in turn: the screen alone, somebody signing in beside it, and the guessers beside both. The peer is the
 * same run without them.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ADMIN_SOCKET_FILE,
  askRunningGateway,
} from '@chaperone/gateway/composition/admin-socket.ts';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition.ts';
import { Technician } from '@chaperone/test/harness/technician.ts';
import type { TechnicianOptions } from '@chaperone/test/harness/technician.ts';
import { startDay } from '@chaperone/test/scenario/day.ts';
import type { Day } from '@chaperone/test/scenario/day.ts';
import type { Bench, Result, Say } from '../bench.ts';
import { startEnd } from '../ends/end.ts';
import type { End } from '../ends/end.ts';
import { percentile, spread } from '../statistics/statistics.ts';
import type { Answers, GuessersPlan } from './guessers-end.ts';
import { Watcher } from './watcher.ts';

const GUESSERS = 200;
const ROUNDS = 3;
const PHASE_MS = 15_000;
/** Between two sign-ins of the one who may. */
const SIGN_IN_EVERY_MS = 400;
const MEMORY_EVERY_MS = 200;
const MOST = { signIn: 3, screen: 1.5, memoryMB: 100 } as const;

interface Phase {
  readonly signIns: readonly number[];
  readonly screen: readonly number[];
  /** The largest resident set of the gateway, MB. */
  readonly memoryMB: number;
  readonly guesses: Answers;
}

export const signInBench: Bench = {
  name: 'sign-in',
  does: 'signing in, and a session’s screen, while 200 guess passwords',
  run: async (say) => await run(say),
};

async function run(say: Say): Promise<readonly Result[]> {
  await using day = await startDay({}, undefined, undefined, { seatsMax: GUESSERS + 10 });
  await day.openSession(['view']);
  const watcher = await Watcher.open(day.technician, day.opened.id);
  const rightful = await rightfulTechnician(day);
  say(`licensing ${GUESSERS} workstations for those who guess …`);
  const plan = await guessersPlan(day);
  const phases: Record<'alone' | 'signing' | 'guessed', Phase[]> = {
    alone: [],
    signing: [],
    guessed: [],
  };
  const parts = { day, watcher, rightful, plan };
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`round ${round} of ${ROUNDS}`);
    phases.alone.push(await measure(parts, { signing: false, guessing: false }));
    phases.signing.push(await measure(parts, { signing: true, guessing: false }));
    phases.guessed.push(await measure(parts, { signing: true, guessing: true }));
    report(say, phases);
  }
  watcher.close();
  return resultsOf(phases);
}

interface Parts {
  readonly day: Day;
  readonly watcher: Watcher;
  readonly rightful: () => Promise<number>;
  readonly plan: GuessersPlan;
}

async function measure(
  { day, watcher, rightful, plan }: Parts,
  what: { readonly signing: boolean; readonly guessing: boolean },
): Promise<Phase> {
  const guessers = what.guessing ? await startGuessers(plan) : null;
  try {
    const until = AbortSignal.timeout(PHASE_MS);
    const [signIns, screen, memoryMB] = await Promise.all([
      what.signing ? signInAgainAndAgain(rightful, until) : [],
      watcher.measure(until),
      largestMemory(day.system.gateway.pid, until),
    ]);
    const guesses = (await guessers?.ask<Answers>('end')) ?? {};
    return { signIns, screen, memoryMB, guesses };
  } finally {
    await guessers?.stop();
  }
}

async function startGuessers(plan: GuessersPlan): Promise<End> {
  const guessers = await startEnd(path.join(import.meta.dirname, 'guessers-end.ts'));
  await guessers.ask('begin', plan);
  return guessers;
}

async function signInAgainAndAgain(
  rightful: () => Promise<number>,
  until: AbortSignal,
): Promise<readonly number[]> {
  const took: number[] = [];
  while (!until.aborted) {
    took.push(await rightful());
    await pause(SIGN_IN_EVERY_MS);
  }
  return took;
}

async function largestMemory(pid: number, until: AbortSignal): Promise<number> {
  let largest = 0;
  while (!until.aborted) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
    largest = Math.max(largest, (kibibytes * 1024) / 1e6);
    await pause(MEMORY_EVERY_MS);
  }
  return largest;
}

/** Somebody at a workstation where they came in before. @returns what signs in and out once, and says how long it took */
async function rightfulTechnician(day: Day): Promise<() => Promise<number>> {
  const person = DEMO_SIGN_INS.find(({ gateway }) => gateway.userId === 'lena');
  if (person === undefined) throw new Error('there is no such person in the demo');
  const options: TechnicianOptions = {
    consoleUrl: day.system.consoleUrl,
    licenceCode: await licence(day, 'Own workstation'),
    login: person.directory.login,
    directoryPassword: person.directory.password,
    userId: person.gateway.userId,
    gatewayPassword: person.gateway.password,
  };
  const technician = await Technician.signIn(options);
  return async () => {
    await technician.call('POST', '/api/sign-out');
    const began = performance.now();
    await technician.passGates(options);
    return performance.now() - began;
  };
}

async function guessersPlan(day: Day): Promise<GuessersPlan> {
  const [person] = DEMO_SIGN_INS;
  if (person === undefined) throw new Error('there is nobody in the demo');
  const workstations: string[] = [];
  for (let count = 1; count <= GUESSERS; count += 1) {
    const technician = new Technician(day.system.consoleUrl);
    await technician.enrol(await licence(day, `Guesser ${count}`));
    workstations.push(technician.workstation);
  }
  const { login, password } = person.directory;
  return { consoleUrl: day.system.consoleUrl, workstations, login, password };
}

async function licence({ system }: Day, label: string): Promise<string> {
  const socket = path.join(system.gatewayData, ADMIN_SOCKET_FILE);
  const act = { act: 'issue-workstation-licence', label, by: 'bench' };
  return String((await askRunningGateway(socket, act))['code']);
}

type Phases = Readonly<Record<'alone' | 'signing' | 'guessed', readonly Phase[]>>;

function report(say: Say, { alone, signing, guessed }: Phases): void {
  const [quiet, busy] = [signing.at(-1), guessed.at(-1)];
  if (quiet === undefined || busy === undefined) return;
  const p = (values: readonly number[], share: number): string =>
    percentile(values, share).toFixed(1);
  say(`  sign-in, ms: ${spread(quiet.signIns)} without, ${spread(busy.signIns)} with guessers`);
  const screens = [...alone.slice(-1), quiet, busy].map(({ screen }) => screen);
  say(
    `  screen, ms: ${screens.map((took) => `p50 ${p(took, 0.5)} p99 ${p(took, 0.99)}`).join('; ')}`,
  );
  say(`  answers to guesses: ${JSON.stringify(busy.guesses)}`);
}

function resultsOf(phases: Phases): readonly Result[] {
  const joined = (which: keyof Phases, what: 'signIns' | 'screen'): readonly number[] =>
    phases[which].flatMap((phase) => phase[what]);
  const signIn = ratioOf(
    'sign-in beside 200 who guess, p95',
    percentile(joined('guessed', 'signIns'), 0.95),
    percentile(joined('signing', 'signIns'), 0.95),
    MOST.signIn,
  );
  const idle = percentile(joined('alone', 'screen'), 0.99);
  const beside = percentile(joined('guessed', 'screen'), 0.99);
  const hashed = phases.guessed.reduce(
    (sum, { guesses }) => sum + (guesses['SIGN_IN_REFUSED'] ?? 0),
    0,
  );
  const memory = (which: keyof Phases): number =>
    Math.max(...phases[which].map(({ memoryMB }) => memoryMB));
  const more = memory('guessed') - memory('alone');
  return [
    signIn,
    ratioOf('screen beside 200 who guess, p99', beside, idle, MOST.screen),
    {
      name: 'memory of the gateway, more than without',
      value: more,
      unit: 'MB',
      target: `≤ ${MOST.memoryMB} MB`,
      peer: null,
      ok: more <= MOST.memoryMB,
    },
    {
      name: 'guesses that were hashed and refused',
      value: hashed / ((ROUNDS * PHASE_MS) / 1000),
      unit: '1/s',
      target: null,
      peer: null,
      ok: true,
    },
  ];
}

function ratioOf(name: string, value: number, peer: number, most: number): Result {
  const ratio = value / peer;
  return {
    name,
    value,
    unit: 'ms',
    target: `≤ ${most} × that without (here ${ratio.toFixed(2)} ×)`,
    peer,
    ok: ratio <= most,
  };
}
