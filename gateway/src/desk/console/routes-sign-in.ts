/** Routes of the gates: about, sign-in, sign-out. */
import {
  about,
  directorySignIn,
  gatewaySignIn,
  me,
  signInProgress,
  signInStep,
  technicianList,
} from '@chaperone/protocol/console-api/schema.ts';
import { newPassword } from '@chaperone/protocol/console-api/administration.ts';
import { z } from 'zod';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { mayBeDesignated } from './describe-case.ts';
import { callerOf } from './guard.ts';
import type { Origins } from './origins.ts';
import { meOf, stepOf } from './sign-in-step.ts';
import { workstationOf } from './workstation-gate.ts';
import { clearCookie, setCookie, tokenOf } from './session-cookie.ts';

export function signInRoutes(
  server: ConsoleServer,
  features: DeskFeatures,
  secure: boolean,
  origins: () => Origins,
): void {
  const { signIn, sessions } = features;

  server.get('/api/about', { schema: { response: { 200: about } } }, async () => features.about);

  server.post(
    '/api/sign-in/directory',
    { schema: { body: directorySignIn, response: { 200: signInProgress } } },
    async (request, reply) => {
      // With TLS it is what the certificate says, and not what somebody says.
      const workstation = workstationOf(request) ?? request.body.workstation ?? '';
      const ask = { ...request.body, workstation };
      const { token, displayName } = await signIn.passDirectory(ask, { address: request.ip });
      setCookie(reply, token, secure);
      return { displayName, next: 'gateway' as const };
    },
  );

  server.post(
    '/api/sign-in/gateway',
    { schema: { body: gatewaySignIn, response: { 200: signInStep } } },
    async (request, reply) => {
      const { userId: accountName, password } = request.body;
      const ask = { accountName, password };
      const passed = await signIn.passGateway(tokenOf(request), ask, {
        address: request.ip,
      });
      setCookie(reply, passed.token, secure);
      return stepOf(passed, origins().relyingParty(request.raw));
    },
  );

  server.post(
    '/api/sign-in/new-password',
    { schema: { body: newPassword, response: { 200: signInStep } } },
    async (request, reply) => {
      const { password } = request.body;
      const from = { address: request.ip };
      const passed = await signIn.chooseFirstPassword(tokenOf(request), password, from);
      setCookie(reply, passed.token, secure);
      return stepOf(passed, origins().relyingParty(request.raw));
    },
  );

  server.post(
    '/api/sign-out',
    { schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      // The cookie first: from then on nobody opens anything with it.
      try {
        await signIn.signOut(callerOf(request), 'signed out');
      } finally {
        // A session without its technician has no reason to live on.
        await sessions.leaveAll(callerOf(request));
      }
      clearCookie(request, reply);
      void reply.status(204);
      return null;
    },
  );

  server.get('/api/me', { schema: { response: { 200: me } } }, async (request) =>
    meOf(callerOf(request)),
  );

  server.get('/api/technicians', { schema: { response: { 200: technicianList } } }, async () => {
    const accounts = (await signIn.accounts.list()).filter(mayBeDesignated);
    return { technicians: accounts.map(({ id, name }) => ({ id: id as string, name })) };
  });
}
