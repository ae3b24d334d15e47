/** The desk's live events. The browser reconnects by itself; the caller hears when the line is down. */
import { consoleEvent } from '@chaperone/protocol/console-api/schema.ts';
import type { ConsoleEvent } from '@chaperone/protocol/console-api/schema.ts';

/** Listens until the returned function is called. `onLine(true)` also means: ask for everything again. */
export function listen(
  onEvent: (event: ConsoleEvent) => void,
  onLine: (connected: boolean) => void,
): () => void {
  const source = new EventSource('/api/events');
  source.onopen = () => onLine(true);
  source.onerror = () => onLine(false);
  source.onmessage = (message: MessageEvent<string>) => {
    const parsed = consoleEvent.safeParse(JSON.parse(message.data));
    if (parsed.success) onEvent(parsed.data);
  };
  return () => source.close();
}
