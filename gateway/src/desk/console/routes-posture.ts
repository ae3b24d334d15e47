/** The route by which a workstation's program says how current its machine is. */
import type { KeyObject } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import {
  POSTURE_REQUEST_BYTES_MAX,
  postureAnswer,
  postureReport,
} from '@chaperone/protocol/console-api/workstation-posture.ts';
import { WorkstationRefused } from '../../authority/contract.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { workstationPeerOf } from './workstation-gate.ts';

export function postureRoutes(server: ConsoleServer, { postures }: DeskFeatures): void {
  server.post(
    '/api/workstation/posture',
    {
      bodyLimit: POSTURE_REQUEST_BYTES_MAX,
      schema: { body: postureReport, response: { 200: postureAnswer } },
    },
    async (request) => {
      const { workstationId: workstation, use } = workstationPeerOf(request);
      if (use !== 'program') throw new WorkstationRefused('not-the-program');
      const publicKey = shownKeyOf(request);
      const lacks = await postures.take(request.body.report, { workstation, publicKey });
      return { judgement: { isCurrent: lacks.length === 0, lacks: [...lacks] } };
    },
  );
}

/** The key whose certificate this connection has shown; the gate has looked at it before. */
function shownKeyOf({ raw: { socket } }: Pick<FastifyRequest, 'raw'>): KeyObject {
  const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (shown === undefined) throw new WorkstationRefused('no-certificate');
  return shown.publicKey;
}
