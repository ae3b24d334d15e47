/** Routes of what takes two people. Which role each act asks for is in the contract; the guard lets all of them come here. */
import {
  approved,
  newProposal,
  pageOf,
  pageQuery,
  proposal,
  reasoned,
} from '@chaperone/protocol/console-api/administration.ts';
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import { z } from 'zod';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf } from './guard.ts';

export function proposalRoutes(server: ConsoleServer, { proposals }: DeskFeatures): void {
  const params = z.object({ proposal: plain(z.string().max(64)) });

  server.get(
    '/api/proposals',
    { schema: { querystring: pageQuery, response: { 200: pageOf(proposal) } } },
    async (request) => await proposals.page(request.query, callerOf(request)),
  );

  server.post(
    '/api/proposals',
    { schema: { body: newProposal, response: { 200: proposal } } },
    async (request) => await proposals.propose(request.body, callerOf(request)),
  );

  server.post(
    '/api/proposals/:proposal/approve',
    { schema: { params, response: { 200: approved } } },
    async (request) => await proposals.approve(request.params.proposal, callerOf(request)),
  );

  server.post(
    '/api/proposals/:proposal/decline',
    { schema: { params, body: reasoned, response: { 200: proposal } } },
    async (request) => {
      const { reason } = request.body;
      return await proposals.decline(request.params.proposal, reason, callerOf(request));
    },
  );
}
