/**
 * What a facility's witness asks, with a certificate of its facility and without a person's code: the tree's hashes, which say nothing of
 * anybody, and the newest checkpoint; and what it brings, its cosignature. Decision 0038.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AdmittedOfficer } from '../../authority/contract.ts';
import type { Ledger } from '../../ledger/contract.ts';
import { TileUnknown } from '@chaperone/protocol/tree/tile.ts';
import { PortalNothingThere } from './web-error.ts';

/** A key and a note with 16 signatures. */
const BODY_BYTES_MAX = 20 * 1024;
const SIZE = /^(?:0|[1-9]\d{0,15})$/;
/** Full tiles never change. Private: nobody else's cache has to have them. */
const FOREVER = 'private, max-age=31536000, immutable';
/** The one address of a witness that takes a body. */
export const COSIGNATURE_ROUTE = '/tlog/cosignature';

export interface WitnessParts {
  readonly ledger: Pick<Ledger, 'checkpoint' | 'tile' | 'witnessRequest' | 'keepCosignature'>;
  readonly officerOf: (request: FastifyRequest) => AdmittedOfficer;
}

/** Addresses that need no sign-in, and are paced as a program's. */
export function isWitnessRoute(route: string | undefined): boolean {
  return route?.startsWith('/tlog/') === true;
}

export function addWitnessRoutes(
  server: FastifyInstance,
  { ledger, officerOf }: WitnessParts,
): void {
  server.get('/tlog/checkpoint', async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(ledger.checkpoint()),
  );

  server.get('/tlog/tile/*', async (request, reply) => {
    const { '*': rest } = request.params as { readonly '*': string };
    try {
      const { bytes, isFull } = await ledger.tile(`tile/${rest}`, 'hashes');
      if (isFull) void reply.header('cache-control', FOREVER);
      return await reply.type('application/octet-stream').send(Buffer.from(bytes));
    } catch (fault) {
      if (fault instanceof TileUnknown) throw new PortalNothingThere();
      throw fault;
    }
  });

  server.get('/tlog/add-checkpoint', async (request, reply) => {
    const { old = '0' } = request.query as { readonly old?: string };
    if (!SIZE.test(old)) throw new PortalNothingThere();
    return await reply
      .type('text/plain; charset=utf-8')
      .send(await ledger.witnessRequest(Number(old), officerOf(request).id));
  });

  server.post(COSIGNATURE_ROUTE, { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const { id: officerId, facility } = officerOf(request);
    const body = typeof request.body === 'string' ? request.body : '';
    const divide = body.indexOf('\n\n');
    const witness = body.slice(0, Math.max(0, divide));
    const note = body.slice(divide + 2);
    await ledger.keepCosignature({ officerId, facility, witness, note });
    return await reply.status(204).send();
  });
}
