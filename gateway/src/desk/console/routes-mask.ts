/** Routes of what is covered on the screen of a case's cart. What of it may be seen, the cart's operator decides. */
import { unmaskAsk } from '@chaperone/protocol/cart-api/masks.ts';
import { sessionMasks } from '@chaperone/protocol/console-api/masks.ts';
import { caseParams } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf } from './guard.ts';
import { CartRefusal } from '../tunnel/tunnel.ts';

export function maskRoutes(server: ConsoleServer, features: DeskFeatures): void {
  const { sessions, cases, context } = features;

  server.get(
    '/api/cases/:case/session/masks',
    { schema: { params: caseParams, response: { 200: sessionMasks } } },
    async (request) => {
      const { link, grant } = await sessions.open(caseOf(request), callerOf(request), 'view');
      return { masks: await link.masks(grant) };
    },
  );

  server.post(
    '/api/cases/:case/session/masks/ask',
    { schema: { params: caseParams, body: unmaskAsk, response: { 200: sessionMasks } } },
    async (request) => {
      const serviceCase = caseOf(request);
      const { id: by } = callerOf(request);
      const { link, grant } = await sessions.open(serviceCase, callerOf(request), 'view');
      const { mask, reason, minutes } = request.body;
      // A name that the cart did not tell is free text, and would be kept in the ledger as long as that is.
      const told = (await link.masks(grant))?.masks ?? [];
      if (!told.some(({ name }) => name === mask)) throw new CartRefusal(404, 'MASK_UNKNOWN');
      const sessionId = sessions.grantedOf(serviceCase.id)?.session ?? link.hello.session;
      // Before it is asked: the reason is the case's, sealed and destroyed with it.
      await cases.addNote(serviceCase.id, `Asked the operator to show "${mask}": ${reason}`, by);
      await context.ledger.append({
        kind: 'unmask-asked',
        ...{ caseId: serviceCase.id, sessionId, grantId: grant, by, mask, minutes },
      });
      await link.askUnmask(grant, request.body);
      return { masks: await link.masks(grant) };
    },
  );
}
