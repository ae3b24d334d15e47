/** Where a picture stands on its stage: how large, and how far from the middle. Pixels of the stage. */
export interface StageView {
  /** Null fits it to the stage. */
  readonly zoom: number | null;
  readonly panX: number;
  readonly panY: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const FITTED: StageView = { zoom: null, panX: 0, panY: 0 };
export const ZOOM_MIN = 0.05;
export const ZOOM_MAX = 40;

/** How large a picture is when it fits; larger than life only where it is small. */
export function fittedZoom(picture: Size, stage: Size): number {
  const zoom = Math.min(stage.width / picture.width, stage.height / picture.height);
  return Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, Number.isFinite(zoom) ? zoom : 1));
}

export function zoomOf({ zoom }: StageView, picture: Size, stage: Size): number {
  return zoom ?? fittedZoom(picture, stage);
}

/** Zooms so that what lies at a point stays there. @param at from the middle of the stage */
export function zoomed(
  view: StageView,
  by: number,
  picture: Size,
  stage: Size,
  at: { readonly x: number; readonly y: number } = { x: 0, y: 0 },
): StageView {
  const before = zoomOf(view, picture, stage);
  const zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, before * by));
  const ratio = zoom / before;
  return {
    zoom,
    panX: at.x - (at.x - view.panX) * ratio,
    panY: at.y - (at.y - view.panY) * ratio,
  };
}

/** Moves it, and keeps some of it in sight. */
export function panned(
  view: StageView,
  byX: number,
  byY: number,
  picture: Size,
  stage: Size,
): StageView {
  const zoom = zoomOf(view, picture, stage);
  const clamp = (value: number, shown: number, room: number): number => {
    const far = (shown + room) / 2 - Math.min(40, shown / 2);
    return Math.min(far, Math.max(-far, value));
  };
  return {
    zoom,
    panX: clamp(view.panX + byX, picture.width * zoom, stage.width),
    panY: clamp(view.panY + byY, picture.height * zoom, stage.height),
  };
}

export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where it is drawn; whole pixels, so that one of the picture is one of the screen at its own size. */
export function placedAt(view: StageView, picture: Size, stage: Size): Placed {
  const zoom = zoomOf(view, picture, stage);
  const width = Math.round(picture.width * zoom);
  const height = Math.round(picture.height * zoom);
  return {
    x: Math.round((stage.width - width) / 2 + view.panX),
    y: Math.round((stage.height - height) / 2 + view.panY),
    width,
    height,
  };
}
