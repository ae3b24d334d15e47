/** Routes of one's own account: where it is signed in, confirming, password and second factor. */
import {
  confirmation,
  confirmed,
  newPassword,
  ownFactor,
  recoveryCodeList,
  signInList,
} from '@chaperone/protocol/console-api/administration.ts';
import {
  codeOffer,
  factorCode,
  passkeyOptions,
  passkeyRegistration,
} from '@chaperone/protocol/console-api/schema.ts';
import { z } from 'zod';
import type { FactorUse } from '../sign-in/sign-in.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf } from './guard.ts';
import type { Origins } from './origins.ts';
import { clearCookie } from './session-cookie.ts';

const nothing = { schema: { response: { 204: z.null() } } };

export function ownRoutes(
  server: ConsoleServer,
  features: DeskFeatures,
  origins: () => Origins,
): void {
  const { signIn, sessions, authority } = features;
  const { own } = signIn;
  const { factor } = own;

  server.get('/api/me/sign-ins', { schema: { response: { 200: signInList } } }, async (request) => {
    const caller = callerOf(request);
    const held = await own.signIns(caller);
    const labels = await authority.workstationLabels(held.map(({ workstation }) => workstation));
    return {
      items: held.map(({ tokenHash, name, workstation, begunUtcMs, usedUtcMs }) => ({
        id: tokenHash,
        account: caller.id,
        name,
        workstation,
        workstationLabel: labels.get(workstation) ?? null,
        begunUtcMs,
        usedUtcMs,
        isThisOne: tokenHash === caller.tokenHash,
      })),
    };
  });

  server.post('/api/me/sign-out-everywhere', nothing, async (request, reply) => {
    const caller = callerOf(request);
    try {
      await own.signOutEverywhere(caller);
    } finally {
      await sessions.endOfTechnician(caller.id);
    }
    clearCookie(request, reply);
    void reply.status(204);
    return null;
  });

  server.post(
    '/api/me/confirm/passkey/options',
    { schema: { response: { 200: passkeyOptions } } },
    async (request) => {
      const party = origins().relyingParty(request.raw);
      return { options: { ...(await factor.askPasskey(callerOf(request), party)) } };
    },
  );

  server.post(
    '/api/me/confirm',
    { schema: { body: confirmation, response: { 200: confirmed } } },
    async (request) => {
      const { password, code, passkey } = request.body;
      const party = origins().relyingParty(request.raw);
      const from = { address: request.ip };
      const use = useOf(code, passkey, party);
      return {
        confirmedUntilUtcMs: await own.confirm(callerOf(request), password, use, from),
      };
    },
  );

  server.post(
    '/api/me/password',
    { schema: { body: newPassword, response: { 204: z.null() } } },
    async (request, reply) => {
      const caller = callerOf(request);
      await own.changePassword(caller, request.body.password, { address: request.ip });
      // What was open elsewhere ended with its sign-in.
      await sessions.endOfTechnicianElsewhere(caller.id, caller.workstation);
      void reply.status(204);
      return null;
    },
  );

  const answered = { response: { 200: ownFactor } } as const;

  server.get('/api/me/factor', { schema: answered }, async (request) =>
    factor.held(callerOf(request)),
  );

  server.post(
    '/api/me/factor/code/options',
    { schema: { response: { 200: codeOffer } } },
    async (request) => await factor.offerCode(callerOf(request)),
  );

  server.post(
    '/api/me/factor/code',
    { schema: { body: factorCode, ...answered } },
    async (request) => await factor.takeCode(callerOf(request), request.body.code),
  );

  server.post(
    '/api/me/factor/passkey/options',
    { schema: { response: { 200: passkeyOptions } } },
    async (request) => {
      const party = origins().relyingParty(request.raw);
      return { options: { ...(await factor.offerPasskey(callerOf(request), party)) } };
    },
  );

  server.post(
    '/api/me/factor/passkey',
    { schema: { body: passkeyRegistration, ...answered } },
    async (request) => {
      const party = origins().relyingParty(request.raw);
      return await factor.takePasskey(callerOf(request), party, request.body);
    },
  );

  server.post(
    '/api/me/factor/recovery-codes',
    { schema: { response: { 200: recoveryCodeList } } },
    async (request) => ({
      recoveryCodes: [...(await factor.newRecoveryCodes(callerOf(request)))],
    }),
  );
}

/** Which second factor was given, if any: an app's code counts before a passkey. */
function useOf(
  code: string | undefined,
  passkey: object | undefined,
  party: ReturnType<Origins['relyingParty']>,
): FactorUse {
  if (code !== undefined) return async (at, factors) => await factors.useCode(at, code);
  if (passkey === undefined) return null;
  return async (at, factors) => await factors.usePasskey(at, party, passkey);
}
