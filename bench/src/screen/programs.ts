/** The programs of a row: an X display without a screen, its RFB server, and a video program of one quality. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SCREEN } from './workload/layout.ts';

export const FFMPEG = '/usr/bin/ffmpeg';
const START_TIMEOUT_MS = 20_000;
const POLL_MS = 20;

export interface Program {
  readonly pid: number;
  stop(): Promise<void>;
}
export interface Display extends Program {
  /** As in DISPLAY. */
  readonly name: string;
}

/** Starts Xvfb on a free display. @throws when it does not start */
export async function startDisplay(): Promise<Display> {
  const size = `${SCREEN.width}x${SCREEN.height}x24`;
  const child = start('Xvfb', [
    ...['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp', '-noreset'],
  ]);
  const report = child.stdio[3];
  const said = report === null || report === undefined ? [] : await once(report, 'data');
  const name = `:${String(said[0]).trim()}`;
  return { ...programOf(child), name };
}

/** Starts TigerVNC's server of a display. @param at where it listens: a Unix socket, or a port of loopback */
export async function startTigerVNC(
  display: string,
  at: { readonly path: string } | { readonly port: number },
): Promise<Program> {
  const listens =
    'path' in at
      ? ['-rfbunixpath', at.path, '-rfbunixmode', '0600', '-rfbport', '-1']
      : ['-rfbport', String(at.port), '-localhost=1', '-UseIPv6=0'];
  const child = start('X0tigervnc', [
    ...['-display', display, '-SecurityTypes', 'None', '-AlwaysShared=1'],
    ...listens,
  ]);
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await answers('path' in at ? at : { ...at, host: '127.0.0.1' }))) {
    if (performance.now() > deadline || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error('X0tigervnc does not answer');
    }
    await pause(POLL_MS);
  }
  return programOf(child);
}

/** Writes a video program that has one quality, whatever it is asked for. @returns its path */
export async function videoProgramOf(directory: string, rateFactor: number): Promise<string> {
  const file = path.join(directory, `ffmpeg-${rateFactor}`);
  const lines = [
    '#!/bin/sh',
    'before=',
    'for each in "$@"; do',
    '  shift',
    `  [ "$before" = -crf ] && each=${rateFactor}`,
    '  before=$each',
    '  set -- "$@" "$each"',
    'done',
    `exec ${FFMPEG} "$@"`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  await chmod(file, 0o700);
  return file;
}

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  child.on('error', () => undefined);
  return child;
}

function programOf(child: ChildProcess): Program {
  const { pid } = child;
  if (pid === undefined) throw new Error(`${child.spawnfile} does not start`);
  return {
    pid,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function answers(address: { path: string } | { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
