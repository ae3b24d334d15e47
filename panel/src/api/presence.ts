/**
 * Tells the agent where the panel is on the display and whether the keyboard goes to it, so that injected input
 * is kept away from it. It is also the panel's heartbeat while no session sends views each second.
 */
import type { Presence } from '@chaperone/protocol/panel-api/schema.ts';
import type { Agent } from './agent.ts';
import { codeOf } from './act-failed.ts';
import type { Watch } from './connection.ts';

/** At least this often, so that an agent that was just started knows, too. */
const REPEAT_MS = 2000;
/** Moving a window raises no event in browsers: it is looked for. */
const LOOK_MS = 250;

/** The parts of a browser window that say where it is. */
export type PlacedWindow = Pick<
  Window,
  'screenX' | 'screenY' | 'outerWidth' | 'outerHeight' | 'devicePixelRatio'
> & { readonly document: Pick<Document, 'hasFocus'> };

/** Measures the whole window, with its frame, in pixels of the display. */
export function presenceOf(window: PlacedWindow): Presence {
  const { devicePixelRatio: ratio } = window;
  const x = Math.floor(window.screenX * ratio);
  const y = Math.floor(window.screenY * ratio);
  return {
    x,
    y,
    // Rounded outwards: a pixel too many is kept safe, never one too few.
    width: Math.max(0, Math.ceil((window.screenX + window.outerWidth) * ratio) - x),
    height: Math.max(0, Math.ceil((window.screenY + window.outerHeight) * ratio) - y),
    focused: window.document.hasFocus(),
  };
}

/** Reports until stopped. */
export function reportPresence(
  window: Window & PlacedWindow,
  agent: Pick<Agent, 'presence'>,
  watch: Watch,
): () => void {
  let said = '';
  let saidMs = Number.NEGATIVE_INFINITY;
  let waiting = false;

  const look = async (): Promise<void> => {
    const { is } = watch.now();
    if (waiting || is === 'refused' || is === 'unreadable') return;
    const presence = presenceOf(window);
    const text = JSON.stringify(presence);
    const nowMs = window.performance.now();
    if (text === said && nowMs - saidMs < REPEAT_MS) return;
    waiting = true;
    saidMs = nowMs;
    said = text;
    try {
      await agent.presence(presence);
      watch.heard();
    } catch (failure) {
      if (codeOf(failure) === 'CREDENTIAL_REFUSED') watch.refused();
    } finally {
      waiting = false;
    }
  };
  const lookNow = (): void => void look();

  const timer = window.setInterval(lookNow, LOOK_MS);
  const events = ['resize', 'focus', 'blur', 'pageshow'] as const;
  for (const event of events) window.addEventListener(event, lookNow);
  lookNow();
  return () => {
    window.clearInterval(timer);
    for (const event of events) window.removeEventListener(event, lookNow);
  };
}
