/** The picture on its stage: drawn as large as wanted, its window drawn by the mouse. It only shows what it is given. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { PointerEvent, ReactNode } from 'react';
import type { FrameGiven } from './dicom-worker.ts';
import { panned, placedAt, zoomOf, zoomed } from './stage-view.ts';
import type { Size, StageView } from './stage-view.ts';

export type StageTool = 'window' | 'pan';

interface DicomStageProps {
  readonly given: FrameGiven;
  readonly aspect: number;
  readonly label: string;
  readonly tool: StageTool;
  readonly view: StageView;
  readonly onView: (change: (view: StageView) => StageView) => void;
  /** Drawn with the mouse, as parts of the stage's size. */
  readonly onWindow: (byX: number, byY: number) => void;
  readonly onWheelFrame: ((by: number) => void) | null;
  readonly onZoom: (zoom: number) => void;
}

const WHEEL_ZOOM = 1.0015;

export function DicomStage(props: DicomStageProps): ReactNode {
  const { given, aspect, label, tool, view, onView, onWindow, onWheelFrame, onZoom } = props;
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [stage, setStage] = useState<Size>({ width: 0, height: 0 });
  const picture: Size = { width: given.width, height: given.height * aspect };
  const current = useRef({ picture, stage, onView, onWheelFrame });
  useLayoutEffect(() => {
    current.current = { picture, stage, onView, onWheelFrame };
  });

  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = (): void =>
      // Device pixels: what is drawn is what the screen has.
      setStage({
        width: Math.round(element.clientWidth * devicePixelRatio),
        height: Math.round(element.clientHeight * devicePixelRatio),
      });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const zoom = zoomOf(view, picture, stage);
  useEffect(() => onZoom(zoom), [onZoom, zoom]);

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d', { alpha: false });
    if (element == null || context == null || stage.width === 0) return;
    if (element.width !== stage.width) element.width = stage.width;
    if (element.height !== stage.height) element.height = stage.height;
    context.fillStyle = '#000';
    context.fillRect(0, 0, stage.width, stage.height);
    const at = placedAt(view, picture, stage);
    context.imageSmoothingEnabled = zoom < 1;
    context.imageSmoothingQuality = 'high';
    context.drawImage(pictureOf(given), at.x, at.y, at.width, at.height);
  });

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { picture: shown, stage: on, onView: change, onWheelFrame: turn } = current.current;
      if (turn !== null && !event.ctrlKey) return turn(event.deltaY > 0 ? 1 : -1);
      const box = element.getBoundingClientRect();
      const at = {
        x: (event.clientX - box.left - box.width / 2) * devicePixelRatio,
        y: (event.clientY - box.top - box.height / 2) * devicePixelRatio,
      };
      change((was) => zoomed(was, WHEEL_ZOOM ** -event.deltaY, shown, on, at));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, []);

  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const byX = event.movementX * devicePixelRatio;
    const byY = event.movementY * devicePixelRatio;
    const isMiddle = (event.buttons & 4) !== 0;
    const isRight = (event.buttons & 2) !== 0;
    if (isRight) return onView((was) => zoomed(was, 1.005 ** -byY, picture, stage));
    if (isMiddle || tool === 'pan') return onView((was) => panned(was, byX, byY, picture, stage));
    onWindow(byX / Math.max(1, stage.width), byY / Math.max(1, stage.height));
  };
  return (
    // What the mouse does here, keys and buttons do as well.
    <div
      ref={place}
      className={`dicom-stage dicom-stage--${tool}`}
      onContextMenu={(event) => event.preventDefault()}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
    >
      <canvas ref={canvas} className="dicom-stage__canvas" aria-label={label}>
        {label}
      </canvas>
    </div>
  );
}

const pictures = new WeakMap<FrameGiven, HTMLCanvasElement>();

/** The frame as something that can be drawn in any size; made once for each. */
function pictureOf(given: FrameGiven): HTMLCanvasElement {
  const known = pictures.get(given);
  if (known !== undefined) return known;
  const made = document.createElement('canvas');
  made.width = given.width;
  made.height = given.height;
  made.getContext('2d')?.putImageData(new ImageData(given.rgba, given.width, given.height), 0, 0);
  pictures.set(given, made);
  return made;
}
