/**
 * Commissioning: how long a whole validation takes where nothing is wrong, how well it measures a link whose limit is known, and
 * how many broken networks it names.
 *
 * The hospitals are those of `test/network/lab`: network namespaces with real name servers, proxies and packet filters, and the real
 * gateway outside. It needs root.
 */
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';
import { BROKEN_NETWORKS } from '@chaperone/test/network/lab/broken-networks.ts';
import type { Row } from '@chaperone/test/network/lab/broken-networks.ts';
import { Hospital } from '@chaperone/test/network/lab/hospital.ts';
import type { HospitalPlan } from '@chaperone/test/network/lab/hospital.ts';
import { Internet } from '@chaperone/test/network/lab/internet.ts';
import { linesOf, nameFinding, needsOwnCart } from '@chaperone/test/network/lab/name-finding.ts';
import type { Bench, Result, Say } from '../bench.ts';
import { percentile } from '../statistics/statistics.ts';

const ROUNDS = 3;
const HEALTHY_S_MAX = 10;
const BROKEN_S_MAX = 60;
const NETWORKS_MIN = 15;
const LINK_MBITS = 50;
/** TCP and TLS take some of the link; a bucket that was full lets some more through at first. */
const LINK_SHARE = [0.85, 1.05] as const;
const AT_ONCE = 4;
/** As in life. */
const MEASURE_MS = 1000;

export const commissionBench: Bench = {
  name: 'commission',
  does: 'a whole validation on a healthy network, over 50 Mbit/s, and in each broken network',
  run: async (say) => await run(say),
};

async function run(say: Say): Promise<readonly Result[]> {
  const internet = await Internet.start(BROKEN_NETWORKS.filter(needsOwnCart).length + 2 * ROUNDS);
  try {
    const healthy = await validations(internet, {}, say);
    const slow = await validations(internet, { onRouter: () => narrowed() }, say);
    const { named, longestS } = await broken(internet, say);
    const measured = slow.map(({ steps }) => steps.find(({ step }) => step === 'tunnel')?.seen);
    const median = (name: string): number =>
      percentile(
        measured.map((seen) => Number(seen?.[name] ?? 0)),
        0.5,
      );
    return [
      seconds('validation, healthy network', healthy, HEALTHY_S_MAX),
      seconds(`validation, ${LINK_MBITS} Mbit/s`, slow, HEALTHY_S_MAX),
      throughputResult('throughput in, as said', median('downMbits')),
      throughputResult('throughput out, as said', median('upMbits')),
      {
        name: 'broken networks named correctly',
        value: named,
        unit: 'networks',
        target: `all, ≥ ${NETWORKS_MIN}`,
        peer: BROKEN_NETWORKS.length,
        ok: named === BROKEN_NETWORKS.length && named >= NETWORKS_MIN,
      },
      {
        name: 'longest validation of a broken network',
        value: longestS,
        unit: 's',
        target: `≤ ${BROKEN_S_MAX} s`,
        peer: null,
        ok: longestS <= BROKEN_S_MAX,
      },
    ];
  } finally {
    await internet.close();
  }
}

interface Taken {
  readonly steps: readonly ValidationStepReport[];
  readonly tookS: number;
}

/** The steps' own time: what a field engineer waits for, without the start of a program that the agent is already. */
const secondsOf = (steps: readonly ValidationStepReport[]): number =>
  steps.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000;

async function validations(
  internet: Internet,
  plan: HospitalPlan,
  say: Say,
): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const hospital = await Hospital.build(internet, plan);
    try {
      const steps = await hospital.validate({ measureMs: MEASURE_MS });
      const finding = steps.find(({ result }) => result === 'failed' || result === 'warned');
      if (finding !== undefined) throw new Error(`nothing is wrong, and it says: ${finding.said}`);
      taken.push({ steps, tookS: secondsOf(steps) });
      say(steps.map(({ step, tookMs }) => `${step} ${tookMs} ms`).join(', '));
    } finally {
      await hospital.close();
    }
  }
  return taken;
}

/** Token buckets in both directions; what goes in leaves the router on the side of the cart. */
function narrowed(): string {
  const bucket = `root tbf rate ${LINK_MBITS}mbit burst 32kb latency 100ms`;
  return `tc qdisc add dev wan ${bucket}\ntc qdisc add dev lan ${bucket}`;
}

async function broken(
  internet: Internet,
  say: Say,
): Promise<{ readonly named: number; readonly longestS: number }> {
  const rows: Row[] = [...BROKEN_NETWORKS];
  let named = 0;
  let longestS = 0;
  const work = async (): Promise<void> => {
    for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
      const { steps, wrong } = await nameFinding(internet, row);
      // The watch over idle connections has its own time, and it was asked for.
      const tookS = secondsOf(steps.filter(({ step }) => step !== 'idle'));
      longestS = Math.max(longestS, tookS);
      if (wrong === null) named += 1;
      else say(`${row.network}: ${wrong}\n${linesOf(steps)}`);
      say(`${wrong === null ? '✓' : '✗'} ${row.network}: ${row.finding}, ${tookS.toFixed(1)} s`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { named, longestS };
}

function seconds(name: string, taken: readonly Taken[], most: number): Result {
  const value = Math.max(...taken.map(({ tookS }) => tookS));
  return { name, value, unit: 's', target: `≤ ${most} s`, peer: null, ok: value <= most };
}

function throughputResult(name: string, value: number): Result {
  const [least, most] = LINK_SHARE;
  const target = `${least} to ${most} × the link`;
  const ok = value >= least * LINK_MBITS && value <= most * LINK_MBITS;
  return { name, value, unit: 'Mbit/s', target, peer: LINK_MBITS, ok };
}
