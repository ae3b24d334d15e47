/** The route by which a picture of the cart's screen becomes a record of its case (decision 0053). */
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { SNAPSHOT_PICTURES } from '@chaperone/domain/ledger-entry/snapshot-fact.ts';
import { recordSummary } from '@chaperone/protocol/console-api/schema.ts';
import { z } from 'zod';
import { SNAPSHOT_BYTES_MAX, SnapshotNotPNG } from '../snapshot/snapshot.ts';
import { RequestsTooMany } from './console-error.ts';
import { caseParams } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import { recordOf } from './describe-case.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf } from './guard.ts';

const PNG = 'image/png';
/** A session lasts no day. */
const AGE_MS_MAX = 24 * 3_600_000;
/** A picture is held in memory until it is checked: this many at once, of all technicians, one of each. */
const AT_ONCE_MAX = 4;
const WAIT_S = 5;

const querystring = z.object({
  picture: z.enum(SNAPSHOT_PICTURES).default('unknown'),
  ageMs: z.coerce.number().int().min(0).max(AGE_MS_MAX).default(0),
});

export function snapshotRoutes(server: ConsoleServer, features: DeskFeatures): void {
  const { snapshots } = features;
  const busy = new Set<string>();

  // The body is read only once it is known that a picture is taken from whoever sends it.
  void server.register(async (pictures: ConsoleServer) => {
    pictures.removeAllContentTypeParsers();
    pictures.addContentTypeParser('*', (_request: unknown, payload: IncomingMessage, done) =>
      done(null, payload),
    );
    pictures.post(
      '/api/cases/:case/session/snapshots',
      {
        bodyLimit: SNAPSHOT_BYTES_MAX,
        schema: { params: caseParams, querystring, response: { 201: recordSummary } },
      },
      async (request, reply) => {
        const found = caseOf(request);
        const caller = callerOf(request);
        if (request.headers['content-type'] !== PNG)
          throw new SnapshotNotPNG(`The type of a picture is ${PNG}.`);
        if (busy.size >= AT_ONCE_MAX || busy.has(caller.id)) throw new RequestsTooMany(WAIT_S);
        busy.add(caller.id);
        try {
          const body = request.body instanceof Readable ? request.body : Readable.from([]);
          const record = await snapshots.keep(found, caller, { ...request.query, body });
          void reply.status(201);
          return recordOf(record);
        } finally {
          busy.delete(caller.id);
        }
      },
    );
  });
}
