/** The mask editor's routes of the panel API (protocol/src/panel-api/engineer-masks.ts): behind the PIN like all of the engineer's. */
import type { FastifyInstance } from 'fastify';
import {
  importMasks,
  maskDrawing,
  removeLayout,
  takeSnapshot,
  tryMasks,
} from '@chaperone/protocol/panel-api/engineer-masks.ts';
import type { z } from 'zod';
import type { MaskEditor } from '../mask-editor/mask-editor.ts';

/** A file of templates, and what JSON adds to it. */
const FILE_BYTES_MAX = 1280 * 1024;
const DRAWING_BYTES_MAX = 64 * 1024;
/** The longest wait, and the time that a source has for a picture. */
const SNAPSHOT_MS = 60_000;

/** Adds a POST route behind the PIN. */
export type AddAct = <S extends z.ZodType>(
  name: string,
  schema: S,
  does: (body: z.infer<S>) => unknown,
  limits?: { readonly bodyLimit?: number },
) => void;

/** Adds the routes. */
export function addMaskRoutes(
  app: FastifyInstance,
  act: AddAct,
  masks: MaskEditor,
  admit: (credential: unknown) => void,
  header: string,
): void {
  app.get('/api/engineer/masks', async (request) => {
    admit(request.headers[header]);
    return masks.state();
  });
  app.get('/api/engineer/masks/picture', async (request, reply) => {
    admit(request.headers[header]);
    return reply.type('image/png').send(masks.png());
  });
  app.get('/api/engineer/masks/file', async (request, reply) => {
    admit(request.headers[header]);
    return reply.type('application/json').send(await masks.file());
  });
  act('masks/snapshot', takeSnapshot, ({ afterSeconds }) =>
    masks.take(afterSeconds, AbortSignal.timeout(SNAPSHOT_MS)),
  );
  const bodyLimit = DRAWING_BYTES_MAX;
  act('masks/try', tryMasks, ({ drawing }) => masks.try(drawing), { bodyLimit });
  act('masks/save', maskDrawing, (drawing) => masks.save(drawing), { bodyLimit });
  act('masks/remove', removeLayout, ({ layout }) => masks.remove(layout));
  act('masks/import', importMasks, ({ text }) => masks.import(text), { bodyLimit: FILE_BYTES_MAX });
}
