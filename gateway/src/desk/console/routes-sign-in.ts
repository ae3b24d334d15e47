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
import { COOKIE, callerOf } from './guard.ts';
import type { Origins } from './origins.ts';
import { meOf, setCookie, stepOf } from './sign-in-step.ts';

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
    async ({ body, ip }, reply) => {
      const { token, displayName } = await signIn.passDirectory(body, { address: ip });
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
      const passed = await signIn.passGateway(request.cookies[COOKIE], ask, {
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
      const passed = await signIn.chooseFirstPassword(request.cookies[COOKIE], password);
      setCookie(reply, passed.token, secure);
      return stepOf(passed, origins().relyingParty(request.raw));
    },
  );

  server.post(
    '/api/sign-out',
    { schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      // A session without its technician has no reason to live on.
      await sessions.leaveAll(callerOf(request));
      await signIn.signOut(callerOf(request), 'signed out');
      void reply.clearCookie(COOKIE, { path: '/' }).status(204);
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
