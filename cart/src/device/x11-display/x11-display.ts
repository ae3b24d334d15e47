/**
 * The X display of the cart, offered as an RFB server on a private Unix socket by Debian's X0tigervnc.
 *
 * The child opens no TCP port (`-rfbport -1`: 0 would open random ones on all interfaces) and its socket lies
 * in a directory that only the agent may enter. `setpriv` makes the kernel ask the child to end (SIGTERM, so that
 * it lets go of keys and buttons) with the agent, even when the agent is killed. X0tigervnc can miss a signal
 * that comes between its look for one and its wait; so it also ends by itself once nobody has been connected
 * for some seconds. The binary itself is run, not the Perl wrapper `x0vncserver`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Thrown when the X display cannot be offered as an RFB server. */
export class X11DisplayUnavailable extends DomainError {
  readonly code = 'X11_DISPLAY_UNAVAILABLE';
}

/** Time for the server to open its socket; 0.1 s is usual. */
const START_TIMEOUT_MS = 10_000;
/** Time after which the server ends by itself, in seconds without any connection. */
const ALONE_MAX_S = 5;
/** Between two looks at whether the socket answers. */
const START_POLL_MS = 20;
/** Time for the server to release what it holds pressed and leave, before it is killed. */
const STOP_TIMEOUT_MS = 2_000;
/** Bytes of the server's own words that are kept to say why it did not start. */
const ERROR_TEXT_BYTES_MAX = 4096;

export interface X11Display {
  /** The Unix socket on which the display's RFB server listens. */
  readonly socketPath: string;
  /** Settles when the server has ended, by itself or by `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an RFB server for an X display and waits until it answers.
 *
 * @param display as in DISPLAY: `:0`
 * @throws X11DisplayUnavailable
 */
export async function startX11Display(display: string): Promise<X11Display> {
  if (!isOnPath('X0tigervnc') || !isOnPath('setpriv')) {
    throw new X11DisplayUnavailable(
      "X0tigervnc is not installed: install Debian's packages tigervnc-scraping-server and util-linux.",
    );
  }
  const directory = await mkdtemp(join(tmpdir(), 'chaperone-screen-'));
  const socketPath = join(directory, 'rfb');
  const child = spawn(
    'setpriv',
    [
      ['--pdeathsig', 'TERM', 'X0tigervnc'],
      ['-display', display],
      ['-rfbunixpath', socketPath, '-rfbunixmode', '0600', '-rfbport', '-1'],
      ['-SecurityTypes', 'None', '-AlwaysShared=1', `-MaxDisconnectionTime=${ALONE_MAX_S}`],
    ].flat(),
    { stdio: ['ignore', 'ignore', 'pipe'], env: environment() },
  );
  let errorText = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorText = (errorText + text).slice(-ERROR_TEXT_BYTES_MAX);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => rm(directory, { recursive: true, force: true }));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(killing);
  };
  if (!(await answers(child, socketPath))) {
    await stop();
    throw new X11DisplayUnavailable(`The X display ${display} cannot be shown.`, {
      cause: errorText,
    });
  }
  return { socketPath, ended, stop };
}

async function answers(child: ChildProcess, socketPath: string): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      return false;
    if (await canConnect(socketPath)) return true;
    await pause(START_POLL_MS);
  }
  return false;
}

function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Only what an X program needs: nothing of the agent's own environment is passed on. */
function environment(): NodeJS.ProcessEnv {
  const passed: NodeJS.ProcessEnv = {};
  for (const name of ['PATH', 'HOME', 'XAUTHORITY', 'LANG']) {
    const value = process.env[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
