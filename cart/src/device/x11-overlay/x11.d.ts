/** The few parts of the package x11 that are used here; it ships no types. */
declare module 'x11' {
  import type { EventEmitter } from 'node:events';
  import type { Duplex } from 'node:stream';

  export type Answer<Value> = (error: Error | null | undefined, value: Value) => unknown;
  export type XId = number;
  export type XRectangle = readonly [x: number, y: number, width: number, height: number];

  export interface XVisual {
    readonly class: number;
    readonly red_mask: number;
    readonly green_mask: number;
    readonly blue_mask: number;
  }
  export interface XScreen {
    readonly root: XId;
    readonly root_visual: XId;
    readonly pixel_width: number;
    readonly pixel_height: number;
    readonly depths: Readonly<Record<number, Readonly<Record<number, XVisual>>>>;
  }
  export interface XDisplay {
    readonly client: XRequests;
    readonly screen: readonly XScreen[];
    /** 0: the least significant byte first. */
    readonly image_byte_order: number;
    readonly format: Readonly<Record<number, { readonly bits_per_pixel: number }>>;
  }

  export interface XEvent {
    readonly name?: string;
    /** The window that was asked to tell, or the one that it is about: it differs by event. */
    readonly wid?: XId;
    readonly wid1?: XId;
    readonly state?: number;
    readonly width?: number;
    readonly height?: number;
    readonly sourceId?: number;
    readonly detail?: number;
    readonly rootx?: number;
    readonly rooty?: number;
  }

  export interface WindowValues {
    readonly backgroundPixel?: number;
    readonly overrideRedirect?: 0 | 1;
    readonly eventMask?: number;
  }
  export interface WindowPlace {
    readonly x?: number;
    readonly y?: number;
    readonly width?: number;
    readonly height?: number;
    /** 0: above all siblings. */
    readonly stackMode?: 0;
  }

  export interface XRequests extends EventEmitter {
    /** Numbers of the atoms that are known, by name. */
    atoms: Readonly<Record<string, number>>;
    AllocID(): XId;
    terminate(): void;
    sync(answer: (error: Error | null) => unknown): void;
    require(name: 'composite', answer: Answer<Composite>): void;
    require(name: 'shape', answer: Answer<Shape>): void;
    require(name: 'xinput', answer: Answer<XInput>): void;
    CreateWindow(
      id: XId,
      parent: XId,
      x: number,
      y: number,
      width: number,
      height: number,
      borderWidth: number,
      depth: number,
      windowClass: number,
      visual: XId,
      values: WindowValues,
    ): void;
    ChangeWindowAttributes(window: XId, values: WindowValues): void;
    ConfigureWindow(window: XId, place: WindowPlace): void;
    MapWindow(window: XId): void;
    CreateGC(id: XId, drawable: XId, values: { readonly foreground: number }): void;
    ChangeGC(id: XId, values: { readonly foreground: number }): void;
    PolyFillRectangle(drawable: XId, gc: XId, rectangles: readonly number[]): void;
    PutImage(
      format: number,
      drawable: XId,
      gc: XId,
      width: number,
      height: number,
      x: number,
      y: number,
      leftPad: number,
      depth: number,
      pixels: Buffer,
    ): void;
    GetImage(
      format: number,
      drawable: XId,
      x: number,
      y: number,
      width: number,
      height: number,
      planes: number,
      answer: Answer<{ readonly data: Buffer }>,
    ): void;
    QueryTree(window: XId, answer: Answer<{ readonly children: readonly XId[] }>): void;
    QueryPointer(
      window: XId,
      answer: Answer<{ readonly rootX: number; readonly rootY: number }>,
    ): void;
    InternAtom(onlyIfExists: boolean, name: string, answer: Answer<XId>): void;
    GetSelectionOwner(selection: XId, answer: Answer<XId>): void;
  }

  export interface Composite {
    GetOverlayWindow(root: XId, answer: Answer<XId>): void;
  }
  export interface Shape {
    Rectangles(
      operation: number,
      kind: number,
      window: XId,
      x: number,
      y: number,
      rectangles: readonly XRectangle[],
    ): void;
  }
  export interface XInputDevice {
    readonly deviceId: number;
    readonly use: number;
    readonly name: string;
  }
  export interface XInput {
    XIQueryDevice(device: number, answer: Answer<readonly XInputDevice[]>): void;
    XISelectEvents(
      window: XId,
      masks: { readonly deviceId: number; readonly mask: readonly string[] },
    ): void;
  }

  interface X11 {
    readonly eventMask: Readonly<Record<string, number>>;
    createClient(
      options: {
        readonly stream: Duplex;
        readonly display: string;
        readonly auth: { readonly name: string; readonly data: string };
        readonly disableBigRequests: boolean;
      },
      answer: Answer<XDisplay>,
    ): XRequests;
  }
  const x11: X11;
  export default x11;
}
