/** Routes of files: fetch, send, hold and cancel. What a technician uploads comes by `routes-upload.ts`. */
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import {
  folderFetch,
  newFetch,
  newFolderFetch,
  newSend,
  transfer,
  transferAct,
} from '@chaperone/protocol/console-api/schema.ts';
import { z } from 'zod';
import { parseId } from '@chaperone/domain/id/id.ts';
import { caseParams } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf } from './guard.ts';

const params = caseParams;
const recordParams = params.extend({ record: plain(z.string().max(64)) });
/** How long a send waits for the scan of what it sends, milliseconds. */
const SCAN_WAIT_MS = 60_000;

export function fileRoutes(server: ConsoleServer, features: DeskFeatures): void {
  const { transfers, events, scans } = features;

  server.post(
    '/api/cases/:case/fetches',
    { schema: { params, body: newFetch, response: { 200: transfer } } },
    async (request) => await transfers.fetch(caseOf(request), callerOf(request), request.body),
  );

  server.post(
    '/api/cases/:case/sends',
    { schema: { params, body: newSend, response: { 200: transfer } } },
    async (request) => {
      const found = caseOf(request);
      // What was just uploaded is being scanned: who sends it need not ask again and again.
      const recordId = parseId('record', request.body.record);
      await scans.decided(found.id, recordId, SCAN_WAIT_MS);
      return await transfers.send(found, callerOf(request), recordId, request.body.batch ?? null);
    },
  );

  server.post(
    '/api/cases/:case/records/:record/destroy',
    { schema: { params: recordParams, response: { 200: z.object({}) } } },
    async (request) => {
      const recordId = parseId('record', request.params.record);
      await scans.destroy(caseOf(request), callerOf(request).id, recordId);
      return {};
    },
  );

  server.post(
    '/api/cases/:case/folder-fetches',
    { schema: { params, body: newFolderFetch, response: { 200: folderFetch } } },
    async (request) =>
      await transfers.fetchFolder(caseOf(request), callerOf(request), request.body),
  );

  server.post(
    '/api/cases/:case/transfers/act',
    {
      schema: { params, body: transferAct, response: { 200: z.object({ changed: z.number() }) } },
    },
    async (request) => {
      const { act, ...on } = request.body;
      const found = caseOf(request);
      const changed = await transfers.act(found, callerOf(request), act, on);
      events.caseChanged(found.id);
      return { changed };
    },
  );

  server.post(
    '/api/cases/:case/transfers/:transfer/cancel',
    {
      schema: {
        params: params.extend({ transfer: plain(z.string().max(64)) }),
        response: { 200: transfer },
      },
    },
    async (request) => await transfers.cancel(caseOf(request).id, request.params.transfer),
  );
}
