/** Routes by which administrators and field engineers change something; what it means is in `administration/`. */
import {
  account,
  issuedCartLicence,
  issuedLicence,
  licence,
  liveSession,
  madeAccount,
  newAccount,
  newCartLicence,
  newWorkstationLicence,
  pageOf,
  pageQuery,
  reasoned,
  renewal,
  roleChange,
  workstation,
} from '@chaperone/protocol/console-api/administration.ts';
import { commissionedCart } from '@chaperone/protocol/console-api/carts.ts';
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../administration/administration.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf } from './guard.ts';

const id = plain(z.string().max(64));
const body = reasoned;
const ended = { body, response: { 204: z.null() } } as const;

/** Who does it, and where. */
export function actorOf(request: FastifyRequest): Actor {
  const { id: by, workstation: workstationId } = callerOf(request);
  return { by, workstationId };
}

export function administrationActRoutes(server: ConsoleServer, features: DeskFeatures): void {
  accountRoutes(server, features);
  equipmentRoutes(server, features);
  liveRoutes(server, features);
}

function accountRoutes(
  server: ConsoleServer,
  { accountActs, administration: lists }: DeskFeatures,
): void {
  const params = z.object({ account: id });
  const response = { 200: account };

  server.post(
    '/api/admin/accounts',
    { schema: { body: newAccount, response: { 200: madeAccount } } },
    async (request) => {
      const { userId: accountName, directoryLogin, name, roles } = request.body;
      const terms = { accountName, directoryLogin, name, roles };
      const made = await accountActs.add(terms, actorOf(request));
      return {
        account: await lists.account(made.account),
        firstPassword: made.firstPassword,
      };
    },
  );

  server.post(
    '/api/admin/accounts/:account/disable',
    { schema: { params, body, response } },
    async (request) => {
      const { reason } = request.body;
      const { account: target } = request.params;
      return await lists.account(await accountActs.disable(target, reason, actorOf(request)));
    },
  );

  server.post(
    '/api/admin/accounts/:account/enable',
    { schema: { params, body, response } },
    async (request) => {
      const { reason } = request.body;
      const { account: target } = request.params;
      return await lists.account(await accountActs.enable(target, reason, actorOf(request)));
    },
  );

  server.post(
    '/api/admin/accounts/:account/roles',
    { schema: { params, body: roleChange, response } },
    async (request) => {
      const { reason, roles } = request.body;
      const { account: target } = request.params;
      const by = actorOf(request);
      return await lists.account(await accountActs.changeRoles(target, roles, reason, by));
    },
  );
}

function equipmentRoutes(
  server: ConsoleServer,
  { equipmentActs, administration: lists, cartList, licenceFileOf, events }: DeskFeatures,
): void {
  server.post(
    '/api/admin/licences/workstation',
    { schema: { body: newWorkstationLicence, response: { 200: issuedLicence } } },
    async (request) => {
      const by = actorOf(request);
      const issued = await equipmentActs.licenseWorkstation(request.body.label, by);
      return { licence: lists.licence(issued.licence), code: issued.code };
    },
  );

  server.post(
    '/api/admin/licences/cart',
    { schema: { body: newCartLicence, response: { 200: issuedCartLicence } } },
    async (request) => {
      const { serial, ...terms } = request.body;
      const issued = await equipmentActs.licenseCart(serial, actorOf(request), terms);
      // Where the file cannot be signed nobody has seen the code either: it ends by itself.
      const file = await licenceFileOf(issued);
      return { licence: lists.licence(issued.licence), code: issued.code, ...file };
    },
  );

  server.post(
    '/api/admin/licences/:licence/renew',
    { schema: { params: z.object({ licence: id }), body: renewal, response: { 200: licence } } },
    async (request) => {
      const { reason, ...terms } = request.body;
      const { licence: target } = request.params;
      const renewed = await equipmentActs.renewLicence(target, terms, reason, actorOf(request));
      events.cartsChanged();
      return lists.licence(renewed);
    },
  );

  server.post(
    '/api/admin/licences/:licence/retire',
    { schema: { params: z.object({ licence: id }), body, response: { 200: licence } } },
    async (request) => {
      const { licence: target } = request.params;
      const { reason } = request.body;
      return lists.licence(await equipmentActs.retireLicence(target, reason, actorOf(request)));
    },
  );

  server.post(
    '/api/admin/workstations/:workstation/retire',
    { schema: { params: z.object({ workstation: id }), body, response: { 200: workstation } } },
    async (request) => {
      const { workstation: target } = request.params;
      const { reason } = request.body;
      return await lists.workstation(
        await equipmentActs.retireWorkstation(target, reason, actorOf(request)),
      );
    },
  );

  server.post(
    '/api/admin/carts/:serial/retire',
    { schema: { params: z.object({ serial: id }), body, response: { 200: commissionedCart } } },
    async (request) => {
      const { serial } = request.params;
      const { reason } = request.body;
      return await cartList.one(await equipmentActs.retireCart(serial, reason, actorOf(request)));
    },
  );
}

function liveRoutes(server: ConsoleServer, { liveActs }: DeskFeatures): void {
  server.post(
    '/api/admin/sign-ins/:signIn/end',
    { schema: { params: z.object({ signIn: id }), ...ended } },
    async (request, reply) => {
      const { signIn: target } = request.params;
      await liveActs.endSignIn(target, request.body.reason, actorOf(request));
      void reply.status(204);
      return null;
    },
  );

  server.get(
    '/api/admin/sessions',
    { schema: { querystring: pageQuery, response: { 200: pageOf(liveSession) } } },
    async ({ query }) => await liveActs.sessions(query),
  );

  server.post(
    '/api/admin/sessions/:session/end',
    { schema: { params: z.object({ session: id }), ...ended } },
    async (request, reply) => {
      const { session: target } = request.params;
      await liveActs.endSession(target, request.body.reason, actorOf(request));
      void reply.status(204);
      return null;
    },
  );
}
