/** Routes of the third gate: using the second factor, and enrolling it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  codeOffer,
  factorCode,
  passkeyAssertion,
  passkeyOptions,
  passkeyRegistration,
  signInStep,
} from '@chaperone/protocol/console-api/schema.ts';
import type { z } from 'zod';
import type { FactorHolder, SecondFactors } from '../second-factor/second-factor.ts';
import type { Passed } from '../sign-in/sign-in.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import type { Origins } from './origins.ts';
import { stepOf } from './sign-in-step.ts';
import { setCookie, tokenOf } from './session-cookie.ts';

/** What the routes' typed requests have in common with each other. */
type Request = Pick<FastifyRequest, 'ip' | 'raw' | 'cookies' | 'protocol'>;
type Factor = 'code' | 'passkey' | 'recovery-code';
type Use = (at: FactorHolder, factors: SecondFactors) => Promise<void>;

export function factorRoutes(
  server: ConsoleServer,
  { signIn, secondFactors }: DeskFeatures,
  secure: boolean,
  origins: () => Origins,
): void {
  const answered = { schema: { response: { 200: signInStep } } };
  const typed = { schema: { body: factorCode, response: { 200: signInStep } } };
  const options = { schema: { response: { 200: passkeyOptions } } };
  const party = (request: Request) => origins().relyingParty(request.raw);
  const at = async (request: Request): Promise<FactorHolder> =>
    await signIn.atFactor(tokenOf(request));
  const step = (request: Request, reply: FastifyReply, passed: Passed) => {
    setCookie(reply, passed.token, secure);
    return stepOf(passed, party(request));
  };
  const pass = async (
    request: Request,
    reply: FastifyReply,
    factor: Factor,
    use: Use,
  ): Promise<z.infer<typeof signInStep>> => {
    const from = { address: request.ip };
    const passed = await signIn.passFactor(tokenOf(request), factor, from, use);
    return step(request, reply, passed);
  };

  server.post('/api/sign-in/factor/code', typed, async (request, reply) => {
    const { code } = request.body;
    return await pass(request, reply, 'code', (who, factors) => factors.useCode(who, code));
  });

  server.post('/api/sign-in/factor/recovery-code', typed, async (request, reply) => {
    const { code } = request.body;
    const use: Use = (who, factors) => factors.useRecoveryCode(who, code);
    return await pass(request, reply, 'recovery-code', use);
  });

  server.post('/api/sign-in/factor/passkey/options', options, async (request) => ({
    options: { ...(await secondFactors.askPasskey(await at(request), party(request))) },
  }));

  server.post(
    '/api/sign-in/factor/passkey',
    { schema: { body: passkeyAssertion, response: { 200: signInStep } } },
    async (request, reply) => {
      const use: Use = (who, factors) => factors.usePasskey(who, party(request), request.body);
      return await pass(request, reply, 'passkey', use);
    },
  );

  server.post(
    '/api/sign-in/enrolment/code/options',
    { schema: { response: { 200: codeOffer } } },
    async (request) => await secondFactors.offerCode(await at(request)),
  );

  server.post('/api/sign-in/enrolment/code', typed, async (request, reply) => {
    const { code } = request.body;
    return await pass(request, reply, 'code', (who, factors) => factors.enrolCode(who, code));
  });

  server.post('/api/sign-in/enrolment/passkey/options', options, async (request) => ({
    options: { ...(await secondFactors.offerPasskey(await at(request), party(request))) },
  }));

  server.post(
    '/api/sign-in/enrolment/passkey',
    { schema: { body: passkeyRegistration, response: { 200: signInStep } } },
    async (request, reply) => {
      const use: Use = (who, factors) => factors.enrolPasskey(who, party(request), request.body);
      return await pass(request, reply, 'passkey', use);
    },
  );

  server.post('/api/sign-in/enrolment/recovery-codes', answered, async (request, reply) =>
    step(request, reply, await signIn.confirmRecoveryCodes(tokenOf(request))),
  );
}
