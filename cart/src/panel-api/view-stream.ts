/** `GET /api/views`: the operator's view as NDJSON, at each change and with every second that a countdown shows. */
import type { ServerResponse } from 'node:http';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';

const SECOND_MS = 1000;
/** A panel that takes nothing is not there; views are small and made for one that reads. */
const UNREAD_BYTES_MAX = 512 * 1024;

/** Tells the view to one panel until it goes away. @returns what tells it of a change */
export function streamViews(
  response: ServerResponse,
  current: () => PanelView,
): { tell(): void; end(): void } {
  let said = '';
  const tell = (): void => {
    const line = `${JSON.stringify(current())}\n`;
    if (line === said || response.destroyed || response.writableEnded) return;
    if (response.writableLength > UNREAD_BYTES_MAX) {
      response.destroy();
      return;
    }
    said = line;
    response.write(line);
  };
  const tick = (): void => {
    // In a session a view comes each second even when it says nothing new: the panel sees that the agent lives.
    if (current().session !== null) said = '';
    tell();
  };
  const timer = setInterval(tick, SECOND_MS);
  response.once('close', () => clearInterval(timer));
  response.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  tell();
  return { tell, end: () => response.end() };
}
