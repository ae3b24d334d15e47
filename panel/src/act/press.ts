/**
 * What counts as a touch on a button.
 *
 * A browser makes no click of a slow touch (it waits for a long press and its menu), and a button that was touched
 * must never do nothing: a finger that goes down and up inside it counts, however slowly. Mouse, keyboard and
 * assistive technology arrive as clicks. A key held down counts once.
 */
import { useRef } from 'react';
import type { KeyboardEvent, MouseEvent, TouchEvent } from 'react';

export interface PressProps {
  readonly onClick: () => void;
  readonly onTouchStart: () => void;
  readonly onTouchCancel: () => void;
  readonly onTouchEnd: (event: TouchEvent<HTMLElement>) => void;
  readonly onContextMenu: (event: MouseEvent) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Makes the event properties of a button. */
export function usePress(onPress: () => void): PressProps {
  const touching = useRef(false);
  return {
    onClick: onPress,
    onTouchStart: () => {
      touching.current = true;
    },
    onTouchCancel: () => {
      touching.current = false;
    },
    onTouchEnd: (event) => {
      const touch = event.changedTouches[0];
      const began = touching.current;
      touching.current = false;
      if (!began || touch === undefined || !event.cancelable) return;
      // No click follows, so nothing that appears under the finger meanwhile is clicked.
      event.preventDefault();
      const { left, right, top, bottom } = event.currentTarget.getBoundingClientRect();
      const { clientX: x, clientY: y } = touch;
      if (x < left || x > right || y < top || y > bottom) return;
      event.currentTarget.focus({ preventScroll: true });
      onPress();
    },
    onContextMenu: (event) => event.preventDefault(),
    onKeyDown: (event) => {
      if (event.repeat && (event.key === 'Enter' || event.key === ' ')) event.preventDefault();
    },
  };
}
