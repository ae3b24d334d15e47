/** Routes of a second technician who watches a case's session. Whether they may, the cart's operator decides. */
import { sessionDetail, signedRequest } from '@chaperone/protocol/console-api/schema.ts';
import { caseParams } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf } from './guard.ts';
import { tokenOf } from './session-cookie.ts';

const params = caseParams;
const response = { 200: sessionDetail };

export function watchRoutes(server: ConsoleServer, features: DeskFeatures): void {
  const { sessions, screens, signIn, context } = features;

  server.post(
    '/api/cases/:case/session/watch',
    { schema: { params, body: signedRequest, response } },
    async (request) => await sessions.watch(caseOf(request), callerOf(request), request.body.jws),
  );

  server.post('/api/cases/:case/session/watch/leave', { schema: { params, response } }, (request) =>
    sessions.leaveWatch(caseOf(request), callerOf(request)),
  );

  server.get(
    '/api/cases/:case/session/watch/screen',
    { websocket: true, schema: { params } },
    (socket, request) => {
      const token = tokenOf(request);
      const held = { isHeld: async () => await signIn.isHeld(token) };
      screens.watch(socket, caseOf(request), callerOf(request), held).catch((fault: unknown) => {
        context.log.error({ err: fault }, 'a screen could not be shown to who watches');
      });
    },
  );
}
