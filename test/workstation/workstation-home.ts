/**
 * A technician's computer of its own: a home directory with the program's data and the browser's store in it, the program as
 * a process, and a real Chromium that has nothing but that home.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';
import { ROOT } from '../../tools/workspace/workspace.ts';

const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How a run of the program ended. */
export interface Said {
  readonly exitCode: number | null;
  readonly output: string;
  readonly complaint: string;
}

export interface WorkstationHome extends AsyncDisposable {
  readonly home: string;
  /** The program's data directory. */
  readonly data: string;
  /** Calls `chaperone workstation …` as somebody at this computer would. */
  call(...args: readonly string[]): Promise<Said>;
  /** The same, for a call that is to succeed and print JSON. @throws Error with the complaint */
  json(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>>;
  /** Starts Chromium anew on the same profile. */
  openBrowser(): Promise<BrowserContext>;
}

/** @param environment more of it, for example another `PATH` */
export async function newWorkstationHome(
  environment: Readonly<Record<string, string>> = {},
): Promise<WorkstationHome> {
  const home = await mkdtemp(path.join(tmpdir(), 'chaperone-workstation-'));
  const data = path.join(home, '.local', 'share', 'chaperone', 'workstation');
  const { XDG_DATA_HOME: _, XDG_CONFIG_HOME: __, ...inherited } = process.env;
  const env = { ...inherited, HOME: home, ...environment };
  const browsers: BrowserContext[] = [];
  const call = async (...args: readonly string[]): Promise<Said> => {
    const program = path.join(ROOT, 'workstation/src/main.ts');
    const child = spawn(process.execPath, [program, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, output, complaint };
  };
  return {
    home,
    data,
    call,
    json: async (...args) => {
      const { output, complaint, exitCode } = await call(...args, '--json');
      if (exitCode !== 0) throw new Error(`workstation ${args.join(' ')}: ${complaint}${output}`);
      return JSON.parse(output) as Record<string, unknown>;
    },
    openBrowser: async () => {
      const context = await chromium.launchPersistentContext(path.join(home, 'chromium'), {
        executablePath: '/usr/bin/chromium',
        args: CHROMIUM_FLAGS,
        env,
        locale: 'en-GB',
        viewport: { width: 1280, height: 800 },
      });
      browsers.push(context);
      return context;
    },
    [Symbol.asyncDispose]: async () => {
      for (const browser of browsers) await browser.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
