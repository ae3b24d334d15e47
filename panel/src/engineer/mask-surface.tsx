/**
 * The snapshot with the regions that are drawn on it: by finger, pen, mouse or keyboard.
 *
 * A touch on nothing draws a new region; one on a region takes hold of it, and its corners size it. What is shown of covered areas
 * is what the agent answered, never a guess of this page.
 */
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import type { MaskArea, ScreenSize } from '@chaperone/domain/mask/mask-area.ts';
import { maskEditorWords } from '../words/mask-editor-languages.ts';
import { useSpeech } from '../words/speech.tsx';
import { areaBetween, CORNERS, moved, pulled, SIDE_MIN, textOf } from './mask-draft.ts';
import type { Corner, Region } from './mask-draft.ts';

interface MaskSurfaceProps {
  readonly picture: ImageBitmap;
  readonly regions: readonly Region[];
  readonly selected: number | null;
  /** What is covered, in place of the regions; null: they are drawn. */
  readonly covered: readonly MaskArea[] | null;
  readonly onSelect: (id: number | null) => void;
  readonly onDraw: (area: MaskArea) => void;
  readonly onArea: (id: number, area: MaskArea) => void;
  readonly onDelete: (id: number) => void;
}

interface Hold {
  readonly from: { readonly x: number; readonly y: number };
  /** Null: a new one is drawn. */
  readonly region: Region | null;
  readonly corner: Corner | null;
}

/** Pixels that a key moves by, and with Ctrl. */
const STEP = 1;
const LARGE_STEP = 10;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ...{ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] },
};

export function MaskSurface(props: MaskSurfaceProps): ReactNode {
  const { picture, regions, selected, covered, onSelect, onDraw, onArea } = props;
  const { language } = useSpeech();
  const words = maskEditorWords(language);
  const size: ScreenSize = { width: picture.width, height: picture.height };
  const surface = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const hold = useRef<Hold | null>(null);
  const [drawn, setDrawn] = useState<MaskArea | null>(null);
  useEffect(() => {
    canvas.current?.getContext('2d')?.drawImage(picture, 0, 0);
  }, [picture]);

  const pointOf = (event: PointerEvent): { x: number; y: number } => {
    const box = surface.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return { x: 0, y: 0 };
    return {
      x: ((event.clientX - box.left) / box.width) * size.width,
      y: ((event.clientY - box.top) / box.height) * size.height,
    };
  };
  const take = (event: PointerEvent<HTMLDivElement>): void => {
    if (covered !== null || event.button !== 0 || hold.current !== null) return;
    const target = event.target as HTMLElement;
    const id = Number(target.closest<HTMLElement>('[data-region]')?.dataset['region'] ?? 0);
    const region = regions.find((each) => each.id === id) ?? null;
    const corner = CORNERS.find((each) => each === target.dataset['corner']) ?? null;
    hold.current = { from: pointOf(event), region, corner };
    event.currentTarget.setPointerCapture(event.pointerId);
    onSelect(region?.id ?? null);
  };
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    if (hold.current === null) return;
    const { from, region, corner } = hold.current;
    const to = pointOf(event);
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    if (region === null) setDrawn(areaBetween(from, to, size));
    else if (corner === null) onArea(region.id, moved(region.area, dx, dy, size));
    else onArea(region.id, pulled(region.area, corner, dx, dy, size));
  };
  const leave = (event: PointerEvent<HTMLDivElement>): void => {
    const held = hold.current;
    hold.current = null;
    setDrawn(null);
    if (held === null) return;
    if (held.region !== null) {
      // Something else took the pointer: nothing was meant.
      if (event.type === 'pointercancel') onArea(held.region.id, held.region.area);
      return;
    }
    const area = areaBetween(held.from, pointOf(event), size);
    if (event.type === 'pointerup' && area.width >= SIDE_MIN && area.height >= SIDE_MIN)
      onDraw(area);
  };
  const ratio = size.width / size.height;
  return (
    <figure className="surface" aria-label={words.picture}>
      {/* The regions in it are buttons of their own; the surface itself only follows a pointer. */}
      <div
        className="surface__picture"
        ref={surface}
        style={{ width: `min(100cqw, calc(100cqh * ${ratio}))`, aspectRatio: `${ratio}` }}
        onPointerDown={take}
        onPointerMove={move}
        onPointerUp={leave}
        onPointerCancel={leave}
      >
        <canvas ref={canvas} width={size.width} height={size.height} />
        {covered?.map((area, index) => (
          <div key={index} className="surface__covered" style={placed(area, size)} />
        ))}
        {covered === null &&
          regions.map((region, index) => (
            <RegionBox
              key={region.id}
              {...{ region, size }}
              {...props}
              isSelected={region.id === selected}
              name={textOf(region, language) || words.region(words.kinds[region.kind], index + 1)}
            />
          ))}
        {drawn !== null && <div className="surface__drawn" style={placed(drawn, size)} />}
      </div>
    </figure>
  );
}

interface RegionBoxProps extends Pick<MaskSurfaceProps, 'onSelect' | 'onArea' | 'onDelete'> {
  readonly region: Region;
  readonly size: ScreenSize;
  readonly isSelected: boolean;
  readonly name: string;
}

function RegionBox(props: RegionBoxProps): ReactNode {
  const { region, size, isSelected, name, onSelect, onArea, onDelete } = props;
  const press = (event: KeyboardEvent): void => {
    const arrow = ARROWS[event.key];
    if (event.key === 'Delete' || event.key === 'Backspace') onDelete(region.id);
    else if (event.key === 'Escape') onSelect(null);
    else if (arrow !== undefined) {
      const step = event.ctrlKey ? LARGE_STEP : STEP;
      const [dx, dy] = [arrow[0] * step, arrow[1] * step];
      const { area } = region;
      onArea(
        region.id,
        event.shiftKey ? pulled(area, 'se', dx, dy, size) : moved(area, dx, dy, size),
      );
    } else return;
    event.preventDefault();
  };
  return (
    <button
      type="button"
      className={`region region--${region.kind}${isSelected ? ' region--selected' : ''}`}
      style={placed(region.area, size)}
      data-region={region.id}
      aria-label={name}
      aria-pressed={isSelected}
      onFocus={() => onSelect(region.id)}
      onKeyDown={press}
    >
      <span className="region__name" aria-hidden="true">
        {name}
      </span>
      {isSelected &&
        CORNERS.map((corner) => (
          <span
            key={corner}
            className={`region__corner region__corner--${corner}`}
            data-corner={corner}
          />
        ))}
    </button>
  );
}

function placed(
  { x, y, width, height }: MaskArea,
  size: ScreenSize,
): { left: string; top: string; width: string; height: string } {
  const share = (part: number, whole: number): string => `${(part / whole) * 100}%`;
  return {
    left: share(x, size.width),
    top: share(y, size.height),
    width: share(width, size.width),
    height: share(height, size.height),
  };
}
