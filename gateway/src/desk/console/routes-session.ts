/** Routes of a case's remote session. */
import { directories, listing } from '@chaperone/protocol/cart-api/schema.ts';
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import { sessionDetail, signedRequest } from '@chaperone/protocol/console-api/schema.ts';
import { z } from 'zod';
import { caseParams } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf } from './guard.ts';
import { tokenOf } from './session-cookie.ts';

const params = caseParams;
const response = { 200: sessionDetail };

export function sessionRoutes(server: ConsoleServer, features: DeskFeatures): void {
  const { sessions, screens, signIn, context } = features;

  server.get('/api/cases/:case/session', { schema: { params, response } }, async (request) => {
    return sessions.detail(caseOf(request), callerOf(request));
  });

  server.post(
    '/api/cases/:case/session/request',
    { schema: { params, body: signedRequest, response } },
    async (request) => await sessions.request(caseOf(request), callerOf(request), request.body.jws),
  );

  server.post(
    '/api/cases/:case/session/resume',
    { schema: { params, body: signedRequest, response } },
    async (request) => await sessions.resume(caseOf(request), callerOf(request), request.body.jws),
  );

  server.post(
    '/api/cases/:case/session/leave',
    { schema: { params, response } },
    async (request) => {
      return await sessions.leave(caseOf(request), callerOf(request));
    },
  );

  server.get(
    '/api/cases/:case/session/directories',
    { schema: { params, response: { 200: directories } } },
    async (request) => {
      const activity = sessions.grantedFor(caseOf(request), 'fetch-files')
        ? 'fetch-files'
        : 'send-files';
      const { link, grant } = await sessions.open(caseOf(request), callerOf(request), activity);
      return await link.directories(grant);
    },
  );

  server.get(
    '/api/cases/:case/session/files',
    {
      schema: {
        params,
        querystring: z.object({
          directory: plain(z.string().min(1).max(200)),
          path: z.string().max(2048).default(''),
        }),
        response: { 200: listing },
      },
    },
    async (request) => {
      const { directory, path } = request.query;
      const { link, grant } = await sessions.open(
        caseOf(request),
        callerOf(request),
        'fetch-files',
      );
      return await link.list(grant, directory, path);
    },
  );

  server.get(
    '/api/cases/:case/session/screen',
    { websocket: true, schema: { params } },
    (socket, request) => {
      const token = tokenOf(request);
      const held = { isHeld: async () => await signIn.isHeld(token) };
      screens.view(socket, caseOf(request), callerOf(request), held).catch((fault: unknown) => {
        context.log.error({ err: fault }, 'a screen could not be shown');
      });
    },
  );
}
