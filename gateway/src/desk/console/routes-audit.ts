/** Routes of the auditor: the ledger, and nothing else. */
import { auditQuery, ledgerLine, pageOf } from '@chaperone/protocol/console-api/administration.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf } from './guard.ts';

export function auditRoutes(server: ConsoleServer, { audit }: DeskFeatures): void {
  server.get(
    '/api/audit/entries',
    { schema: { querystring: auditQuery, response: { 200: pageOf(ledgerLine) } } },
    async ({ query }) => await audit.entries(query),
  );

  server.get('/api/audit/evidence', async (request, reply) => {
    void reply
      .header('content-disposition', 'attachment; filename="chaperone-ledger.json"')
      .type('application/json');
    return JSON.stringify(await audit.evidence(callerOf(request)));
  });
}
