/**
 * A cart whose operator panel is on the display that the technician works on: one X display with a window manager, the
 * built panel in a Chromium window of its own, a witness window beside it, and the real agent that offers this display.
 *
 * Both windows write down what reaches them: the panel's page each DOM event that a person or injected input brings
 * about (`isTrusted`), the witness (xev) each event of the X server.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { buildPage } from '../../../tools/pages/pages.ts';
import { ROOT } from '../../../tools/workspace/workspace.ts';
import { eventually } from '../../harness/eventually.ts';
import type { RFBViewer } from '../../harness/rfb-viewer.ts';
import { startDay } from '../../scenario/day.ts';
import type { Day } from '../../scenario/day.ts';
import { KioskBrowser } from './kiosk-browser.ts';

export const DISPLAY_SIZE = { width: 1280, height: 800 } as const;
/** Where the panel's window is asked to be, below the indicator, in pixels of the display. */
export const PANEL_PLACE = { x: 640, y: 110, width: 560, height: 640 } as const;
/** The witness: left of the panel. */
export const WITNESS_PLACE = { x: 60, y: 120, width: 400, height: 400 } as const;

/** Runs in the panel's page. */
const WITNESS_SCRIPT = `
  window.injected = [];
  for (const type of [
    'mousedown', 'mouseup', 'mousemove', 'mouseover', 'click', 'dblclick', 'auxclick', 'contextmenu', 'wheel',
    'pointerdown', 'pointerup', 'pointermove', 'touchstart', 'keydown', 'keyup', 'keypress', 'beforeinput',
    'dragenter', 'dragover', 'drop', 'paste', 'copy', 'cut',
  ]) {
    window.addEventListener(type, (event) => {
      if (event.isTrusted) window.injected.push(type + ' ' + (event.key ?? event.clientX + ',' + event.clientY));
    }, { capture: true, passive: true });
  }
`;

const WITNESS_TRIES = 5;
const WITNESS_SHOWN_MS = 5000;

export interface DisplayWishes {
  readonly scale?: number;
  readonly panelPlace?: typeof PANEL_PLACE | Readonly<Record<keyof typeof PANEL_PLACE, number>>;
}

export class SharedDisplay implements AsyncDisposable {
  readonly display: string;
  readonly day: Day;
  readonly panel: KioskBrowser;
  readonly #witness: readonly string[];
  readonly #stack: AsyncDisposableStack;

  private constructor(
    display: string,
    day: Day,
    panel: KioskBrowser,
    witness: readonly string[],
    stack: AsyncDisposableStack,
  ) {
    this.display = display;
    this.day = day;
    this.panel = panel;
    this.#witness = witness;
    this.#stack = stack;
  }

  /** Sets the scene up; nobody has pressed the button yet. */
  static async open(wishes: DisplayWishes = {}): Promise<SharedDisplay> {
    await buildPage(ROOT, 'panel', () => undefined);
    await using stack = new AsyncDisposableStack();
    const display = await startXServer(stack);
    own(stack, spawn('openbox', [], { env: on(display), stdio: 'ignore' }));
    await eventually('the window manager', () => areWindowsManaged(display));
    const witness = await startWitness(display, stack);
    const day = stack.use(await startDay({}, { kind: 'x11', display }));
    const panel = stack.use(await openPanel(display, day, wishes));
    await watchPanel(panel);
    return new SharedDisplay(display, day, panel, witness, stack.move());
  }

  /** What reached the panel's page as from a person's hand, from now on. */
  async forget(): Promise<void> {
    await this.panel.evaluate('window.injected.length = 0');
    this.#witnessFrom = this.#witness.length;
  }
  #witnessFrom = 0;

  async reachedPanel(): Promise<readonly string[]> {
    return await this.panel.evaluate<string[]>('window.injected');
  }

  /** Lines of the witness window since `forget`. */
  reachedWitness(): readonly string[] {
    return this.#witness.slice(this.#witnessFrom);
  }

  async untilWitnessed(pattern: RegExp): Promise<void> {
    await eventually(`the witness to see ${String(pattern)}`, () =>
      this.reachedWitness().some((line) => pattern.test(line)),
    );
  }

  /** Acts as a person at the display, or as another program on it. @returns what it printed */
  atDisplay(...args: string[]): Promise<string> {
    return run('xdotool', args, on(this.display));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** A pointer message. @see RFC 6143 section 7.5.5 */
export function pointer(buttons: number, x: number, y: number): Buffer {
  const message = Buffer.alloc(6);
  message.writeUInt8(5, 0);
  message.writeUInt8(buttons, 1);
  message.writeUInt16BE(x, 2);
  message.writeUInt16BE(y, 4);
  return message;
}

/** A key message. @see RFC 6143 section 7.5.4 */
export function key(down: boolean, keysym: number): Buffer {
  const message = Buffer.alloc(8);
  message.writeUInt8(4, 0);
  message.writeUInt8(down ? 1 : 0, 1);
  message.writeUInt32BE(keysym, 4);
  return message;
}

export function tap(keysym: number): Buffer {
  return Buffer.concat([key(true, keysym), key(false, keysym)]);
}

export function click(x: number, y: number): Buffer {
  return Buffer.concat([pointer(0, x, y), pointer(1, x, y), pointer(0, x, y)]);
}

/** Sends messages in one piece, so that nothing of ours comes in between. */
export function sendAtOnce(viewer: RFBViewer, ...messages: readonly Buffer[]): void {
  viewer.send(Buffer.concat(messages));
}

function on(display: string): NodeJS.ProcessEnv {
  return { ...process.env, DISPLAY: display };
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${output}`);
  return output;
}

async function startXServer(stack: AsyncDisposableStack): Promise<string> {
  const { width, height } = DISPLAY_SIZE;
  const screen = ['-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'];
  const server = spawn('Xvfb', ['-displayfd', '3', ...screen], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  own(stack, server);
  const report = server.stdio[3];
  if (!report) throw new Error('no pipe');
  const [number] = (await once(report, 'data')) as [Buffer];
  return `:${number.toString().trim()}`;
}

/** Ends a child with the scene. */
function own(stack: AsyncDisposableStack, child: ChildProcess): void {
  stack.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  });
}

async function areWindowsManaged(display: string): Promise<boolean> {
  const output = await run('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK'], on(display));
  return output.includes('window id');
}

/** A window that is mapped while the window manager starts is sometimes never managed: then another one is. */
async function startWitness(display: string, stack: AsyncDisposableStack): Promise<string[]> {
  for (let left = WITNESS_TRIES; left > 0; left -= 1) {
    const witness = startWindow(display);
    const isShown = (): boolean => witness.lines.some((line) => line.startsWith('Expose event'));
    const shown = await eventually('the witness', isShown, WITNESS_SHOWN_MS).catch(() => null);
    own(stack, witness.child);
    if (shown !== null) return witness.lines;
    witness.child.kill();
  }
  throw new Error('The window manager shows no window.');
}

function startWindow(display: string): { readonly child: ChildProcess; readonly lines: string[] } {
  const { x, y, width, height } = WITNESS_PLACE;
  const events = ['-event', 'keyboard', '-event', 'mouse', '-event', 'expose'];
  const geometry = `${width}x${height}+${x}+${y}`;
  const child = spawn(
    'stdbuf',
    ['-oL', 'xev', '-name', 'witness', '-geometry', geometry, ...events],
    {
      env: on(display),
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return { child, lines };
}

async function openPanel(display: string, day: Day, wishes: DisplayWishes): Promise<KioskBrowser> {
  const { panelUrl, panelCredential } = day.system;
  const panel = await KioskBrowser.open(display, `${panelUrl}/#credential=${panelCredential}`, {
    ...(wishes.panelPlace ?? PANEL_PLACE),
    scale: wishes.scale ?? 1,
  });
  return panel;
}

async function watchPanel(panel: KioskBrowser): Promise<void> {
  await panel.until('the panel', "document.querySelector('.top__system') !== null");
  await panel.evaluate(WITNESS_SCRIPT);
}
