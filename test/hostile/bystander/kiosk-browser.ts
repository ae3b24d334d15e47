/**
 * Chromium as a kiosk starts it: a process of its own, its window on a real display, asked over the DevTools protocol.
 *
 * Not playwright: that makes every page believe that it has the keyboard, and the panel tells the agent whether it has.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { WebSocket } from 'ws';
import { eventually } from '../../harness/eventually.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--password-store=basic',
  '--remote-debugging-port=0',
];

const ANSWER_MS = 3000;

export interface KioskPlace {
  /** Pixels of the display. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Pixels of the display for each CSS pixel. */
  readonly scale: number;
}

export class KioskBrowser implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #asked = 0;

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString('utf8')) as Answer;
      this.#waiting.get(answer.id ?? 0)?.(answer);
      this.#waiting.delete(answer.id ?? 0);
    });
  }

  /** Opens one window without address bar. @param url secret when it carries the credential */
  static async open(display: string, url: string, place: KioskPlace): Promise<KioskBrowser> {
    const profile = await mkdtemp(path.join(tmpdir(), 'chaperone-kiosk-'));
    const { scale } = place;
    const dip = (pixels: number): number => Math.round(pixels / scale);
    const child = spawn(
      '/usr/bin/chromium',
      [
        ...FLAGS,
        `--user-data-dir=${profile}`,
        `--force-device-scale-factor=${scale}`,
        `--window-position=${dip(place.x)},${dip(place.y)}`,
        `--window-size=${dip(place.width)},${dip(place.height)}`,
        `--app=${url}`,
      ],
      { stdio: 'ignore', env: { ...process.env, HOME: profile, DISPLAY: display } },
    );
    const port = await eventually('the browser', async () => {
      const text = await readFile(path.join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '');
      return /^(\d+)\n/.exec(text)?.[1] ?? null;
    });
    const target = await eventually('the window', async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
      const targets = (await answer.json()) as { type: string; webSocketDebuggerUrl: string }[];
      return targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? null;
    });
    const socket = new WebSocket(target, { perMessageDeflate: false });
    await once(socket, 'open');
    return new KioskBrowser(child, profile, socket);
  }

  /** Waits until an expression is true, also while the page is still being loaded. */
  async until(what: string, expression: string): Promise<void> {
    await eventually(what, () => this.evaluate<boolean>(expression).catch(() => false));
  }

  /** Evaluates an expression in the page. @throws Error with what it threw */
  async evaluate<T>(expression: string): Promise<T> {
    const id = (this.#asked += 1);
    // A question asked while the page goes to another one may stay without an answer.
    const answered = new Promise<Answer>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('The page does not answer.')), ANSWER_MS);
      this.#waiting.set(id, (answer) => {
        clearTimeout(late);
        resolve(answer);
      });
    });
    const params = { expression, returnByValue: true, awaitPromise: true };
    this.#socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
    const { result, error } = await answered;
    const thrown = error?.message ?? result?.exceptionDetails?.text;
    if (thrown !== undefined) throw new Error(thrown);
    return result?.result.value as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill();
      await once(this.#child, 'exit');
    }
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Answer {
  readonly id?: number;
  readonly error?: { readonly message: string };
  readonly result?: {
    readonly result: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly text: string };
  };
}
