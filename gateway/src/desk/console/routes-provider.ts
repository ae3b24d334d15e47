/** Routes of the first gate where it is on a provider's page. */
import type { FastifyRequest } from 'fastify';
import {
  PROVIDER_RETURN_PATH,
  providerAnswer,
  providerRedirect,
  providerSignIn,
} from '@chaperone/protocol/console-api/provider.ts';
import { signInProgress } from '@chaperone/protocol/console-api/schema.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import type { Origins } from './origins.ts';
import { workstationOf } from './workstation-gate.ts';
import { setCookie, tokenOf } from './session-cookie.ts';

interface Asked {
  readonly body: { readonly workstation: string };
}

export function providerRoutes(
  server: ConsoleServer,
  { signIn }: DeskFeatures,
  secure: boolean,
  origins: () => Origins,
): void {
  server.post(
    '/api/sign-in/provider',
    { schema: { body: providerSignIn, response: { 200: providerRedirect } } },
    async (request, reply) => {
      const { ip, raw } = request;
      const workstation = stationOf(request);
      // The cookie is of this name of the console, so the browser has to come back to it.
      const returnTo = `${origins().relyingParty(raw).origin}${PROVIDER_RETURN_PATH}`;
      const begun = await signIn.beginAtProvider({ workstation, returnTo }, { address: ip });
      setCookie(reply, begun.token, secure);
      return { address: begun.address };
    },
  );

  server.post(
    '/api/sign-in/provider/answer',
    { schema: { body: providerAnswer, response: { 200: signInProgress } } },
    async (request, reply) => {
      const ask = { workstation: stationOf(request), answer: request.body.answer };
      const { token, displayName } = await signIn.passProvider(tokenOf(request), ask);
      setCookie(reply, token, secure);
      return { displayName, next: 'gateway' as const };
    },
  );
}

/** What the certificate says; in a demo without TLS, what the browser says. */
function stationOf(request: Asked): string {
  return workstationOf(request as unknown as FastifyRequest) ?? request.body.workstation;
}
