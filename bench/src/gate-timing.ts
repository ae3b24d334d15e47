/**
 * Whether time tells who exists: wrong passwords for accounts that exist and for names that do not, at the first gate (a real
 * Active Directory by Samba) and at the second one, through a whole gateway as a browser asks.
 *
 * What is reported is how often the longer one of two single answers belongs to the account that exists, or to the name that
 * does not, whichever is more: 0.5 is a coin. Each name is tried a few times only, as the throttle allows.
 */
import { performance } from 'node:perf_hooks';
import { startDirectoryGateway } from '@chaperone/gateway/composition/testing/directory-gateway.ts';
import type { DirectoryGateway } from '@chaperone/gateway/composition/testing/directory-gateway.ts';
import type { Technician } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import {
  DOMAIN_NAME,
  PASSWORD,
  groupName,
  provisionDomain,
} from '@chaperone/gateway/directory/active-directory/testing/samba-domain.ts';
import type { SambaDomain } from '@chaperone/gateway/directory/active-directory/testing/samba-domain.ts';
import type { Bench, Result, Say } from './bench.ts';
import { median } from './statistics/statistics.ts';

const KNOWN = 'lead admin engineer auditor stranger disabled expired ended leaving removed'.split(
  ' ',
);
const UNKNOWN = KNOWN.map((name) => [...name].toReversed().join(''));
const TRIES = 4;
/** With 40 times of each, chance alone stays below it in 99 runs of 100. */
const TOLD_APART_MAX = 0.65;
const WRONG = 'a wrong password';

export const gateTimingBench: Bench = {
  name: 'gate-timing',
  does: 'whether the time of a refusal tells at the first and second gate who exists',
  run: async (say) => await run(say),
};

async function run(say: Say): Promise<readonly Result[]> {
  await using domain = await provisionDomain();
  await using gateway = await startGateway(domain);
  const first = await timesOf(gateway, say, 'first gate', async (at, name) => {
    const body = { login: name, password: WRONG, workstation: at.workstation };
    return await at.ask('POST', '/api/sign-in/directory', { body });
  });
  for (const name of KNOWN) await gateway.addAccount(name);
  const second = await timesOf(gateway, say, 'second gate', async (at, name) => {
    const body = { userId: name, password: WRONG };
    return await at.ask('POST', '/api/sign-in/gateway', { body });
  });
  return [resultOf('first gate', first), resultOf('second gate', second)];
}

async function startGateway(domain: SambaDomain): Promise<DirectoryGateway> {
  const { host, port } = await domain.startController();
  return await startDirectoryGateway((place) => ({
    kind: 'active-directory',
    controllers: [`${host}:${port}`],
    authoritiesFile: place('domain.pem', domain.authorities),
    searchBase: DOMAIN_NAME,
    bindName: 'reader@corp.test',
    bindPasswordFile: place('bind-password', PASSWORD),
    groups: {
      technician: [groupName('Service-Staff')],
      lead: [],
      administrator: [],
      fieldEngineer: [],
      auditor: [],
    },
    timeoutMs: 5_000,
    unreachableMsMax: 3_600_000,
  }));
}

interface Times {
  readonly known: readonly number[];
  readonly unknown: readonly number[];
}

/** Tries each name a few times, those that exist and those that do not in turn. */
async function timesOf(
  gateway: DirectoryGateway,
  say: Say,
  what: string,
  attempt: (
    at: Technician,
    name: string,
  ) => Promise<{ readonly status: number; readonly text: string }>,
): Promise<Times> {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let turn = 0; turn < TRIES; turn += 1) {
    for (const [index, name] of KNOWN.entries()) {
      // A workstation may try twenty times at once.
      const at = await atGate(gateway);
      // The first one of a pair meets what licensing and the first gate have left to do: each side is it in turn.
      const pair = [
        [known, name],
        [unknown, UNKNOWN[index] ?? ''],
      ] as const;
      for (const [times, tried] of turn % 2 === 0 ? pair : pair.toReversed())
        times.push(await timeOf(at, tried, attempt));
    }
  }
  say(`${what}: ${median(known).toFixed(1)} ms known, ${median(unknown).toFixed(1)} ms unknown`);
  return { known, unknown };
}

/** A browser that stands at the second gate, and may as well try the first one again. */
async function atGate(gateway: DirectoryGateway): Promise<Technician> {
  const at = await gateway.atWorkstation();
  const body = { login: 'member', password: PASSWORD, workstation: at.workstation };
  const { status, text } = await at.ask('POST', '/api/sign-in/directory', { body });
  if (status !== 200) throw new Error(`the first gate does not open: ${text}`);
  return at;
}

async function timeOf(
  at: Technician,
  name: string,
  attempt: (
    at: Technician,
    name: string,
  ) => Promise<{ readonly status: number; readonly text: string }>,
): Promise<number> {
  const begunMs = performance.now();
  const { status, text } = await attempt(at, name);
  if (status !== 401) throw new Error(`not refused as expected: ${text}`);
  return performance.now() - begunMs;
}

function resultOf(gate: string, { known, unknown }: Times): Result {
  const value = toldApart(known, unknown);
  const target = `≤ ${TOLD_APART_MAX}`;
  return {
    name: `${gate}: told apart by time`,
    value,
    unit: '',
    target,
    peer: null,
    ok: value <= TOLD_APART_MAX,
  };
}

/** The share of pairs in which the longer time is of the same side (area under the ROC curve, or its complement). */
function toldApart(left: readonly number[], right: readonly number[]): number {
  let longer = 0;
  for (const one of left) for (const other of right) longer += one > other ? 1 : 0;
  const share = longer / (left.length * right.length);
  return Math.max(share, 1 - share);
}
