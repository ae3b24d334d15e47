/**
 * Goal: nothing that a technician holds stays pressed on the cart, whatever becomes of the screen, its server or the viewer; and
 * keys that work the machine do not get there.
 * Method: a real Xvfb with a real X0tigervnc that is killed, stopped or let go while keys and a button are down; the X server
 * itself is asked what is down. A second hand, of a device of the server, is left alone. A scripted server that goes away.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { XInput, XRequests } from 'x11';
import { answered, openConnection } from '../../device/x11-overlay/x11-connection.ts';
import { start, startDisplay } from '../../platform/testing/x-display.ts';
import { openForTest, type OpenedScreen } from '../testing/opened-screen.ts';
import { owedReleases } from '../input/owed-releases.ts';
import { connectSource } from './connect-source.ts';
import type { ScreenSource } from './source.ts';

const CONTROL_LEFT = 0xffe3;
const F5 = 0xffc2;
const Q = 0x71;
const KEYCODE_X = 53;

interface RawRequests extends XRequests {
  readonly pack_stream: { put(bytes: Buffer): void; submit(): void };
  seq_num: number;
  QueryKeymap(answer: (error: Error | null, keys: Buffer) => unknown): void;
  QueryExtension(
    name: string,
    answer: (error: Error | null, found: Record<'majorOpcode' | 'firstEvent', number>) => unknown,
  ): void;
}

/** Asks the X server what is down, whoever holds it. */
class DisplayState {
  readonly #client: RawRequests;
  readonly #root: number;

  static async of(t: TestContext, display: string): Promise<DisplayState> {
    const connection = await openConnection({ display, xauthority: null });
    t.after(() => connection.socket.destroy());
    return new DisplayState(connection);
  }

  private constructor({ client, display }: Awaited<ReturnType<typeof openConnection>>) {
    this.#client = client as RawRequests;
    const [screen] = display.screen;
    assert.ok(screen);
    this.#root = screen.root;
  }

  async pressed(): Promise<{ readonly keys: number; readonly buttons: number }> {
    const keymap = await answered<Buffer>((answer) => {
      this.#client.QueryKeymap((error, keys) => answer(error, keys));
    }, 20_000);
    const pointer = await answered<{ readonly keyMask: number }>((answer) => {
      this.#client.QueryPointer(this.#root, answer as never);
    }, 20_000);
    let keys = 0;
    for (const byte of keymap) for (let bits = byte; bits > 0; bits &= bits - 1) keys += 1;
    return { keys, buttons: (pointer.keyMask >> 8) & 0x1f };
  }

  /** Holds a key down on a device of the server itself, as a real keyboard would. */
  async holdWith(deviceName: string, keycode: number): Promise<void> {
    const input = await answered<XInput>(
      (answer) => this.#client.require('xinput', answer),
      20_000,
    );
    const devices = await answered<Parameters<Parameters<XInput['XIQueryDevice']>[1]>[1]>(
      (answer) => input.XIQueryDevice(0, answer),
      20_000,
    );
    const device = devices.find(({ name }) => name === deviceName);
    assert.ok(device);
    const [xtest, xinput] = await Promise.all(
      ['XTEST', 'XInputExtension'].map((name) =>
        answered<Record<'majorOpcode' | 'firstEvent', number>>(
          (answer) => this.#client.QueryExtension(name, answer),
          20_000,
        ),
      ),
    );
    assert.ok(xtest && xinput);
    // XTestFakeInput with one event of XInput: DeviceKeyPress.
    const request = Buffer.alloc(36);
    request.set([xtest.majorOpcode, 2, 9, 0, xinput.firstEvent + 1, keycode]);
    request.writeUInt8(device.deviceId, 35);
    this.#client.seq_num += 1;
    this.#client.pack_stream.put(request);
    this.#client.pack_stream.submit();
  }

  async until(keys: number, buttons: number): Promise<void> {
    for (;;) {
      const down = await this.pressed();
      if (down.keys === keys && down.buttons === buttons) return;
    }
  }
}

async function withHeldInput(
  t: TestContext,
): Promise<{ state: DisplayState; opened: OpenedScreen; source: ScreenSource }> {
  const display = await startDisplay(t);
  const source = connectSource({ kind: 'x11', display });
  const state = await DisplayState.of(t, display);
  const opened = openForTest(t, source, ['view', 'control']);
  await opened.viewer.start();
  await opened.viewer.nextUpdate();
  for (const keysym of [CONTROL_LEFT, F5, Q])
    opened.viewer.send({ type: 'key', down: true, keysym });
  opened.viewer.send({ type: 'pointer', buttons: 1, x: 200, y: 200 });
  await state.until(3, 1);
  return { state, opened, source };
}

/** The display's RFB server, which is a child of this process. */
function serverPid(): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  const found = children
    .trim()
    .split(' ')
    .map(Number)
    .findLast((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('X0tigervnc'));
  assert.ok(found !== undefined);
  return found;
}

test('a pause, a touch of the operator or the interlock, and the end release what is held', async (t) => {
  for (const [name, act] of [
    ['pause', (opened: OpenedScreen) => (opened.isPaused = true)],
    ['no input', (opened: OpenedScreen) => (opened.isInputAllowed = false)],
    ['end', (opened: OpenedScreen) => opened.ending.abort()],
    ['viewer', (opened: OpenedScreen) => opened.viewerStream.destroy()],
  ] as const) {
    await t.test(name, async (each) => {
      const { state, opened } = await withHeldInput(each);
      act(opened);
      opened.screen.refresh();
      await state.until(0, 0);
    });
  }
});

test("a display's server that is killed leaves nothing pressed, though no viewer comes back", async (t) => {
  const { state, opened } = await withHeldInput(t);
  process.kill(serverPid(), 'SIGKILL');
  assert.equal((await opened.screen.done).reason, 'source-lost');
  await state.until(0, 0);
});

test("a display's server that does not read leaves nothing pressed at the end", async (t) => {
  const { state, opened } = await withHeldInput(t);
  process.kill(serverPid(), 'SIGSTOP');
  opened.ending.abort();
  await state.until(0, 0);
});

test('what was released to a server that never read it is released all the same', async (t) => {
  const { state, opened, source } = await withHeldInput(t);
  const pid = serverPid();
  process.kill(pid, 'SIGSTOP');
  opened.isInputAllowed = false;
  opened.screen.refresh();
  process.kill(pid, 'SIGKILL');
  await opened.screen.done;
  await state.until(0, 0);
  await owedReleases(source).settled;
});

test('what somebody has in their hands at the cart stays as it is', async (t) => {
  const { state, opened } = await withHeldInput(t);
  await state.holdWith('Xvfb keyboard', KEYCODE_X);
  await state.until(4, 1);
  process.kill(serverPid(), 'SIGKILL');
  await opened.screen.done;
  await state.until(1, 0);
});

test('keys of the machine and of the X server do not reach a real display', async (t) => {
  const display = await startDisplay(t);
  const xev = start(
    t,
    'stdbuf',
    ['-oL', 'xev', '-geometry', '300x300+100+100', '-event', 'keyboard'],
    {
      DISPLAY: display,
    },
  );
  const state = await DisplayState.of(t, display);
  let text = '';
  xev.stdout?.setEncoding('utf8').on('data', (more: string) => (text += more));
  const opened = openForTest(t, connectSource({ kind: 'x11', display }), ['view', 'control']);
  await opened.viewer.start();
  // xev's window is white on the black root.
  await opened.viewer.until(() => opened.viewer.pixel(250, 350) === 0xffffff);
  const typed = (keysym: number): void => {
    for (const down of [true, false]) opened.viewer.send({ type: 'key', down, keysym });
  };
  opened.viewer.send({ type: 'pointer', buttons: 0, x: 200, y: 200 });
  typed(Q);
  while (!/keysym 0x71, q/.test(text)) await once(xev.stdout as NodeJS.ReadableStream, 'data');
  const blocked = [
    ...[0x1008_ff21, 0x1008_ff2a, 0x1008_ff2f, 0x1008_ff10, 0x1008_ffa7, 0x1008_ffa8, 0x1008_ff2d],
    ...Array.from({ length: 12 }, (_, index) => 0x1008_fe01 + index),
    ...Array.from({ length: 6 }, (_, index) => 0x1008_fe20 + index),
    ...Array.from({ length: 11 }, (_, index) => 0xfe70 + index),
    ...[0xff15, 0xfed5, 0xfef9, 0xfee9, 0xffeb],
  ];
  for (const keysym of blocked) typed(keysym);
  typed(0x7a);
  while (!/keysym 0x7a, z/.test(text)) await once(xev.stdout as NodeJS.ReadableStream, 'data');
  const reached = Array.from(text.matchAll(/keysym (0x[0-9a-f]+)/g), ([, keysym]) =>
    Number(keysym),
  );
  assert.deepEqual([...new Set(reached)], [Q, 0x7a]);
  // Each down and each up; the X server has not been told to do anything, since it answers.
  assert.equal(opened.refused.length, 2 * blocked.length);
  await state.until(0, 0);
});

test('an RFB server that comes back is told to release what it was not told before', async (t) => {
  const socketPath = `/tmp/chaperone-held-${process.pid}.sock`;
  const said: Buffer[] = [];
  let takes = true;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    if (!takes) return socket.destroy();
    let step = 0;
    socket.write('RFB 003.008\n');
    socket.on('data', (bytes) => {
      step += 1;
      if (step === 1) socket.write(Buffer.from([1, 1]));
      else if (step === 2) socket.write(Buffer.alloc(4));
      else if (step === 3) {
        const init = Buffer.alloc(24);
        init.writeUInt16BE(4, 0);
        init.writeUInt16BE(4, 2);
        init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
        socket.write(init);
      } else {
        said.push(bytes);
        // One empty update answers whatever was asked.
        if (bytes.includes(Buffer.from([3, 0, 0, 0, 0, 0, 0, 1, 0, 1])))
          socket.write(Buffer.from([0, 0, 0, 0]));
      }
    });
    return socket;
  });
  server.listen(socketPath);
  t.after(() => server.close());
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  await once(server, 'listening');
  const source = connectSource({ kind: 'rfb', address: `unix:${socketPath}` });
  const opened = openForTest(t, source, ['view', 'control']);
  await opened.viewer.start();
  opened.viewer.send({ type: 'key', down: true, keysym: Q });
  opened.viewer.send({ type: 'pointer', buttons: 1, x: 2, y: 2 });
  const isIn = (bytes: readonly number[]): boolean =>
    Buffer.concat(said).includes(Buffer.from(bytes));
  const keyWord = (down: number): readonly number[] => [4, down, 0, 0, 0, 0, 0, Q];
  while (!isIn([5, 1, 0, 2, 0, 2])) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(isIn(keyWord(1)));
  assert.ok(!isIn(keyWord(0)));
  takes = false;
  for (const socket of sockets) socket.destroy();
  await opened.screen.done;
  // Nobody is there for a while.
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.ok(!isIn(keyWord(0)));
  takes = true;
  await owedReleases(source).settled;
  assert.ok(isIn(keyWord(0)));
  assert.ok(isIn([5, 0, 0, 2, 0, 2]));
});
