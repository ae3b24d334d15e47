/** Routes of the auditor: the ledger, and nothing else. As tiles it is for any client of C2SP tlog-tiles. */
import { auditQuery, ledgerLine, pageOf } from '@chaperone/protocol/console-api/administration.ts';
import { Readable } from 'node:stream';
import { witnessList } from '@chaperone/protocol/console-api/witness.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf } from './guard.ts';

/** A full tile never changes. */
const FOREVER = 'private, max-age=31536000, immutable';

export function auditRoutes(server: ConsoleServer, { audit }: DeskFeatures): void {
  server.get(
    '/api/audit/entries',
    { schema: { querystring: auditQuery, response: { 200: pageOf(ledgerLine) } } },
    async ({ query }) => await audit.entries(query),
  );

  server.get('/api/audit/evidence', async (request, reply) => {
    const pieces = await audit.evidence(callerOf(request));
    void reply
      .header('content-disposition', 'attachment; filename="chaperone-ledger.json"')
      .type('application/json');
    return await reply.send(Readable.from(pieces));
  });

  server.get('/api/audit/tlog/checkpoint', async (_request, reply) => {
    void reply.type('text/plain; charset=utf-8');
    return await reply.send(audit.checkpoint());
  });

  server.get('/api/audit/tlog/tile/*', async (request, reply) => {
    const { '*': rest = '' } = request.params as { readonly '*'?: string };
    const { bytes, isFull } = await audit.tile(`tile/${rest}`);
    if (isFull) void reply.header('cache-control', FOREVER);
    void reply.type('application/octet-stream');
    return await reply.send(Buffer.from(bytes));
  });

  server.get('/api/audit/witnesses', { schema: { response: { 200: witnessList } } }, async () => ({
    witnesses: [...(await audit.witnesses())],
  }));
}
