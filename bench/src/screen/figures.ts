/** From rows to results: what was promised of the screen, beside TigerVNC in the same run. */
import type { Result } from '../bench.ts';
import { median } from '../statistics/statistics.ts';
import { bytesAt } from './equal-quality.ts';
import type { Point } from './equal-quality.ts';
import { decibelsOf } from './replay/judge.ts';
import type { Row, SceneFigures } from './rows.ts';
import type { Kind } from './workload/cine.ts';
import { FRAMES_PER_SECOND } from './workload/layout.ts';
import type { SceneName } from './workload/plan.ts';

const RATIO_LEAST = 2.5;
const ROAD_FRAMES_LEAST = 15;
const ROAD_LATENCY_MOST_MS = 250;
const LOOPBACK_LATENCY_MOST_MS = 50;
const CORES_MOST = 0.5;
const STILL_CORES_MOST = 0.01;

/** The figures of one scene. @throws when the row had no such scene */
export function sceneOf(row: Row, name: SceneName): SceneFigures {
  const found = row.scenes.get(name);
  if (found === undefined) throw new Error(`${row.name} has no scene ${name}`);
  return found;
}

/** Bytes of a frame, and how near it was to the truth. */
export function pointOf(row: Row, kind: Kind): Point {
  const { bytes, frames } = sceneOf(row, kind);
  return { bytes: bytes / frames, decibels: decibelsOf(row.judgement.errors[kind]) };
}

/** Bytes of a frame at the quality of each lossy row of the peer; the worse of the two ratios is the result. */
export function atEqualQuality(
  kind: Kind,
  ours: readonly Row[],
  peers: readonly Row[],
): readonly Result[] {
  const points = ours.map((row) => pointOf(row, kind));
  const each = peers.map((row) => {
    const peer = pointOf(row, kind);
    const equal = bytesAt(points, peer.decibels);
    const result = {
      name: `${kind} cine, a frame at the ${peer.decibels.toFixed(1)} dB of ${row.name}${equal.isBeyond ? ' (beyond our rows)' : ''}`,
      value: equal.bytes / 1000,
      unit: 'kB',
      target: null,
      peer: peer.bytes / 1000,
      ok: true,
    };
    return { result, ratio: peer.bytes / equal.bytes };
  });
  const ratio = Math.min(...each.map((one) => one.ratio));
  return [
    ...each.map(({ result }) => result),
    {
      name: `${kind} cine, the better row of TigerVNC by ours at equal quality`,
      value: ratio,
      unit: '×',
      target: `≥ ${RATIO_LEAST} ×`,
      peer: null,
      ok: ratio >= RATIO_LEAST,
    },
  ];
}

/** Menus, and what is wrong when all stands still. */
export function stills(ours: Row, peers: readonly Row[]): readonly Result[] {
  const scene = (name: SceneName, isPromised: boolean): Result => {
    const value = sceneOf(ours, name).bytes / 1000;
    const peer = Math.min(...peers.map((row) => sceneOf(row, name).bytes)) / 1000;
    return {
      name: `${name}, all of it`,
      value,
      unit: 'kB',
      target: isPromised ? 'no more than the best of TigerVNC' : null,
      peer,
      ok: !isPromised || value <= peer,
    };
  };
  const wrong = (row: Row): number => Math.max(...row.judgement.wrong.map(({ pixels }) => pixels));
  const where = ours.judgement.wrong.filter(({ pixels }) => pixels > 0);
  const words = where.map(({ scene: name, pixels }) => `${name} ${pixels}`).join(', ');
  const lossy = peers.filter((row) => row.name.startsWith('Tight'));
  return [
    scene('menus', true),
    ...(['typing', 'zoom', 'freeze'] as const).map((name) => scene(name, false)),
    {
      name: 'wrong pixels a second after the screen stands still',
      value: wrong(ours),
      unit: 'pixels',
      target: words === '' ? '0' : `0 (here ${words})`,
      peer: Math.min(...lossy.map(wrong)),
      ok: wrong(ours) === 0,
    },
  ];
}

/** The two films over a narrow road. */
export function overRoad(ours: Row, peers: readonly Row[]): readonly Result[] {
  return (['grey', 'colour'] as const).flatMap((kind) => {
    const rate = (row: Row): number => {
      const { frames, seconds } = sceneOf(row, kind);
      return frames / seconds;
    };
    const best = peers.toSorted((one, other) => rate(other) - rate(one))[0];
    const latency = (row: Row): number => {
      const { latenciesMs } = sceneOf(row, kind);
      return latenciesMs.length === 0 ? Infinity : median(latenciesMs);
    };
    return [
      {
        name: `${kind} cine at 1 Mbit/s and 50 ms`,
        value: rate(ours),
        unit: 'frames/s',
        target: `≥ ${ROAD_FRAMES_LEAST}`,
        peer: best === undefined ? null : rate(best),
        ok: rate(ours) >= ROAD_FRAMES_LEAST,
      },
      {
        name: `${kind} cine at 1 Mbit/s and 50 ms, latency p50`,
        value: latency(ours),
        unit: 'ms',
        target: `≤ ${ROAD_LATENCY_MOST_MS}`,
        peer: best === undefined ? null : latency(best),
        ok: latency(ours) <= ROAD_LATENCY_MOST_MS,
      },
    ];
  });
}

/** Latency and processor time without a road. */
export function onLoopback(ours: Row, peer: Row): readonly Result[] {
  const films = ['grey', 'colour'] as const;
  const latency = (row: Row): number =>
    median(films.flatMap((kind) => sceneOf(row, kind).latenciesMs));
  return [
    {
      name: 'light viewer on loopback, latency p50',
      value: latency(ours),
      unit: 'ms',
      target: `≤ ${LOOPBACK_LATENCY_MOST_MS}`,
      peer: latency(peer),
      ok: latency(ours) <= LOOPBACK_LATENCY_MOST_MS,
    },
    ...films.flatMap((kind) => coresAtFullRate(ours, peer, kind)),
    whenStill(ours, peer),
  ];
}

function coresAtFullRate(ours: Row, peer: Row, kind: Kind): readonly Result[] {
  const atRate = (row: Row, seconds: number): number => {
    const { frames, seconds: length, spent } = sceneOf(row, kind);
    return (seconds / spent.seconds / (frames / length)) * FRAMES_PER_SECOND;
  };
  const { frames, seconds, spent } = sceneOf(ours, kind);
  const [own, film] = [atRate(ours, spent.cart.own), atRate(ours, spent.cart.children)];
  const words = `(${own.toFixed(2)} and ffmpeg ${film.toFixed(2)}; at ${(frames / seconds).toFixed(1)} frames/s)`;
  return [
    {
      name: `${kind} cine, cart at ${FRAMES_PER_SECOND} frames/s`,
      value: own + film,
      unit: 'cores',
      target: `≤ ${CORES_MOST} ${words}`,
      peer: null,
      ok: own + film <= CORES_MOST,
    },
    {
      name: `${kind} cine, X0tigervnc behind the cart, and alone for a viewer`,
      value: atRate(ours, spent.source),
      unit: 'cores',
      target: null,
      peer: atRate(peer, sceneOf(peer, kind).spent.source),
      ok: true,
    },
  ];
}

function whenStill(ours: Row, peer: Row): Result {
  const { spent } = sceneOf(ours, 'still');
  const cores = (spent.cart.own + spent.cart.children) / spent.seconds;
  const still = sceneOf(peer, 'still').spent;
  const source = spent.source / spent.seconds;
  return {
    name: 'cart when still',
    value: cores * 100,
    unit: '% of a core',
    target: `≤ ${STILL_CORES_MOST * 100} % (X0tigervnc beside it ${(source * 100).toFixed(1)} %)`,
    peer: (still.source / still.seconds) * 100,
    ok: cores <= STILL_CORES_MOST,
  };
}
