/**
 * One row: a server of a display, a road, a viewer of its kind, and the workload played once; what came of it.
 *
 * Everything of a row is started for it and ended after it; only the player stays, for its film takes seconds to make.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { startEnd } from '../ends/end.ts';
import type { End } from '../ends/end.ts';
import { bandwidthDelayBytes } from '../link/lane.ts';
import type { RoadPlan } from '../link/lane.ts';
import { startLink } from '../link/link.ts';
import { machineMs, untilMs } from './clock.ts';
import type { Viewing } from './meter/meter-end.ts';
import { bytesBetween } from './meter/recording.ts';
import type { Recording } from './meter/recording.ts';
import { since, spentBy } from './processor-time.ts';
import type { Spent } from './processor-time.ts';
import { FFMPEG, startDisplay, startTigerVNC, videoProgramOf } from './programs.ts';
import { judge, SETTLE_STEPS } from './replay/judge.ts';
import type { Judgement } from './replay/judge.ts';
import type { CineFilm } from './workload/cine.ts';
import { FRAME_MS } from './workload/layout.ts';
import type { Scene, SceneName } from './workload/plan.ts';
import type { Playing, Preparation } from './workload/player-end.ts';

/** TigerVNC's pseudo-encodings for JPEG quality 0 and compression level 0. */
const QUALITY_0 = -32;
const COMPRESSION_0 = -256;
const PSEUDO = [ENCODING.cursor, ENCODING.desktopSize, ENCODING.lastRect];
const MODERN = [ENCODING.fence, ENCODING.continuousUpdates];
/** Time for the first whole picture to arrive and for all to fall silent. */
const QUIET_MS = 2500;
const QUIET_ON_ROAD_MS = 5000;
/** Time after the last step for what is under way. */
const LAST_MS = 1500;
/** What still has to be right a second after stillness is not counted as still. */
const STILL_SETTLE_STEPS = 38;

export type Server =
  | { readonly kind: 'tight'; readonly quality: number; readonly compression: number }
  | { readonly kind: 'zrle' }
  /** The cart's own; with a rate factor for x264 at which it stays, or as it comes. */
  | { readonly kind: 'cart'; readonly rateFactor: number | null };

export interface RowPlan {
  readonly name: string;
  readonly server: Server;
  readonly plan: readonly Scene[];
  /** Null: loopback. */
  readonly road: Pick<RoadPlan, 'bitsPerSecond' | 'delayMs'> | null;
}
export interface SceneFigures {
  readonly seconds: number;
  readonly bytes: number;
  /** Different frames that the viewer saw. */
  readonly frames: number;
  readonly latenciesMs: readonly number[];
  readonly spent: SceneSpent;
}
/** Processor seconds in a part of a scene, once it has settled. */
export interface SceneSpent {
  readonly seconds: number;
  /** Of the cart's process and of its children. */
  readonly cart: Spent;
  /** Of the RFB server of the display. */
  readonly source: number;
}
export interface Row {
  readonly name: string;
  readonly judgement: Judgement;
  readonly scenes: ReadonlyMap<SceneName, SceneFigures>;
  /** How late the player was in the worst step, milliseconds. */
  readonly lateMs: number;
}

/** Plays a row's workload and judges what its viewer got. */
export async function measure(row: RowPlan, player: End, film: CineFilm): Promise<Row> {
  await using ending = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-bench-screen-'));
  ending.defer(async () => await rm(directory, { recursive: true, force: true }));
  const display = await startDisplay();
  ending.defer(async () => await display.stop());
  await player.ask('prepare', { display: display.name, plan: row.plan } satisfies Preparation);
  ending.defer(async () => void (await player.ask('leave')));
  const served = await serveDisplay(row.server, display.name, directory, ending);
  const port = row.road === null ? served.port : await overRoad(row.road, served.port, ending);
  const meter = await startEnd(path.join(import.meta.dirname, 'meter', 'meter-end.ts'));
  ending.defer(async () => await meter.stop());
  const file = path.join(directory, 'recording');
  const viewing = { port, file, encodings: encodingsOf(row.server) } satisfies Viewing;
  await meter.ask('view', viewing);
  await pause(row.road === null ? QUIET_MS : QUIET_ON_ROAD_MS);
  const fromMs = machineMs() + 100;
  const [drawnMs, spent] = await Promise.all([
    player.ask<readonly number[]>('play', { plan: row.plan, fromMs } satisfies Playing),
    watch(row.plan, fromMs, served),
  ]);
  await pause(LAST_MS);
  const recording = await meter.ask<Recording>('end');
  const judgement = await judge(recording, file, row.plan, drawnMs, film);
  const lateMs = Math.max(...drawnMs.map((atMs, step) => atMs - fromMs - step * FRAME_MS));
  const scenes = new Map(
    row.plan.map((scene) => [
      scene.name,
      figuresOf(scene, recording, judgement, drawnMs, spentIn(spent, scene)),
    ]),
  );
  return { name: row.name, judgement, scenes, lateMs };
}

interface Served {
  readonly port: number;
  /** Of the process that re-encodes; null where there is none. */
  readonly cartPid: number | null;
  readonly sourcePid: number;
}

async function serveDisplay(
  server: Server,
  display: string,
  directory: string,
  ending: AsyncDisposableStack,
): Promise<Served> {
  if (server.kind !== 'cart') {
    const port = await freePort();
    const source = await startTigerVNC(display, { port });
    ending.defer(async () => await source.stop());
    return { port, cartPid: null, sourcePid: source.pid };
  }
  const socketPath = path.join(directory, 'rfb');
  const source = await startTigerVNC(display, { path: socketPath });
  ending.defer(async () => await source.stop());
  const cart = await startEnd(path.join(import.meta.dirname, 'cart-end.ts'));
  ending.defer(async () => await cart.stop());
  const { rateFactor } = server;
  const videoProgram = rateFactor === null ? FFMPEG : await videoProgramOf(directory, rateFactor);
  const port = await cart.ask<number>('start', { socketPath, videoProgram });
  return { port, cartPid: cart.pid, sourcePid: source.pid };
}

async function overRoad(
  road: Pick<RoadPlan, 'bitsPerSecond' | 'delayMs'>,
  port: number,
  ending: AsyncDisposableStack,
): Promise<number> {
  const plan = { ...road, queueBytes: Math.max(16_384, bandwidthDelayBytes(road)) };
  const link = await startLink({ host: '127.0.0.1', port }, plan);
  ending.defer(async () => await link.close());
  return link.port;
}

/** What a viewer says it takes: noVNC's choice for Tight and for the cart. */
function encodingsOf(server: Server): readonly number[] {
  const rest = [ENCODING.raw, ...PSEUDO, ...MODERN];
  const levels = (quality: number, compression: number): number[] => [
    QUALITY_0 + quality,
    COMPRESSION_0 + compression,
  ];
  switch (server.kind) {
    case 'tight':
      return [
        ...[ENCODING.copyRect, ENCODING.tight],
        ...levels(server.quality, server.compression),
        ...rest,
      ];
    case 'zrle':
      return [ENCODING.copyRect, ENCODING.zrle, ...rest];
    case 'cart':
      return [
        ...[ENCODING.copyRect, ENCODING.h264, ENCODING.tight, ENCODING.zrle, ENCODING.desktopName],
        ...levels(6, 2),
        ...rest,
      ];
  }
}

/** Looks at processor time where scenes begin, once they have settled, and where they end. */
async function watch(
  plan: readonly Scene[],
  fromMs: number,
  { cartPid, sourcePid }: Served,
): Promise<ReadonlyMap<SceneName, SceneSpent>> {
  const look = () => ({
    atMs: machineMs(),
    cart: cartPid === null ? { own: 0, children: 0 } : spentBy(cartPid),
    source: spentBy(sourcePid).own,
  });
  const spent = new Map<SceneName, SceneSpent>();
  for (const { name, first, steps, stillFrom } of plan) {
    const settled = stillFrom === null ? SETTLE_STEPS : STILL_SETTLE_STEPS;
    await untilMs(fromMs + (first + Math.min(settled, steps / 2)) * FRAME_MS);
    const before = look();
    await untilMs(fromMs + (first + steps) * FRAME_MS);
    const now = look();
    spent.set(name, {
      seconds: (now.atMs - before.atMs) / 1000,
      cart: since(before.cart, now.cart),
      source: now.source - before.source,
    });
  }
  return spent;
}

function spentIn(spent: ReadonlyMap<SceneName, SceneSpent>, { name }: Scene): SceneSpent {
  const found = spent.get(name);
  if (found === undefined) throw new Error(`nobody has looked at the scene ${name}`);
  return found;
}

function figuresOf(
  scene: Scene,
  recording: Recording,
  { seen }: Judgement,
  drawnMs: readonly number[],
  spent: SceneSpent,
): SceneFigures {
  const first = scene.first + (scene.stillFrom === null ? SETTLE_STEPS : 0);
  const end = scene.first + scene.steps;
  const fromMs = drawnMs[first] ?? Number.NaN;
  const toMs = (drawnMs[end - 1] ?? Number.NaN) + FRAME_MS;
  const frames = seen.filter(({ step }) => step >= first && step < end);
  return {
    seconds: (toMs - fromMs) / 1000,
    bytes: bytesBetween(recording, fromMs, toMs),
    frames: frames.length,
    latenciesMs: frames.map(({ latencyMs }) => latencyMs),
    spent,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
