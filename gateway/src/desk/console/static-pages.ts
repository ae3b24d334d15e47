/** Serves the console's built pages; every address that is no file and no API is the application's own. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import { PROBLEM_MEDIA_TYPE, problemOf } from '../../platform/problem/problem.ts';
import type { ConsoleServer } from './console-server.ts';

const NOT_BUILT =
  '<!doctype html><meta charset="utf-8"><title>Chaperone</title><p>The console is not built.</p>';

export async function servePages(
  server: ConsoleServer,
  folder: string,
  verifierPage: string,
): Promise<void> {
  const hidden = { schema: { hide: true } as never };
  server.get('/chaperone-verify.html', hidden, async (_request, reply) => {
    const text = await readFile(verifierPage, 'utf8').catch(() => null);
    if (text === null) return await reply.status(404).send();
    // To be kept on a disk: it has a policy of its own, and needs nobody.
    void reply
      .header('content-disposition', 'attachment; filename="chaperone-verify.html"')
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8');
    return await reply.send(text);
  });
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
