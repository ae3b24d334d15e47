/**
 * A window above everything else on an X display: a child of the Composite Overlay Window, which no ordinary window can be
 * raised over, not even a full-screen one that redirects nothing and raises itself again and again.
 *
 * It is shaped: what is not in its frame is not covered, and what is not in its touch area gets no input from it. It takes
 * pixels, reads back what the display really shows, and tells who touched it with which real device. It dies with its
 * connection, so with the agent. It knows nothing of sessions. Decision 0046.
 *
 * Not on a display whose overlay belongs to a compositing manager (it holds `_NET_WM_CM_Sn`): reshaping that would break
 * the display. 24-bit colour only.
 */
import type { Composite, Shape, XRequests, XEvent, XId, XInput, XScreen } from 'x11';
import x11 from 'x11';
import { devicesInHand, realDevices } from './pointer-devices.ts';
import { answered, openConnection, X11OverlayUnavailable } from './x11-connection.ts';
import type { DisplayAddress, X11Connection } from './x11-connection.ts';

export { releaseInjected } from './injected-input.ts';
export { X11OverlayUnavailable } from './x11-connection.ts';
export type { DisplayAddress } from './x11-connection.ts';

export interface OverlayArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface OverlaySize {
  readonly width: number;
  readonly height: number;
}

export interface OverlayEvents {
  /** Something happened that may have covered it. */
  onDisturbed(): void;
  /** Pixels of it were lost: it has to be painted again. */
  onExposed(): void;
  onResized(size: OverlaySize): void;
  /** A real device touched the display at this place. May be told twice. */
  onTouched(x: number, y: number): void;
  /** A real device of the display was used: moved, touched, pressed. Told for each of it. */
  onUsed(): void;
  onLost(loss: 'display-lost' | 'window-destroyed'): void;
}

export interface Overlay {
  readonly size: OverlaySize;
  /** Says which parts of the display it covers, and which take a touch; then puts it on top. */
  place(size: OverlaySize, frame: readonly OverlayArea[], touch: OverlayArea): void;
  /** Puts pixels there: 0xRRGGBB, row by row. */
  paint(area: OverlayArea, pixels: Uint32Array): void;
  /** Puts it back on top of everything, mapped, where it was placed. */
  raise(): void;
  /** Reads what the display shows, windows and all. @throws Error when the server does not tell */
  read(area: OverlayArea): Promise<Uint32Array>;
  /** Tells whether nothing else is in the overlay above it. @throws Error when the server does not tell */
  isOnTop(): Promise<boolean>;
  close(): void;
}

export interface OverlayOptions extends DisplayAddress {
  /** Names of the input devices that count; null: all that do not inject. */
  readonly devices: readonly string[] | null;
}

/** Time for the server to answer one question while it is set up. */
const ANSWER_TIMEOUT_MS = 2000;
/** Bytes of one request; servers take at least 256 KiB. */
const IMAGE_BYTES_MAX = 200_000;
const Z_PIXMAP = 2;
const ALL_PLANES = 0xffff_ffff;
const DEPTH = 24;
const TRUE_COLOUR = 4;
const SHAPE_SET = 0;
const SHAPE_BOUNDING = 0;
const SHAPE_INPUT = 2;
const INPUT_OUTPUT = 1;
/** The left one, or a finger; a wheel has others. */
const FIRST_BUTTON = 1;
/** The first two may be a touch on the overlay; all of them are somebody at work. */
const RAW_EVENTS = [
  'RawButtonPress',
  'RawTouchBegin',
  'RawTouchUpdate',
  'RawMotion',
  'RawKeyPress',
];
const ALL_DEVICES = 0;
const ALL_MASTER_DEVICES = 1;

/** Opens one; nothing of it is to be seen before it is placed. @throws X11OverlayUnavailable */
export async function openOverlay(
  options: OverlayOptions,
  events: OverlayEvents,
): Promise<Overlay> {
  const connection = await openConnection(options);
  try {
    return await X11Overlay.open(connection, options, events);
  } catch (cause) {
    connection.socket.destroy();
    if (cause instanceof X11OverlayUnavailable) throw cause;
    throw new X11OverlayUnavailable(
      `The X display ${options.display} cannot show an indicator above everything else.`,
      { cause },
    );
  }
}

interface Extensions {
  readonly shape: Shape;
  readonly input: XInput;
}

class X11Overlay implements Overlay {
  size: OverlaySize;
  readonly #client: XRequests;
  readonly #socket: X11Connection['socket'];
  readonly #screen: XScreen;
  readonly #extensions: Extensions;
  readonly #events: OverlayEvents;
  readonly #named: readonly string[] | null;
  readonly #overlay: XId;
  readonly #window: XId;
  readonly #gc: XId;
  #real: ReadonlySet<number> = new Set();
  /** Those and the keyboards. */
  #inHand: ReadonlySet<number> = new Set();
  #frame: readonly OverlayArea[] = [];
  #touch: OverlayArea = { x: 0, y: 0, width: 0, height: 0 };
  #isClosed = false;

  /** @throws X11OverlayUnavailable, Error */
  static async open(
    connection: X11Connection,
    { devices }: OverlayOptions,
    events: OverlayEvents,
  ): Promise<X11Overlay> {
    const { client, display, screenNumber } = connection;
    const screen = display.screen[screenNumber];
    if (screen === undefined) throw new Error('the display has no screen');
    const visual = screen.depths[DEPTH]?.[screen.root_visual];
    const isUsual =
      visual?.class === TRUE_COLOUR &&
      visual.red_mask === 0xff_0000 &&
      visual.blue_mask === 0xff &&
      display.format[DEPTH]?.bits_per_pixel === 32 &&
      display.image_byte_order === 0;
    if (!isUsual) {
      throw new X11OverlayUnavailable('The indicator needs an X display with 24-bit colour.');
    }
    const [composite, shape, input] = await Promise.all([
      ask<Composite>((answer) => client.require('composite', answer)),
      ask<Shape>((answer) => client.require('shape', answer)),
      ask<XInput>((answer) => client.require('xinput', answer)),
    ]);
    const selection = `_NET_WM_CM_S${screenNumber}`;
    const name = await ask<XId>((answer) => client.InternAtom(false, selection, answer));
    if ((await ask<XId>((answer) => client.GetSelectionOwner(name, answer))) !== 0) {
      throw new X11OverlayUnavailable(
        'A compositing manager owns the overlay of this X display: end it, and try again.',
      );
    }
    const overlay = await ask<XId>((answer) => composite.GetOverlayWindow(screen.root, answer));
    const made = new X11Overlay(connection, screen, { shape, input }, overlay, devices, events);
    await made.#listen();
    return made;
  }

  private constructor(
    { client, socket }: X11Connection,
    screen: XScreen,
    extensions: Extensions,
    overlay: XId,
    named: readonly string[] | null,
    events: OverlayEvents,
  ) {
    this.#client = client;
    this.#socket = socket;
    this.#screen = screen;
    this.#extensions = extensions;
    this.#overlay = overlay;
    this.#named = named;
    this.#events = events;
    this.size = { width: screen.pixel_width, height: screen.pixel_height };
    // The server has just mapped the overlay as large as the display: until it is shaped it takes every touch.
    for (const kind of [SHAPE_BOUNDING, SHAPE_INPUT]) {
      extensions.shape.Rectangles(SHAPE_SET, kind, overlay, 0, 0, []);
    }
    this.#window = client.AllocID();
    const { width, height } = this.size;
    client.CreateWindow(
      ...([this.#window, overlay, 0, 0, width, height, 0, 0, INPUT_OUTPUT, 0] as const),
      {
        overrideRedirect: 1,
        eventMask: mask('Exposure', 'VisibilityChange', 'StructureNotify'),
      },
    );
    this.#gc = client.AllocID();
    client.CreateGC(this.#gc, this.#window, { foreground: 0 });
    client.ChangeWindowAttributes(overlay, {
      eventMask: mask('StructureNotify', 'SubstructureNotify'),
    });
    client.ChangeWindowAttributes(screen.root, { eventMask: mask('StructureNotify') });
  }

  async #listen(): Promise<void> {
    const { input } = this.#extensions;
    // Refused requests tell of windows that others have changed: what is on the display is looked at anyway.
    this.#client.on('error', () => undefined);
    this.#client.on('event', (event: XEvent) => this.#heard(event));
    this.#socket.once('close', () => this.#lost('display-lost'));
    const presses = ['ButtonPress', 'TouchBegin'];
    input.XISelectEvents(this.#window, { deviceId: ALL_MASTER_DEVICES, mask: presses });
    // Raw events come even while another program has grabbed the pointer.
    input.XISelectEvents(this.#screen.root, {
      deviceId: ALL_MASTER_DEVICES,
      mask: RAW_EVENTS,
    });
    input.XISelectEvents(this.#screen.root, {
      deviceId: ALL_DEVICES,
      mask: ['HierarchyChanged'],
    });
    await this.#loadDevices();
  }

  place(size: OverlaySize, frame: readonly OverlayArea[], touch: OverlayArea): void {
    this.size = size;
    this.#frame = frame;
    this.#touch = touch;
    this.raise();
  }

  raise(): void {
    if (this.#isClosed) return;
    const { shape } = this.#extensions;
    const frame = this.#frame.map(asRectangle);
    for (const window of [this.#window, this.#overlay]) {
      shape.Rectangles(SHAPE_SET, SHAPE_BOUNDING, window, 0, 0, frame);
      shape.Rectangles(SHAPE_SET, SHAPE_INPUT, window, 0, 0, [asRectangle(this.#touch)]);
      this.#client.MapWindow(window);
    }
    this.#client.ConfigureWindow(this.#window, { x: 0, y: 0, ...this.size, stackMode: 0 });
  }

  paint(area: OverlayArea, pixels: Uint32Array): void {
    if (this.#isClosed) return;
    const rows = Math.max(1, Math.floor(IMAGE_BYTES_MAX / (area.width * 4)));
    for (let row = 0; row < area.height; row += rows) {
      const height = Math.min(rows, area.height - row);
      const part = pixels.subarray(row * area.width, (row + height) * area.width);
      const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      this.#client.PutImage(
        ...([Z_PIXMAP, this.#window, this.#gc, area.width, height] as const),
        ...([area.x, area.y + row, 0, DEPTH, bytes] as const),
      );
    }
  }

  async read({ x, y, width, height }: OverlayArea): Promise<Uint32Array> {
    if (this.#isClosed) throw new Error('the overlay is closed');
    const { data } = await ask<{ readonly data: Buffer }>((answer) =>
      this.#client.GetImage(
        ...([Z_PIXMAP, this.#screen.root, x, y, width, height, ALL_PLANES] as const),
        answer,
      ),
    );
    const pixels = new Uint32Array(width * height);
    for (let at = 0; at < pixels.length; at += 1) {
      pixels[at] = data.readUInt32LE(at * 4) & 0xff_ffff;
    }
    return pixels;
  }

  async isOnTop(): Promise<boolean> {
    if (this.#isClosed) return false;
    const { children } = await ask<{ readonly children: readonly XId[] }>((answer) =>
      this.#client.QueryTree(this.#overlay, answer),
    );
    return children.at(-1) === this.#window;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // The server takes away with the connection whatever was made over it, the overlay's use, too.
    this.#socket.destroy();
  }

  async #loadDevices(): Promise<void> {
    const devices = await ask<Parameters<typeof realDevices>[0]>((answer) =>
      this.#extensions.input.XIQueryDevice(ALL_DEVICES, answer),
    );
    this.#real = realDevices(devices, this.#named);
    this.#inHand = devicesInHand(devices, this.#named);
  }

  #heard(event: XEvent): void {
    if (this.#isClosed) return;
    if (event.name?.startsWith('XIRaw') === true && this.#isInHand(event)) this.#events.onUsed();
    if (this.#isClosed) return;
    const isOurs = event.wid === this.#window || event.wid1 === this.#window;
    switch (event.name) {
      case 'VisibilityNotify':
        if (isOurs && event.state !== 0) this.#events.onDisturbed();
        return;
      case 'DestroyNotify':
        if (isOurs || event.wid === this.#overlay) this.#lost('window-destroyed');
        return;
      case 'Expose':
        this.#events.onExposed();
        return;
      case 'UnmapNotify':
      case 'ReparentNotify':
        this.#events.onDisturbed();
        return;
      case 'CreateNotify':
      case 'MapNotify':
        if (!isOurs && event.wid !== this.#overlay) this.#events.onDisturbed();
        return;
      case 'ConfigureNotify':
        this.#configured(event, isOurs);
        return;
      case 'XIButtonPress':
        if (event.detail !== FIRST_BUTTON) return;
        this.#touchedBy(event);
        return;
      case 'XITouchBegin':
        this.#touchedBy(event);
        return;
      case 'XIRawButtonPress':
        if (event.detail === FIRST_BUTTON && this.#isReal(event)) void this.#locate();
        return;
      case 'XIRawTouchBegin':
        if (this.#isReal(event)) void this.#locate();
        return;
      case 'XIHierarchyChanged':
        // Until the new list is here nothing that was not on the old one counts.
        this.#loadDevices().catch(() => this.#events.onDisturbed());
        return;
      default:
    }
  }

  #configured(event: XEvent, isOurs: boolean): void {
    if (event.wid === this.#screen.root) {
      const { width = 0, height = 0 } = event;
      const isChanged = width !== this.size.width || height !== this.size.height;
      if (event.wid1 === event.wid && isChanged) this.#events.onResized({ width, height });
      return;
    }
    // Of our own window only what raising it does not do itself: another place or size.
    const { width = 0, height = 0 } = event;
    const isInPlace = width === this.size.width && height === this.size.height;
    if (!isOurs || !isInPlace) this.#events.onDisturbed();
  }

  #touchedBy(event: XEvent): void {
    if (this.#isReal(event)) this.#events.onTouched(event.rootx ?? -1, event.rooty ?? -1);
  }

  #isReal({ sourceId }: XEvent): boolean {
    return sourceId !== undefined && this.#real.has(sourceId);
  }

  #isInHand({ sourceId }: XEvent): boolean {
    return sourceId !== undefined && this.#inHand.has(sourceId);
  }

  async #locate(): Promise<void> {
    try {
      const { rootX, rootY } = await ask<{ readonly rootX: number; readonly rootY: number }>(
        (answer) => this.#client.QueryPointer(this.#screen.root, answer),
      );
      if (!this.#isClosed) this.#events.onTouched(rootX, rootY);
    } catch {
      this.#events.onDisturbed();
    }
  }

  #lost(loss: 'display-lost' | 'window-destroyed'): void {
    if (this.#isClosed) return;
    this.close();
    this.#events.onLost(loss);
  }
}

function ask<Value>(question: Parameters<typeof answered<Value>>[0]): Promise<Value> {
  return answered(question, ANSWER_TIMEOUT_MS);
}

function asRectangle({ x, y, width, height }: OverlayArea): [number, number, number, number] {
  return [x, y, width, height];
}

function mask(...names: readonly string[]): number {
  return names.reduce((bits, name) => bits | (x11.eventMask[name] ?? 0), 0);
}
