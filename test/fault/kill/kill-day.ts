/**
 * One system over many rounds: a gateway and a cart that are killed and started anew on the same data, with the same
 * technician and the same lead throughout.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition/demo-accounts.ts';
import { ProgramFailed } from '../../../tools/demo/program.ts';
import { startSystem } from '../../../tools/demo/system.ts';
import type { RunningSystem } from '../../../tools/demo/system.ts';
import { scanningGateway } from '../../harness/clamd-file.ts';
import { Operator } from '../../harness/operator.ts';
import { Technician } from '../../harness/technician.ts';
import { layKillFiles } from './kill-files.ts';
import type { KillFiles } from './kill-files.ts';
import { watchTree } from './blow.ts';
import type { Victim } from './round-plan.ts';

export const SERIAL = 'US-KILL-1';
/** A gateway that keeps dying at its start is not a blow of ours any more. */
const STARTS_MAX = 3;

export interface KillDay extends AsyncDisposable {
  readonly folder: string;
  readonly system: RunningSystem;
  readonly technician: Technician;
  /** Permits exports. */
  readonly lead: Technician;
  readonly files: KillFiles;
  /** A scanner looks through every record; otherwise, as in a demo, all are released at once. */
  readonly isScanned: boolean;
  /** Below it are all files that a victim writes. */
  foldersOf(victim: Victim): readonly string[];
  /** Of the cart as it runs now. */
  operator(): Operator;
  /** Finds out whom a blow would hit: a database's processes change. */
  aim(victim: Victim): Promise<void>;
  /** SIGKILL, at once. */
  kill(victim: Victim): void;
  /** Waits until what was killed is gone and starts it anew. */
  restart(victim: Victim, againAtChange: number | null): Promise<void>;
}

/** A database server beside the gateway. */
export interface ServedDatabase {
  /** The gateway's setting. */
  readonly setting: object;
  /** Its processes that serve the gateway now. */
  processes(): Promise<readonly number[]>;
}

/** What stands beside gateway and cart. */
export interface Beside {
  /** What the gateway keeps its tables in; SQLite unless given. */
  readonly database?: ServedDatabase;
  /** The socket of a clamd; nothing scans unless given. */
  readonly clamd?: string;
}

/** Starts the system of many rounds. */
export async function startKillDay(beside: Beside = {}): Promise<KillDay> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-kill-'));
  const closers: (() => Promise<void>)[] = [
    async () => await rm(folder, { recursive: true, force: true }),
  ];
  const close = async (): Promise<void> => {
    for (const each of closers.toReversed()) await each();
  };
  try {
    return await startIn(folder, beside, closers, close);
  } catch (fault) {
    await close();
    throw fault;
  }
}

async function startIn(
  folder: string,
  { database, clamd }: Beside,
  closers: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<KillDay> {
  const files = await layKillFiles(folder);
  const system = await startSystem({
    directories: [{ id: 'logs', label: 'System logs', path: files.logs }],
    inbox: files.inbox,
    folder,
    serial: SERIAL,
    model: 'Kill Ultrasound',
    ports: { edge: 0, console: 0, panel: 0 },
    ...(database === undefined ? {} : { database: database.setting }),
    ...(clamd === undefined ? {} : { gatewayProgram: await scanningGateway(folder, clamd) }),
    say: () => undefined,
  });
  closers.push(async () => await system.stop());
  const technician = await signIn(system, 'technician');
  const lead = await signIn(system, 'lead');
  let serving: readonly number[] = [];
  const isHit = (victim: Victim, whom: 'gateway' | 'cart'): boolean =>
    victim === 'both' || victim === whom;
  return {
    folder,
    system,
    technician,
    lead,
    files,
    isScanned: clamd !== undefined,
    foldersOf: (victim) => [
      ...(victim === 'cart' ? [] : [system.gatewayData]),
      ...(isHit(victim, 'cart') ? [system.cartData, files.inbox] : []),
    ],
    operator: () => new Operator(system.panelUrl, system.panelCredential),
    aim: async (victim) => {
      serving = victim === 'database' ? ((await database?.processes()) ?? []) : [];
    },
    kill: (victim) => {
      for (const pid of serving) killUnlessGone(pid);
      if (isHit(victim, 'gateway')) void system.gateway.kill();
      if (isHit(victim, 'cart')) void system.cart.kill();
    },
    restart: async (victim, againAtChange) => {
      await Promise.all([
        isHit(victim, 'gateway') ? restartGateway(system, againAtChange) : null,
        isHit(victim, 'cart') ? system.cart.ended.then(() => system.restartCart()) : null,
      ]);
    },
    [Symbol.asyncDispose]: close,
  };
}

function killUnlessGone(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'ESRCH')) throw fault;
  }
}

async function signIn(system: RunningSystem, role: 'technician' | 'lead'): Promise<Technician> {
  const person = DEMO_SIGN_INS.find(({ roles }) => roles[0] === role);
  if (person === undefined) throw new Error('there is nobody to sign in');
  return await Technician.signIn({
    consoleUrl: system.consoleUrl,
    licenceCode: await system.issueWorkstationLicence(`Kill ${role}`),
    login: person.directory.login,
    directoryPassword: person.directory.password,
    userId: person.gateway.userId,
    gatewayPassword: person.gateway.password,
  });
}

/** Starts the gateway, killing it once on its way when that is planned. */
async function restartGateway(system: RunningSystem, againAtChange: number | null): Promise<void> {
  await system.gateway.ended;
  let left = againAtChange;
  let isStruck = false;
  const watcher = watchTree(system.gatewayData, () => {
    if (left === null || (left -= 1) > 0) return;
    left = null;
    // Its data directory says which process it is, from the moment when it has taken it.
    void readFile(path.join(system.gatewayData, 'gateway.pid'), 'utf8').then(
      (text) => {
        const pid = Number(text);
        if (pid <= 1 || pid === system.gateway.pid) return;
        isStruck = true;
        process.kill(pid, 'SIGKILL');
      },
      () => undefined,
    );
  });
  try {
    for (let starts = 1; ; starts += 1) {
      try {
        await system.restartGateway();
        return;
      } catch (fault) {
        if (!(fault instanceof ProgramFailed) || !isStruck || starts === STARTS_MAX) throw fault;
        isStruck = false;
      }
    }
  } finally {
    watcher.close();
  }
}

/** Reads the lines of the cart's journal that are whole. */
export async function journalOf(system: RunningSystem): Promise<readonly JournalLine[]> {
  const text = await readFile(path.join(system.cartData, 'journal', 'journal.ndjson'), 'utf8');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as JournalLine);
}

export interface JournalLine {
  readonly index: number;
  readonly fact: Readonly<Record<string, unknown>> & { readonly kind: string };
}

/** Keeps something for `chaperone verify` in a file. */
export async function keepFile(day: KillDay, name: string, text: string): Promise<string> {
  const file = path.join(day.folder, name);
  await writeFile(file, text);
  return file;
}
