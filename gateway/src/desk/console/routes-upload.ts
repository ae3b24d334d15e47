/**
 * Routes of uploads that resume: tus 1.0 with creation, creation-with-upload, checksum, expiration and termination (decision 0025).
 *
 * Every answer carries the version; a request of another one is 412. Refusals are problems like everywhere else.
 */
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import { uploadList, uploadStanding } from '@chaperone/protocol/console-api/schema.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  parseChecksum,
  parseMetadata,
  parseOffset,
  TUS_VERSION,
  TusVersionUnsupported,
  UploadHeaderMalformed,
} from '../upload/upload.ts';
import type { UploadStanding } from '../upload/upload.ts';
import { caseParams } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import { recordOf } from './describe-case.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf } from './guard.ts';
import { UploadsAtOnce } from './uploads-at-once.ts';

const PIECE_TYPE = 'application/offset+octet-stream';
const EXTENSIONS = 'creation,creation-with-upload,checksum,expiration,termination';
const params = caseParams;
const one = params.extend({ transfer: plain(z.string().max(64)) });

export function uploadRoutes(
  server: ConsoleServer,
  features: DeskFeatures,
  uploadBytesMax: number,
): void {
  const { uploads, events } = features;
  const atOnce = new UploadsAtOnce();

  server.get(
    '/api/cases/:case/uploads',
    { schema: { params, response: { 200: uploadList } } },
    async (request) => {
      const own = await uploads.list(caseOf(request).id, callerOf(request));
      return { uploads: own.map(shownOf) };
    },
  );

  // The body is a piece of a file: it is read as it comes.
  void server.register(async (pieces: ConsoleServer) => {
    pieces.removeAllContentTypeParsers();
    pieces.addContentTypeParser('*', (_request: unknown, payload: IncomingMessage, done) =>
      done(null, payload),
    );
    pieces.addHook('onRequest', async (_request, reply) => {
      void reply.header('tus-resumable', TUS_VERSION).header('cache-control', 'no-store');
    });

    const take = async (
      request: FastifyRequest,
      transfer: string,
      offset: number,
    ): Promise<UploadStanding> => {
      const checksum = parseChecksum(text(request, 'upload-checksum'));
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      const piece = { offset, checksum, body, cut: () => void request.raw.destroy() };
      return await uploads.take(caseOf(request).id, callerOf(request), transfer, piece);
    };
    const inPlace = async <T>(request: FastifyRequest, act: () => Promise<T>): Promise<T> => {
      const done = atOnce.take(callerOf(request));
      try {
        return await act();
      } finally {
        done();
      }
    };

    // A client asks what is spoken here; it needs no version for that.
    pieces.options(
      '/api/cases/:case/uploads',
      { schema: { params, response: { 204: z.null() } } },
      async (_request, reply) => {
        void reply
          .status(204)
          .header('tus-version', TUS_VERSION)
          .header('tus-extension', EXTENSIONS)
          .header('tus-max-size', uploadBytesMax)
          .header('tus-checksum-algorithm', 'sha256');
        return null;
      },
    );

    // A small file comes with its announcement; what is refused of the piece leaves the upload, to be gone on with or removed.
    pieces.post(
      '/api/cases/:case/uploads',
      { bodyLimit: uploadBytesMax, schema: { params, response: { 201: uploadStanding } } },
      async (request, reply) => {
        checkVersion(request, reply);
        const bytes = parseOffset(text(request, 'upload-length'), 'Upload-Length');
        const said = parseMetadata(text(request, 'upload-metadata'));
        const found = caseOf(request);
        const isWithPiece = request.headers['content-type'] === PIECE_TYPE;
        const begin = async (): Promise<UploadStanding> => {
          const begun = await uploads.begin(found, callerOf(request), said, bytes);
          const { id } = begun.upload;
          void reply.header('location', `/api/cases/${found.id}/uploads/${id}`);
          return isWithPiece && begun.record === null ? await take(request, id, 0) : begun;
        };
        const standing = isWithPiece ? await inPlace(request, begin) : await begin();
        void reply.status(201);
        tell(reply, standing);
        if (standing.record !== null) events.caseChanged(found.id);
        return shownOf(standing);
      },
    );

    // HEAD is answered by the same, without the body.
    pieces.get(
      '/api/cases/:case/uploads/:transfer',
      { schema: { params: one, response: { 200: uploadStanding } } },
      async (request, reply) => {
        const { transfer } = request.params;
        const standing = await uploads.standing(caseOf(request).id, callerOf(request), transfer);
        tell(reply, standing);
        return shownOf(standing);
      },
    );

    pieces.patch(
      '/api/cases/:case/uploads/:transfer',
      { bodyLimit: uploadBytesMax, schema: { params: one, response: { 204: z.null() } } },
      async (request, reply) => {
        checkVersion(request, reply);
        if (request.headers['content-type'] !== PIECE_TYPE)
          throw new UploadHeaderMalformed(`The type of a piece is ${PIECE_TYPE}.`);
        const offset = parseOffset(text(request, 'upload-offset'), 'Upload-Offset');
        const { transfer } = request.params;
        const standing = await inPlace(request, async () => await take(request, transfer, offset));
        tell(reply, standing);
        if (standing.record !== null) events.caseChanged(caseOf(request).id);
        void reply.status(204);
        return null;
      },
    );

    pieces.delete(
      '/api/cases/:case/uploads/:transfer',
      { schema: { params: one, response: { 204: z.null() } } },
      async (request, reply) => {
        checkVersion(request, reply);
        await uploads.remove(caseOf(request).id, callerOf(request), request.params.transfer);
        void reply.status(204);
        return null;
      },
    );
  });
}

/** @throws TusVersionUnsupported, having said which version there is */
function checkVersion(request: FastifyRequest, reply: FastifyReply): void {
  if (text(request, 'tus-resumable') === TUS_VERSION) return;
  void reply.header('tus-version', TUS_VERSION);
  throw new TusVersionUnsupported(`Only tus ${TUS_VERSION} is spoken here.`);
}

function tell(reply: FastifyReply, { upload, offset, record }: UploadStanding): void {
  void reply.header('upload-offset', offset).header('upload-length', upload.bytesTotal);
  if (record !== null) void reply.header('chaperone-record', record.id);
  else if (upload.begunUtcMs > 0)
    void reply.header('upload-expires', new Date(upload.begunUtcMs + DAY_MS).toUTCString());
}

const DAY_MS = 24 * 3_600_000;

function shownOf({ upload, offset, record }: UploadStanding): z.infer<typeof uploadStanding> {
  const { id, name, folder, fingerprint, bytesTotal } = upload;
  const made = record === null ? null : recordOf(record);
  return { id, name, folder, fingerprint, bytes: offset, bytesTotal, record: made };
}

function text(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
