/** A picture that stands still here while the cart's goes on, clearly marked. */
import { Snowflake } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import type { SessionDetail } from '../api/desk.ts';
import { announce } from '../part/announcement.tsx';
import { SCREEN_WORDS } from '../words/screen.ts';
import { Freezer, termsOf } from './freezer.ts';
import type { Frozen } from './freezer.ts';
import type { ScreenViewer } from './screen-viewer.ts';

interface Freezing {
  /** Null while nothing is frozen, or what was is void. */
  readonly frozen: Frozen | null;
  readonly toggle: () => void;
}

/**
 * @param isShown a picture may be on view, and is, whether or not the cart is heard at the moment
 * @param partsOpen what the operator lets be seen of what is covered: once it is covered again, a copy of it is void
 */
export function useFrozen(
  viewer: ScreenViewer,
  session: SessionDetail,
  isShown: boolean,
  partsOpen: readonly string[],
): Freezing {
  const [freezer] = useState(() => new Freezer());
  const kept = useSyncExternalStore(freezer.subscribe, freezer.now);
  const under = isShown ? termsOf(session, partsOpen) : null;
  useEffect(() => {
    if (freezer.follow(under)) announce(SCREEN_WORDS.frozenVoid);
  }, [freezer, under]);
  useEffect(() => () => freezer.release(), [freezer]);
  return {
    // Already in this rendering, before the effect lets go of it.
    frozen: kept?.under === under ? kept : null,
    toggle: () => {
      if (kept !== null) return freezer.release();
      const canvas = copyOf(viewer.canvas());
      if (canvas === null || under === null) return;
      freezer.keep({ canvas, takenMs: Date.now(), picture: viewer.picture(), under });
    },
  };
}

/** Null when there is no picture, or the browser has no memory for another. */
function copyOf(shown: HTMLCanvasElement | null): HTMLCanvasElement | null {
  if (shown === null) return null;
  const canvas = document.createElement('canvas');
  canvas.width = shown.width;
  canvas.height = shown.height;
  const context = canvas.getContext('2d');
  context?.drawImage(shown, 0, 0);
  return context === null ? null : canvas;
}

export function FrozenPicture({ frozen }: { readonly frozen: Frozen }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { canvas } = frozen;
    canvas.setAttribute('aria-hidden', 'true');
    place.current?.append(canvas);
    return () => canvas.remove();
  }, [frozen]);
  return <div ref={place} className="frozen" />;
}

export function FrozenMark({ frozen }: { readonly frozen: Frozen }): ReactNode {
  return (
    <output className="frozen__mark">
      <Snowflake aria-hidden className="icon icon--small" />
      {SCREEN_WORDS.frozenAt(clockTime(frozen.takenMs))}
    </output>
  );
}

function clockTime(utcMs: number): string {
  return new Date(utcMs).toLocaleTimeString('en-GB', { hour12: false });
}
