/** Two points on the picture and the distance between them, by pointer or by keyboard. Nothing of it reaches the cart. */
import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { SCREEN_WORDS } from '../words/screen.ts';
import { NOTHING, calibrated, distance, distanceText, inside, withPoint } from './measure.ts';
import type { Measured, Point } from './measure.ts';
import type { Size } from './view-mode.ts';

/** Pixels of the picture that an arrow key moves the mark; with Shift. */
const STEP = { one: 1, ten: 10 } as const;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
/** Half the length of a mark's arms, in pixels of this display. */
const ARM = 7;

export interface Measuring {
  readonly measured: Measured;
  readonly mmPerPixel: number | null;
}
export const NOT_MEASURED: Measuring = { measured: NOTHING, mmPerPixel: null };

/** What is measured on a picture. Points of another one, or while none is on view, say nothing. */
export function useMeasuring(
  size: Size | null,
): [Measuring | null, (next: Measuring | null) => void] {
  const [kept, setKept] = useState<{ readonly of: Size; readonly measuring: Measuring } | null>(
    null,
  );
  return [
    kept !== null && kept.of === size ? kept.measuring : null,
    (next) => setKept(next === null || size === null ? null : { of: size, measuring: next }),
  ];
}

interface MeasureLayerProps {
  readonly size: Size;
  readonly measuring: Measuring;
  readonly onMeasure: (next: Measuring) => void;
  readonly onClose: () => void;
}

export function MeasureLayer(props: MeasureLayerProps): ReactNode {
  const { size, measuring, onMeasure, onClose } = props;
  const { measured, mmPerPixel } = measuring;
  const [at, setAt] = useState<Point>({ x: size.width / 2, y: size.height / 2 });
  const [isByKey, setIsByKey] = useState(false);
  const layer = useRef<SVGSVGElement>(null);
  useEffect(() => layer.current?.focus(), []);
  const put = (point: Point): void =>
    onMeasure({ mmPerPixel, measured: withPoint(measured, inside(point, size)) });
  const pointOf = (event: PointerEvent): Point => {
    const matrix = layer.current?.getScreenCTM()?.inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return inside({ x, y }, size);
  };
  const press = (event: KeyboardEvent): void => {
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? STEP.ten : STEP.one;
    if (arrow !== undefined) {
      setIsByKey(true);
      setAt(inside({ x: at.x + arrow.x * step, y: at.y + arrow.y * step }, size));
    } else if (event.key === 'Enter' || event.key === ' ') put(at);
    else if (event.key === 'Escape' && !event.shiftKey) onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { from, to } = measured;
  const end = to ?? (from === null ? null : at);
  const events = {
    tabIndex: 0,
    onPointerMove: (event: PointerEvent) => {
      setIsByKey(false);
      setAt(pointOf(event));
    },
    onPointerDown: (event: PointerEvent) => {
      const point = pointOf(event);
      setAt(point);
      put(point);
    },
    onKeyDown: press,
  };
  return (
    <svg
      ref={layer}
      className="measure"
      viewBox={`0 0 ${size.width} ${size.height}`}
      preserveAspectRatio="xMidYMid meet"
      role="application"
      aria-label={SCREEN_WORDS.measureArea}
      {...events}
    >
      <rect width={size.width} height={size.height} className="measure__ground" />
      {from !== null && end !== null && <Line from={from} to={end} />}
      {from !== null && <Mark at={from} />}
      {to !== null && <Mark at={to} />}
      {isByKey && <Mark at={at} />}
    </svg>
  );
}

/** Light on dark on whatever the picture has there. */
function Line({ from, to }: { readonly from: Point; readonly to: Point }): ReactNode {
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  return (
    <>
      <line {...ends} className="measure__line measure__line--under" />
      <line {...ends} className="measure__line" />
    </>
  );
}

function Mark({ at: { x, y } }: { readonly at: Point }): ReactNode {
  const cross = `M ${x - ARM} ${y} h ${2 * ARM} M ${x} ${y - ARM} v ${2 * ARM}`;
  return (
    <>
      <path d={cross} className="measure__line measure__line--under" />
      <path d={cross} className="measure__line" />
    </>
  );
}

/** What was measured, and by which length it is told in millimetres. */
export function MeasurePanel(props: Omit<MeasureLayerProps, 'size'>): ReactNode {
  const { measuring, onMeasure, onClose } = props;
  const { measured, mmPerPixel } = measuring;
  const { from, to } = measured;
  const [known, setKnown] = useState('');
  const id = useId();
  const pixels = from !== null && to !== null ? distance(from, to) : null;
  const next = pixels === null ? null : calibrated(pixels, Number(known.replace(',', '.')));
  return (
    <form
      className="measure-panel"
      aria-label={SCREEN_WORDS.measure}
      onSubmit={(event) => {
        event.preventDefault();
        if (next !== null) onMeasure({ measured, mmPerPixel: next });
      }}
    >
      <output className="measure-panel__told" aria-live="polite">
        {pixels === null
          ? SCREEN_WORDS.measureHint(from !== null)
          : distanceText(pixels, mmPerPixel)}
      </output>
      {pixels !== null && (
        <>
          <label htmlFor={id}>{SCREEN_WORDS.knownLength}</label>
          <input
            id={id}
            className="input"
            inputMode="decimal"
            autoComplete="off"
            value={known}
            onChange={(event) => setKnown(event.target.value)}
          />
          <Button type="submit" isDisabled={next === null}>
            {SCREEN_WORDS.calibrate}
          </Button>
          <Button kind="quiet" onPress={() => onMeasure({ measured: NOTHING, mmPerPixel })}>
            {SCREEN_WORDS.clearMeasure}
          </Button>
        </>
      )}
      <Button kind="quiet" onPress={onClose}>
        {SCREEN_WORDS.endMeasure}
      </Button>
      <span className="measure-panel__note">{SCREEN_WORDS.measureNote}</span>
    </form>
  );
}
