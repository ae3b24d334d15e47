/**
 * Tells the agent where the panel is on the display and whether the keyboard goes to it, so that injected input
 * is kept away from it. It is also the panel's heartbeat while no session sends views each second.
 */
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { Presence } from '@chaperone/protocol/panel-api/schema.ts';
import type { Agent } from './agent.ts';
import { codeOf } from './act-failed.ts';
import type { Watch } from './connection.ts';

/** At least this often, so that an agent that was just started knows, too. */
const REPEAT_MS = 2000;
/** Moving a window raises no event in browsers: it is looked for. */
const LOOK_MS = 250;

/** CSS pixels that the sides of a window's own frame have together at most, and one that was rounded away. */
const SIDES_MAX = 17;

/** The parts of a browser window that say where it is. */
export type PlacedWindow = Pick<
  Window,
  'screenX' | 'screenY' | 'outerWidth' | 'outerHeight' | 'innerWidth' | 'devicePixelRatio'
> & { readonly document: Pick<Document, 'hasFocus'> };

/** Measures the whole window, with its frame, in pixels of the display. */
export function presenceOf(window: PlacedWindow): Presence {
  const { least, most } = scaleOf(window);
  const left = Math.min(window.screenX * least, window.screenX * most);
  const top = Math.min(window.screenY * least, window.screenY * most);
  const right = window.screenX + window.outerWidth;
  const bottom = window.screenY + window.outerHeight;
  const x = Math.floor(left);
  const y = Math.floor(top);
  return {
    x,
    y,
    // Rounded outwards: a pixel too many is kept safe, never one too few.
    width: Math.max(0, Math.ceil(Math.max(right * least, right * most)) - x),
    height: Math.max(0, Math.ceil(Math.max(bottom * least, bottom * most)) - y),
    focused: window.document.hasFocus(),
  };
}

/**
 * Tells how many pixels of the display one unit of the window's place has, as bounds.
 *
 * That is `devicePixelRatio` until somebody zooms the page: zoom changes the ratio and the page's inner measures, but not
 * the window's outer ones. A zoomed page reports a rectangle that covers the window for every scale it can have.
 */
function scaleOf({ devicePixelRatio: ratio, innerWidth, outerWidth }: PlacedWindow) {
  if (outerWidth === 0) return { least: ratio, most: ratio };
  const least = (ratio * innerWidth) / outerWidth;
  const most = (ratio * (innerWidth + SIDES_MAX)) / outerWidth;
  if (least <= ratio && ratio <= most) return { least: ratio, most: ratio };
  return { least: Math.min(ratio, least), most: Math.max(ratio, most) };
}

/** The language in use, as the page tells its browser. */
function languageOf({ document }: Window): Language {
  const { lang } = document.documentElement;
  return LANGUAGES.find((language) => language === lang) ?? 'en';
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
    const presence = { ...presenceOf(window), language: languageOf(window) };
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
