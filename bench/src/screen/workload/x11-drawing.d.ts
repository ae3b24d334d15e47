/** Requests of the package x11 that only the player makes, beside those that the cart's own types name. */
declare module 'x11' {
  interface WindowValues {
    readonly cursor?: XId;
  }
  interface XColour {
    readonly R: number;
    readonly G: number;
    readonly B: number;
  }
  interface XRequests {
    CreatePixmap(id: XId, drawable: XId, depth: number, width: number, height: number): void;
    CreateCursor(
      id: XId,
      source: XId,
      mask: XId,
      foreground: XColour,
      background: XColour,
      x: number,
      y: number,
    ): void;
    CopyArea(
      from: XId,
      to: XId,
      gc: XId,
      fromX: number,
      fromY: number,
      toX: number,
      toY: number,
      width: number,
      height: number,
    ): void;
  }
}
