/** Serves the console's built pages; every address that is no file and no API is the application's own. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import { PROBLEM_MEDIA_TYPE, problemOf } from '../../platform/problem/problem.ts';
import type { ConsoleServer } from './console-server.ts';

const NOT_BUILT =
  '<!doctype html><meta charset="utf-8"><title>Chaperone</title><p>The console is not built.</p>';

export async function servePages(server: ConsoleServer, folder: string): Promise<void> {
  const isBuilt = existsSync(path.join(folder, 'index.html'));
  if (isBuilt) {
    await server.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      // Built files carry a digest in their name and never change.
      setHeaders: (reply, file) => {
        const lasting = file.includes(`${path.sep}assets${path.sep}`);
        void reply.header(
          'cache-control',
          lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  }
  server.setNotFoundHandler(async (request, reply) => {
    const isPage =
      request.method === 'GET' && !request.url.startsWith('/api/') && !/\.\w+$/.test(request.url);
    if (!isPage) {
      const problem = problemOf('ROUTE_NOT_FOUND');
      return await reply
        .status(problem.status)
        .type(PROBLEM_MEDIA_TYPE)
        .send(JSON.stringify(problem));
    }
    void reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8');
    return isBuilt ? await reply.sendFile('index.html') : await reply.send(NOT_BUILT);
  });
}
