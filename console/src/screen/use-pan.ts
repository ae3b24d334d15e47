/** Moves a picture that is larger than its window, by dragging it. */
import { useRef } from 'react';
import type { PointerEvent } from 'react';

interface Grip {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly top: number;
}

interface PanEvents {
  readonly onPointerDown?: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove?: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp?: () => void;
  readonly onPointerCancel?: () => void;
}

/** @param isOn the pointer moves the picture; otherwise it belongs to the cart, or to what lies over it */
export function usePan(isOn: boolean): PanEvents {
  const grip = useRef<Grip | null>(null);
  if (!isOn) return {};
  const letGo = (): void => {
    grip.current = null;
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      const { scrollLeft: left, scrollTop: top } = event.currentTarget;
      grip.current = { x: event.clientX, y: event.clientY, left, top };
    },
    onPointerMove: ({ currentTarget, clientX, clientY, buttons }) => {
      const { current } = grip;
      if (current === null) return;
      if (buttons === 0) return letGo();
      currentTarget.scrollLeft = current.left + current.x - clientX;
      currentTarget.scrollTop = current.top + current.y - clientY;
    },
    onPointerUp: letGo,
    onPointerCancel: letGo,
  };
}
