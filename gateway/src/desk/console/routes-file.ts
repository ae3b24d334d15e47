/** Routes of files: fetch, upload, send, cancel, and a record's content. */
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import {
  newFetch,
  newSend,
  recordSummary,
  transfer,
} from '@chaperone/protocol/console-api/schema.ts';
import { z } from 'zod';
import { parseId } from '@chaperone/domain/id/id.ts';
import { takeUpload } from '../transfer/transfer.ts';
import { readRange } from './byte-range.ts';
import { caseParams } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import { recordOf } from './describe-case.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf } from './guard.ts';
import { UploadsAtOnce } from './uploads-at-once.ts';

const params = caseParams;

export function fileRoutes(
  server: ConsoleServer,
  features: DeskFeatures,
  uploadBytesMax: number,
): void {
  const { transfers, context, events } = features;
  const atOnce = new UploadsAtOnce();

  server.post(
    '/api/cases/:case/fetches',
    { schema: { params, body: newFetch, response: { 200: transfer } } },
    async (request) => await transfers.fetch(caseOf(request), callerOf(request), request.body),
  );

  server.post(
    '/api/cases/:case/sends',
    { schema: { params, body: newSend, response: { 200: transfer } } },
    async (request) =>
      await transfers.send(caseOf(request), callerOf(request), request.body.record),
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

  // The body is a file: it is read as it comes, never gathered.
  void server.register(async (uploads: ConsoleServer) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser('*', (_request: unknown, payload: IncomingMessage, done) =>
      done(null, payload),
    );
    uploads.put(
      '/api/cases/:case/outgoing',
      {
        bodyLimit: uploadBytesMax,
        schema: {
          params,
          querystring: z.object({ name: z.string().min(1).max(1024) }),
          response: { 200: recordSummary },
        },
      },
      async (request) => {
        const announced = request.headers['content-length'];
        const bytes = announced === undefined ? null : Number(announced);
        // A request without any body has no stream to read.
        const body = request.body instanceof Readable ? request.body : Readable.from([]);
        const upload = { name: request.query.name, bytes, body };
        const found = caseOf(request);
        const done = atOnce.take(callerOf(request));
        try {
          const record = await takeUpload(context, found, upload, uploadBytesMax, transfers.room);
          events.caseChanged(found.id);
          return recordOf(record);
        } finally {
          done();
        }
      },
    );
  });

  server.get(
    '/api/cases/:case/records/:record/content',
    { schema: { params: params.extend({ record: plain(z.string().max(64)) }) } },
    async (request, reply) => {
      const { id: caseId } = caseOf(request);
      const recordId = parseId('record', request.params.record);
      const { bytes, name } = await context.vault.record(caseId, recordId);
      const range = readRange(request.headers.range, bytes);
      if (range === 'unsatisfiable') {
        void reply.status(416).header('content-range', `bytes */${bytes}`);
        return '';
      }
      // It leaves the vault: recorded first.
      const by = callerOf(request).id;
      await context.ledger.append({ kind: 'record-exported', caseId, recordId, by });
      const content = await context.vault.content(caseId, recordId, range ?? undefined);
      void reply
        .status(range === null ? 200 : 206)
        .header('content-length', range?.length ?? bytes)
        .header('accept-ranges', 'bytes')
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
        .type('application/octet-stream');
      if (range !== null) {
        const last = range.offset + range.length - 1;
        void reply.header('content-range', `bytes ${range.offset}-${last}/${bytes}`);
      }
      return reply.send(Readable.from(content.bytes, { objectMode: false }));
    },
  );
}
