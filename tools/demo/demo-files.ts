/** The files that the demo cart exposes: log files with lines of today, and the real echo study that its screen plays. */
import { createRequire } from 'node:module';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../workspace/workspace.ts';

const STUDY = 'dicomweb-client/testData/US-PAL-8-10x-echo.dcm';
/** Enough that a transfer's progress can be watched. */
const LONG_LOG_LINES = 200_000;
const LINE_EVERY_MS = 250;

export interface DemoFiles {
  readonly directories: readonly {
    readonly id: string;
    readonly label: string;
    readonly path: string;
    readonly namesArePlain?: boolean;
  }[];
  readonly inbox: string;
}

/** Lays the files out below a folder unless they are there. @param nowMs UTC, for the log's times */
export async function layDemoFiles(folder: string, nowMs: number): Promise<DemoFiles> {
  const logs = path.join(folder, 'cart-files', 'logs');
  const studies = path.join(folder, 'cart-files', 'studies');
  const inbox = path.join(folder, 'cart-files', 'inbox');
  for (const each of [logs, studies, inbox]) await mkdir(each, { recursive: true });
  if (!existsSync(path.join(logs, 'system.log'))) {
    await writeFile(path.join(logs, 'system.log'), logLines(400, nowMs));
    await writeFile(path.join(logs, 'doppler-trace.log'), logLines(LONG_LOG_LINES, nowMs));
  }
  const study = path.join(studies, 'echo-colour-doppler.dcm');
  if (!existsSync(study)) {
    const require = createRequire(path.join(ROOT, 'cart/package.json'));
    const [packaged] =
      require.resolve
        .paths(STUDY)
        ?.map((each) => path.join(each, STUDY))
        .filter((each) => existsSync(each)) ?? [];
    if (packaged !== undefined) await copyFile(packaged, study);
  }
  return {
    directories: [
      { id: 'logs', label: 'System logs', path: logs, namesArePlain: true },
      { id: 'studies', label: 'Test studies', path: studies },
    ],
    inbox,
  };
}

function logLines(count: number, nowMs: number): string {
  const sources = ['beamformer', 'probe', 'doppler', 'storage', 'power', 'display'];
  const words = [
    'self test passed',
    'gain set',
    'frame dropped',
    'temperature nominal',
    'queue empty',
  ];
  const lines: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = new Date(nowMs - (count - index) * LINE_EVERY_MS).toISOString();
    const source = sources[index % sources.length];
    lines.push(`${at} ${String(source).padEnd(10)} ${words[(index * 7) % words.length]} #${index}`);
  }
  return `${lines.join('\n')}\n`;
}
