/**
 * The desk's live events. The browser reconnects by itself when a connection breaks; when the desk refuses one (signed
 * out, too many pages) it does not, so that is tried again here.
 */
import { consoleEvent } from '@chaperone/protocol/console-api/schema.ts';
import type { ConsoleEvent } from '@chaperone/protocol/console-api/schema.ts';

/** After a refusal. Milliseconds. */
const TRY_AGAIN_MS = 3_000;

/** Listens until the returned function is called. `onLine(true)` also means: ask for everything again. */
export function listen(
  onEvent: (event: ConsoleEvent) => void,
  onLine: (connected: boolean) => void,
): () => void {
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    source = new EventSource('/api/events');
    source.onopen = () => onLine(true);
    source.onerror = () => {
      onLine(false);
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, TRY_AGAIN_MS);
    };
    source.onmessage = (message: MessageEvent<string>) => {
      const parsed = consoleEvent.safeParse(JSON.parse(message.data));
      if (parsed.success) onEvent(parsed.data);
    };
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}
