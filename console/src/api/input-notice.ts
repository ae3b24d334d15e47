/**
 * Whether a person is at this window. Each request says so, because the desk ends a sign-in at which nobody does anything,
 * and a page asks for news by itself as long as it is open (docs/protocol.md, section 12).
 */

/** Whoever did something in this time is there. Milliseconds; the desk's limit is never shorter. */
export const THERE_MS = 60_000;

/** What only a person does. A page that moves under a pointer at rest also makes events: those move nothing. */
const INPUTS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchmove'] as const;

let lastMs = Number.NEGATIVE_INFINITY;

/** Watches a window for input, before anything in it can keep that to itself, as the cart's screen does. */
export function watchInput(target: Pick<Window, 'addEventListener'>): void {
  for (const input of INPUTS)
    target.addEventListener(input, notice, { capture: true, passive: true });
}

/** What a request says of it. @param nowMs this window's monotonic clock */
export function activeHeader(nowMs = performance.now()): {
  readonly 'chaperone-active': '0' | '1';
} {
  return { 'chaperone-active': nowMs - lastMs < THERE_MS ? '1' : '0' };
}

function notice(event: Event): void {
  if (!event.isTrusted || isAtRest(event)) return;
  lastMs = performance.now();
}

function isAtRest(event: Event): boolean {
  if (event.type !== 'pointermove') return false;
  const { movementX, movementY } = event as PointerEvent;
  return movementX === 0 && movementY === 0;
}
