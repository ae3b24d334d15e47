/**
 * Test support: another program on the cart's X display. It sees what the display shows, and does whatever a program
 * without special rights can do to the indicator.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Answer, Composite, XRequests, XDisplay, XId, XInput } from 'x11';
import { answered, openConnection } from '../../device/x11-overlay/x11-connection.ts';

/** What of the protocol only a neighbour needs. */
interface Requests extends XRequests {
  readonly pack_stream: { put(bytes: Buffer): void; submit(): void };
  seq_num: number;
  GrabServer(): void;
  UngrabServer(): void;
  UnmapWindow(window: XId): void;
  DestroyWindow(window: XId): void;
  SetSelectionOwner(owner: XId, selection: XId): void;
  GrabPointer(
    window: XId,
    ownerEvents: boolean,
    mask: number,
    pointerMode: number,
    keyboardMode: number,
    confineTo: XId,
    cursor: XId,
    time: number,
    answer: Answer<number>,
  ): void;
  QueryExtension(
    name: string,
    answer: Answer<{ readonly majorOpcode: number; readonly firstEvent: number }>,
  ): void;
}

const ANSWER_MS = 20_000;
const ask = <Value>(question: (answer: Answer<Value>) => void): Promise<Value> =>
  answered(question, ANSWER_MS);

export class Neighbour {
  readonly #client: Requests;
  readonly #root: XId;
  readonly width: number;
  readonly height: number;

  static async at(t: TestContext, display: string): Promise<Neighbour> {
    const connection = await openConnection({ display, xauthority: null });
    connection.client.on('error', () => undefined);
    t.after(() => connection.socket.destroy());
    return new Neighbour(connection.display);
  }

  private constructor(display: XDisplay) {
    this.#client = display.client as Requests;
    const [screen] = display.screen;
    assert.ok(screen);
    this.#root = screen.root;
    this.width = screen.pixel_width;
    this.height = screen.pixel_height;
  }

  /** What the display shows in one place: 0xRRGGBB. */
  async pixel(x: number, y: number): Promise<number> {
    const { data } = await ask<{ readonly data: Buffer }>((answer) =>
      this.#client.GetImage(2, this.#root, x, y, 1, 1, 0xffff_ffff, answer),
    );
    return data.readUInt32LE(0) & 0xff_ffff;
  }

  /** Where the pointer is, and which buttons are down. */
  async pointer(): Promise<{ readonly x: number; readonly y: number; readonly buttons: number }> {
    const { rootX, rootY, keyMask } = await ask<{
      readonly rootX: number;
      readonly rootY: number;
      readonly keyMask: number;
    }>((answer) => this.#client.QueryPointer(this.#root, answer as never));
    return { x: rootX, y: rootY, buttons: (keyMask >> 8) & 0x1f };
  }

  /** Waits until the display shows this colour there. */
  async until(x: number, y: number, colour: number): Promise<void> {
    while ((await this.pixel(x, y)) !== colour);
  }

  async sync(): Promise<void> {
    await ask<unknown>((answer) => this.#client.sync((error) => answer(error, null)));
  }

  /** A white window over the whole display that no window manager touches. */
  async fullScreen(parent = this.#root): Promise<XId> {
    const window = this.#client.AllocID();
    const { width, height } = this;
    this.#client.CreateWindow(window, parent, 0, 0, width, height, 0, 0, 1, 0, {
      overrideRedirect: 1,
      backgroundPixel: 0xff_ffff,
    });
    this.#client.MapWindow(window);
    await this.sync();
    return window;
  }

  raise(window: XId): void {
    this.#client.ConfigureWindow(window, { stackMode: 0 });
  }

  async overlay(): Promise<XId> {
    const composite = await ask<Composite>((answer) => this.#client.require('composite', answer));
    return await ask<XId>((answer) => composite.GetOverlayWindow(this.#root, answer));
  }

  /** The indicator's window: the first in the overlay. */
  async indicatorWindow(): Promise<XId> {
    const overlay = await this.overlay();
    const { children } = await ask<{ readonly children: readonly XId[] }>((answer) =>
      this.#client.QueryTree(overlay, answer),
    );
    const [window] = children;
    assert.ok(window !== undefined);
    return window;
  }

  unmap(window: XId): void {
    this.#client.UnmapWindow(window);
  }
  destroy(window: XId): void {
    this.#client.DestroyWindow(window);
  }
  grabServer(): void {
    this.#client.GrabServer();
  }
  ungrabServer(): void {
    this.#client.UngrabServer();
  }

  /** Paints black over everything that is on the display, without a window. */
  scribble(): void {
    const gc = this.#client.AllocID();
    this.#client.CreateGC(gc, this.#root, { foreground: 0, subwindowMode: 1 } as never);
    this.#client.PolyFillRectangle(this.#root, gc, [0, 0, this.width, this.height]);
  }

  /** Takes the pointer for itself, as a menu does. */
  async grabPointer(): Promise<void> {
    const window = await this.fullScreen();
    const status = await ask<number>((answer) =>
      this.#client.GrabPointer(window, false, 4, 1, 1, 0, 0, 0, answer),
    );
    assert.equal(status, 0);
  }

  /** Says that it is the compositing manager of this display. */
  async claimCompositing(): Promise<void> {
    const window = this.#client.AllocID();
    this.#client.CreateWindow(window, this.#root, 0, 0, 1, 1, 0, 0, 1, 0, {});
    const selection = await ask<XId>((answer) =>
      this.#client.InternAtom(false, '_NET_WM_CM_S0', answer),
    );
    this.#client.SetSelectionOwner(window, selection);
    await this.sync();
  }

  /**
   * Presses and releases the first button through a device of the server itself, where the pointer is. This is how X lets
   * any program on the display spoof a device; on a display without hardware it is the only real device there is.
   */
  async pressWith(deviceName: string): Promise<void> {
    const input = await ask<XInput>((answer) => this.#client.require('xinput', answer));
    const devices = await ask<Parameters<Parameters<XInput['XIQueryDevice']>[1]>[1]>((answer) =>
      input.XIQueryDevice(0, answer),
    );
    const device = devices.find(({ name }) => name === deviceName);
    assert.ok(device, devices.map(({ name }) => name).join(', '));
    const { firstEvent } = await this.#extension('XInputExtension');
    const { majorOpcode } = await this.#extension('XTEST');
    for (const event of [3, 4]) {
      // XTestFakeInput with one event of XInput: DeviceButtonPress, then DeviceButtonRelease.
      const request = Buffer.alloc(36);
      request.set([majorOpcode, 2, 9, 0, firstEvent + event, 1], 0);
      request.writeUInt8(device.deviceId, 35);
      this.#client.seq_num += 1;
      this.#client.pack_stream.put(request);
      this.#client.pack_stream.submit();
    }
    await this.sync();
  }

  #extension(name: string): Promise<{ majorOpcode: number; firstEvent: number }> {
    return ask((answer) => this.#client.QueryExtension(name, answer));
  }
}
