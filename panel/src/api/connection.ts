/**
 * What the panel knows of the agent: the last view, and whether it still comes.
 *
 * The panel must never show a calm picture that is old. A view counts while its stream is open and something was
 * heard lately (a view, or an answer to the panel's presence). It is not the connection to the service centre:
 * that is in the view.
 */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import type { Agent } from './agent.ts';
import { codeOf } from './act-failed.ts';

export type Connection =
  | { readonly is: 'connecting' }
  /** `heardMs` is the reading of the page's monotonic clock at which the view came. */
  | { readonly is: 'live'; readonly view: PanelView; readonly heardMs: number }
  | { readonly is: 'lost'; readonly lastView: PanelView | null }
  /** The agent runs but does not know this window: it was started anew, or another window was opened. */
  | { readonly is: 'refused'; readonly lastView: PanelView | null }
  | { readonly is: 'unreadable'; readonly lastView: PanelView | null };

export interface Watch {
  readonly now: () => Connection;
  readonly subscribe: (onChange: () => void) => () => void;
  /** Something other than a view showed that the agent lives. */
  readonly heard: () => void;
  readonly refused: () => void;
  readonly stop: () => void;
}

/** Milliseconds without a stream before the page turns: a reconnect within it goes unseen. */
const GRACE_MS = 1500;
const RETRY_MS = 500;
/** In a session the agent sends a view each second. */
const SILENCE_IN_SESSION_MS = 4000;
/** Otherwise presence, sent every 2 s and answered within 3 s, is the sign of life. */
const SILENCE_MS = 7000;
const CHECK_MS = 500;
/** A timer this late was held back by the browser. */
const SLEEP_MS = 2000;

/** Follows the agent's views until stopped, connecting again by itself. */
export function watch(agent: Pick<Agent, 'views'>, clock: () => number): Watch {
  let current: Connection = { is: 'connecting' };
  let heardMs = clock();
  let viewMs = clock();
  let checkedMs = clock();
  /** Reading at which the stream was found ended or not to be had; null while it brings views. */
  let endedMs: number | null = null;
  let stream = new AbortController();
  const stopping = new AbortController();
  const listeners = new Set<() => void>();

  const lastView = (): PanelView | null => {
    if (current.is === 'live') return current.view;
    return current.is === 'connecting' ? null : current.lastView;
  };
  const turn = (next: Connection): void => {
    current = next;
    for (const listener of listeners) listener();
  };
  const isFinal = (): boolean => current.is === 'refused' || current.is === 'unreadable';
  const giveUp = (code: string): void => {
    if (code === 'CREDENTIAL_REFUSED') turn({ is: 'refused', lastView: lastView() });
    else if (code === 'VIEW_UNREADABLE') turn({ is: 'unreadable', lastView: lastView() });
  };

  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted && !isFinal()) {
      stream = new AbortController();
      try {
        for await (const view of agent.views(stream.signal)) {
          heardMs = viewMs = clock();
          endedMs = null;
          turn({ is: 'live', view, heardMs });
        }
      } catch (failure) {
        giveUp(codeOf(failure));
      }
      endedMs ??= clock();
      if (!stopping.signal.aborted && !isFinal())
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };

  const check = (): void => {
    // A window that the browser put to sleep has heard nothing because it slept: it first listens again.
    const sleptMs = clock() - checkedMs - CHECK_MS;
    checkedMs = clock();
    if (sleptMs > SLEEP_MS) {
      heardMs = viewMs = clock();
      if (endedMs !== null) endedMs = clock();
    }
    if (isFinal() || current.is === 'lost') return;
    const inSession = current.is === 'live' && current.view.session !== null;
    const silent = inSession
      ? clock() - viewMs > SILENCE_IN_SESSION_MS
      : clock() - heardMs > SILENCE_MS;
    const cut = endedMs !== null && clock() - endedMs > GRACE_MS;
    if (!silent && !cut) return;
    turn({ is: 'lost', lastView: lastView() });
    stream.abort();
  };

  const timer = setInterval(check, CHECK_MS);
  void follow();
  return {
    now: () => current,
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    heard: () => {
      heardMs = clock();
    },
    refused: () => giveUp('CREDENTIAL_REFUSED'),
    stop: () => {
      stopping.abort();
      clearInterval(timer);
      stream.abort();
    },
  };
}
